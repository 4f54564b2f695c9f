// SPDX-License-Identifier: Apache-2.0
// All of a snapshot, records included: for explain, export and the next load, not for lookups.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <vector>

#include "store/block_cursor.hpp"
#include "store/live_entry.hpp"
#include "store/meta.hpp"
#include "store/record.hpp"
#include "store/snapshot.hpp"

namespace repute::store {

class snapshot_reader {
 public:
  /// Verifies the file against its manifest, on all cores, and opens it. One thread at a time.
  [[nodiscard]] static result<snapshot_reader> open(const std::filesystem::path& db,
                                                    std::uint32_t generation);
  /// The same without reading all of the file: for one that the caller holds verified.
  [[nodiscard]] static result<snapshot_reader> open_verified(const std::filesystem::path& db,
                                                             std::uint32_t generation);
  ~snapshot_reader();
  snapshot_reader(snapshot_reader&&) noexcept;
  snapshot_reader& operator=(snapshot_reader&&) noexcept;

  [[nodiscard]] const std::filesystem::path& path() const noexcept;
  [[nodiscard]] const snapshot_meta& meta() const noexcept;
  [[nodiscard]] const snapshot_view& view() const noexcept;
  [[nodiscard]] const std::vector<feed_info>& feeds() const noexcept;

  /// What was said at run time when the snapshot was built, sorted by live_less.
  [[nodiscard]] const std::vector<live_entry>& live() const noexcept;

  /// Names of the feeds that a dictionary entry came from.
  [[nodiscard]] std::vector<std::string> sources_of(std::uint32_t dictionary_index) const;

  /// A cursor at the first block of records.
  [[nodiscard]] result<block_cursor> blocks() const;

  /// Every record in order. Texts are valid during the call only.
  using visitor = std::function<void(const record&)>;
  [[nodiscard]] result<void> for_each_record(const visitor& visit) const;

  /// Records of one key (and prefix length, 0 for kinds other than addresses), added to `into`.
  [[nodiscard]] result<void> find_records(kind kind, const fingerprint& key,
                                          std::uint8_t prefix_length, record_set& into) const;

 private:
  struct state;
  explicit snapshot_reader(std::unique_ptr<state> opened) noexcept;
  std::unique_ptr<state> state_;
};

}  // namespace repute::store
