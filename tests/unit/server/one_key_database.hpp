// SPDX-License-Identifier: Apache-2.0
// Publishes snapshots of one key whose score tells the generation that it must come from.
#pragma once

#include <gtest/gtest.h>

#include "repute/seal/fingerprint.hpp"
#include "store/serving_store.hpp"
#include "store/snapshot_writer.hpp"

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

}  // namespace repute::test
