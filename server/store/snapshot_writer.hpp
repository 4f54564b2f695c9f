// SPDX-License-Identifier: Apache-2.0
// Builds one snapshot from resolved rows and publishes it; the page is schema/record_format.md.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "repute/schema/key.hpp"
#include "repute/schema/verdict.hpp"
#include "store/live_entry.hpp"
#include "store/prefix_table.hpp"
#include "store/record.hpp"
#include "store/snapshot.hpp"

namespace repute::store {

/// A verdict until an hour, and what follows. The last step has expires_h 0 or is followed by
/// nothing.
struct verdict_step {
  answer value;
  std::uint32_t expires_h = 0;  ///< 0 = never

  bool operator==(const verdict_step&) const = default;
};

/// Resolved verdict of a key over time, the present first; and the feeds that it came from.
struct resolved_verdict {
  std::vector<verdict_step> steps;
  std::vector<std::uint16_t> feeds;  ///< indices into snapshot_frame::feeds, ascending

  bool operator==(const resolved_verdict&) const = default;
};

/// A key of the exact table. `verdict` is an index into snapshot_frame::verdicts.
struct resolved_key {
  table_key key;
  repute::kind kind{};
  std::uint32_t verdict = 0;

  bool operator==(const resolved_key&) const = default;
};

/// A range of addresses that begins at `start` and ends before the next one's; no verdict =
/// no_verdict.
inline constexpr std::uint32_t no_verdict = 0xffffffff;
template <class Address>
struct resolved_range {
  Address start{};
  std::uint32_t verdict = no_verdict;

  bool operator==(const resolved_range&) const = default;
};

/// Everything that goes into a snapshot but its keys and records.
struct snapshot_frame {
  std::vector<feed_info> feeds;  ///< sorted by name
  std::vector<resolved_verdict> verdicts;
  std::vector<resolved_range<std::uint32_t>> ranges4;  ///< ascending starts
  std::vector<resolved_range<address6>> ranges6;       ///< ascending starts
  std::vector<live_entry> live;                        ///< sorted by live_less
  std::uint64_t data_seq = 0;    ///< every change up to it is in `live`, or has no effect any more
  std::uint64_t overlay_id = 0;  ///< whose changes they are
  std::string server_list;       ///< the signed document; empty: none

  std::array<std::uint8_t, 2> salt_fp{};
  std::uint64_t ip_seed = 0;
  std::uint32_t data_epoch = 0;
  std::uint64_t created_unix_s = 0;
  std::uint32_t canon_version = 0;
};

/// All of a snapshot, in memory. Order of keys and records does not matter: the writer sorts.
struct snapshot_content : snapshot_frame {
  std::vector<resolved_key> keys;
  record_set records;
};

struct published {
  std::uint32_t generation = 0;
  std::filesystem::path path;
  std::uint64_t file_bytes = 0;
  std::string content_digest;  ///< SHA-256 in hexadecimal: equal for equal rows
};

/// Called now and then with a stage's name and its share done, 0..1.
using progress_callback = std::function<void(std::string_view stage, double done)>;

/// Exclusive right to write a database directory; a second writer gets store_error::busy.
/// Creates DIR and DIR/snapshots if needed and removes temporary files that a killed loader left.
class write_lock {
 public:
  [[nodiscard]] static result<write_lock> acquire(const std::filesystem::path& db);
  ~write_lock();
  write_lock(write_lock&& other) noexcept;
  write_lock& operator=(write_lock&&) = delete;

 private:
  explicit write_lock(int fd) noexcept : fd_(fd) {}
  int fd_;
};

/// Gets the manifest's text and returns that of the signature file; nothing: not signed.
using manifest_signer = std::function<std::string(std::string_view manifest_text)>;

/// Publishes a snapshot that is in memory, as snapshot_builder does. The caller holds the
/// write_lock of `db`. `sign` is called before CURRENT is switched.
[[nodiscard]] result<published> publish_snapshot(const std::filesystem::path& db,
                                                 snapshot_content content,
                                                 const progress_callback& progress = {},
                                                 const manifest_signer& sign = {});

/// The highest generation that was ever taken in `db`, 0 if none was. With LAST unreadable nobody
/// knows: an error.
[[nodiscard]] result<std::uint32_t> last_generation(const std::filesystem::path& db);

}  // namespace repute::store
