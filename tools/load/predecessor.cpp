// SPDX-License-Identifier: Apache-2.0
#include "load/predecessor.hpp"

#include <fmt/format.h>

#include <utility>

#include "load/load_failure.hpp"
#include "store/parallel.hpp"

namespace repute::load {
namespace {

constexpr std::size_t carried_rows_goal = 4096;

struct carried_batch {
  store::record_set records;
  compiled_rows compiled;
  std::optional<std::uint16_t> lost_feed;  // of a row that has no canonical form any more
};

}  // namespace

predecessor::predecessor(const std::string& db, const seal::deployment_salt& salt, bool only)
    : only_(only) {
  const auto generation = store::read_current(db);
  if (!generation) {
    if (only || generation.error().code == store::store_error::not_found) {
      return;
    }
    fail(generation.error());
  }
  auto opened = store::snapshot_reader::open(db, *generation);
  if (!opened) {
    if (only) {
      return;
    }
    fail(opened.error());
  }
  const store::snapshot_meta& meta = opened->meta();
  const bool same_salt =
      meta.info.salt_fp == seal::salt_fingerprint(salt) && meta.info.ip_seed == seal::ip_seed(salt);
  if (same_salt && meta.canon_version == canon::version) {
    data_epoch_ = meta.info.data_epoch;
  }
  const byte_view servers = opened->view().server_list;
  server_list_.assign(servers.begin(), servers.end());
  if (!same_salt) {
    if (only) {
      return;
    }
    fail({store::store_error::foreign_salt,
          fmt::format("{}: generation {} was built under another salt; --only starts anew", db,
                      *generation)});
  }
  reader_ = std::move(*opened);
}

std::vector<store::feed_info> predecessor::feeds() const {
  return reader_ && !only_ ? reader_->feeds() : std::vector<store::feed_info>();
}

void predecessor::carry_over(const std::map<std::uint16_t, std::uint16_t>& numbers,
                             const row_compiler& compiler, std::uint32_t now_h, unsigned threads,
                             row_pile& rows) const {
  if (!reader_ || numbers.empty()) {
    return;
  }
  // Keys of an older canonical form are made anew.
  const bool anew = forms_changed();
  store::ordered_batches<carried_batch> batches(
      threads,
      [&](carried_batch& batch) {
        for (std::size_t i = 0; i < batch.records.size(); ++i) {
          const store::record row = batch.records[i];
          if (!compiler.adopt(row, anew, batch.compiled)) {
            batch.lost_feed = batch.lost_feed.value_or(row.feed);
          }
        }
      },
      [&](carried_batch& batch) {
        if (batch.lost_feed) {
          const auto feed = std::find_if(numbers.begin(), numbers.end(), [&](const auto& each) {
            return each.second == *batch.lost_feed;
          });
          throw load_error{
              exit_bad_data,
              fmt::format("feed \"{}\": a row has no canonical form any more; load it anew",
                          reader_->feeds()[feed->first].name)};
        }
        rows.add(std::move(batch.compiled));
      });
  carried_batch batch;
  const auto visited = reader_->for_each_record([&](const store::record& old) {
    const auto feed = numbers.find(old.feed);
    if (feed == numbers.end() || (old.expires_h != 0 && old.expires_h <= now_h)) {
      return;
    }
    store::record row = old;
    row.feed = feed->second;
    batch.records.add(row);
    if (batch.records.size() == carried_rows_goal) {
      batches.push(std::exchange(batch, {}));
    }
  });
  if (!visited) {
    fail(visited.error());
  }
  batches.push(std::move(batch));
  batches.finish();
}

}  // namespace repute::load
