// SPDX-License-Identifier: Apache-2.0
// Publishes snapshots of one key whose score tells the generation that it must come from.
#pragma once

#include <gtest/gtest.h>

#include "control/adopter.hpp"
#include "control/worker_set.hpp"
#include "repute/seal/fingerprint.hpp"
#include "store/serving_store.hpp"
#include "store/snapshot_writer.hpp"
#include "support/temporary_directory.hpp"

namespace repute::test {

/// The serving side of a database under the public salt.
inline std::unique_ptr<store::serving_store> open_live(const std::filesystem::path& database,
                                                       store::serving_slot& slot) {
  auto opened = store::serving_store::open(
      database, seal::salt_fingerprint(seal::deployment_salt{}), {}, slot);
  if (!opened) {
    throw std::runtime_error(opened.error().message);
  }
  return std::move(*opened);
}

/// The key that every such snapshot lists.
inline key the_one_key() {
  return seal::fingerprinter(seal::deployment_salt{}).make_key({kind::host, "one.example"});
}

/// Publishes one more; returns its generation, which must be `score`.
inline std::uint32_t publish_one_key(const std::filesystem::path& database, std::int16_t score) {
  const seal::deployment_salt salt;
  store::snapshot_content content;
  content.salt_fp = seal::salt_fingerprint(salt);
  content.ip_seed = seal::ip_seed(salt);
  content.data_epoch = 1;
  content.created_unix_s = 1'700'000'000;
  content.canon_version = 1;
  content.feeds.push_back({.name = "one", .files = {"-"}, .loaded_unix_s = 1, .rows = 1});
  const answer says{.status = status::listed,
                    .verdict = verdict::spam,
                    .score = score,
                    .category = 0,
                    .vflags = 0,
                    .ttl_s = 1};
  content.verdicts.push_back({.steps = {{.value = says, .expires_h = 0}}, .feeds = {0}});
  const key made = the_one_key();
  content.keys.push_back({store::table_key_of(made.bytes().data()), made.kind(), 0});
  store::record row;
  row.kind = made.kind();
  row.verdict = verdict::spam;
  row.score = score;
  std::copy(made.bytes().begin(), made.bytes().end(), row.key.begin());
  row.line = 1;
  row.text = "one.example";
  content.records.add(row);
  const auto lock = store::write_lock::acquire(database);
  EXPECT_TRUE(lock) << lock.error().message;
  const auto done = store::publish_snapshot(database, std::move(content));
  EXPECT_TRUE(done) << done.error().message;
  return done ? done->generation : 0;
}

/// Workers on loopback that serve such a database, from generation 1 on.
class one_key_server {
 public:
  explicit one_key_server(unsigned workers)
      : serving_(workers, 1, 1),
        live_(open_live(directory_.path(), serving_.states)),
        adopter_(directory_.path(), store::storage_mode::mmap, *live_) {
    serving_.access.publish(std::make_unique<query::access_list>(
        std::vector<query::allowed_client>{}, query::plain_client(query::loopback_networks())));
    adopt_next();
    control::config chosen;
    chosen.listen.push_back(*net::parse_socket_address("127.0.0.1:0"));
    chosen.workers = static_cast<int>(workers);
    workers_.emplace(chosen, serving_);
  }

  /// Publishes and adopts one more; returns its generation.
  std::uint32_t adopt_next() {
    ++generation_;
    EXPECT_EQ(publish_one_key(directory_.path(), generation_),
              static_cast<std::uint32_t>(generation_));
    EXPECT_TRUE(adopter_.adopt().changed);
    return static_cast<std::uint32_t>(generation_);
  }
  /// Lets go of what no worker reads any more.
  void reclaim() { adopter_.reclaim(); }

  [[nodiscard]] const control::worker_set& workers() const { return *workers_; }
  [[nodiscard]] const net::socket_address& address() const { return workers_->addresses().front(); }

 private:
  temporary_directory directory_;
  net::serving serving_;
  std::unique_ptr<store::serving_store> live_;
  control::adopter adopter_;
  std::int16_t generation_ = 0;
  std::optional<control::worker_set> workers_;
};

}  // namespace repute::test
