// SPDX-License-Identifier: Apache-2.0
// Snapshots of rows made by hand or by chance, published in a directory of their own.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "repute/seal/fingerprint.hpp"
#include "store/snapshot_reader.hpp"
#include "store/snapshot_writer.hpp"
#include "support/snapshot_builder.hpp"
#include "support/temporary_directory.hpp"

namespace repute::snapshot::test {

struct test_row {
  store::record record;  ///< texts unset
  std::string feed;
  std::string text;
  std::string reason;
};

/// A row of the key number `key` of its kind, whose fingerprint is spread as real ones are.
inline test_row row_of(kind kind, std::uint64_t key, std::string feed,
                       verdict says = verdict::spam) {
  test_row out;
  out.record.kind = kind;
  std::mt19937_64 spread(key * 256 + static_cast<std::uint64_t>(kind));
  store_le(out.record.key.data(), spread());
  if (kind == kind::ip4) {
    std::fill(out.record.key.begin() + 4, out.record.key.end(), std::uint8_t{0});
    out.record.prefix_length = 32;
  } else {
    store_le(out.record.key.data() + 8, spread());
  }
  out.record.verdict = says;
  out.record.line = 1;
  out.feed = std::move(feed);
  out.text = "key" + std::to_string(key);
  return out;
}

class snapshot_world : public testing::Test {
 protected:
  /// Publishes a snapshot of these rows; each key with a row gets the verdict of its first one.
  std::uint32_t publish(const std::vector<test_row>& rows, std::set<std::string> more_feeds = {},
                        std::vector<store::live_entry> live = {}) {
    repute::test::content_builder builder;
    store::snapshot_content& content = builder.content();
    for (const test_row& row : rows) {
      more_feeds.insert(row.feed);
    }
    content.salt_fp = seal::salt_fingerprint({});  // a rollback asks for the directory's own
    content.feeds.clear();
    for (const std::string& feed : more_feeds) {
      content.feeds.push_back({feed, {feed + ".txt"}, repute::test::load_time_unix_s, 0});
    }
    std::set<store::record_position> keys;
    for (const test_row& row : rows) {
      store::record record = row.record;
      record.feed =
          static_cast<std::uint16_t>(std::distance(more_feeds.begin(), more_feeds.find(row.feed)));
      record.text = row.text;
      record.reason = row.reason;
      content.records.add(record);
      const bool network = is_ip(record.kind) && record.prefix_length != key_size(record.kind) * 8;
      if (!network && keys.insert(position_of(record)).second) {
        builder.add_key(record.kind, record.key,
                        builder.verdict_of(repute::test::listing(1, verdict::spam)));
      }
    }
    content.live = std::move(live);
    const auto lock = store::write_lock::acquire(folder_.path());
    EXPECT_TRUE(lock);
    const auto done = store::publish_snapshot(folder_.path(), std::move(content));
    EXPECT_TRUE(done) << done.error().message;
    return done ? done->generation : 0;
  }

  [[nodiscard]] store::snapshot_reader open(std::uint32_t generation) const {
    auto reader = store::snapshot_reader::open(folder_.path(), generation);
    if (!reader) {
      throw std::runtime_error(reader.error().message);
    }
    return std::move(*reader);
  }
  [[nodiscard]] std::string db() const { return folder_.path().string(); }

  repute::test::temporary_directory folder_;
};

}  // namespace repute::snapshot::test
