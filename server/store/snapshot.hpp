// SPDX-License-Identifier: Apache-2.0
// An opened snapshot: verified against its manifest, then mapped or copied.
#pragma once

#include <boost/system/result.hpp>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "repute/seal/signature.hpp"
#include "store/snapshot_view.hpp"

namespace repute::store {

/// What went wrong in the store; the exit code that tools and the daemon give for it.
enum class store_error {
  not_found,      ///< no such file, no CURRENT: exit 66
  io,             ///< read, write, sync or rename failed, disk full: exit 74
  unsynced,       ///< done and in force, but a power cut may undo it: exit 74
  corrupt,        ///< bytes differ from the manifest, or a structure breaks the format: exit 65
  wrong_version,  ///< another format or canonicalisation version: exit 65
  foreign_salt,   ///< built under another salt: exit 65
  permission,     ///< exit 77
  busy,           ///< another loader holds the lock: exit 75
  bad_rows,       ///< rows that cannot be stored together: exit 65
  untrusted,      ///< not signed, or not by a trusted key: exit 65
  used_number,    ///< the generation names other data here already: exit 65
};

struct failure {
  store_error code{};
  std::string message;  ///< one sentence for people, naming file and offset where there are any
};

template <class T>
using result = boost::system::result<T, failure>;

/// Exit code (sysexits) of a store error.
[[nodiscard]] int exit_code(store_error code) noexcept;

/// Files of a database directory.
[[nodiscard]] std::filesystem::path snapshot_path(const std::filesystem::path& db,
                                                  std::uint32_t generation);
[[nodiscard]] std::filesystem::path manifest_path(const std::filesystem::path& db,
                                                  std::uint32_t generation);

/// Generation named by DIR/CURRENT; not_found if there is no such file.
[[nodiscard]] result<std::uint32_t> read_current(const std::filesystem::path& db);

/// The number in a file such as CURRENT or LAST: decimal digits and a line feed, else corrupt.
[[nodiscard]] result<std::uint32_t> read_generation(const std::filesystem::path& path);
/// The same of the text itself; nothing for any other text. Pure.
[[nodiscard]] std::optional<std::uint32_t> decode_generation(std::string_view text) noexcept;

struct manifest;

/// Where the tables of an open snapshot lie. Persistent words in configuration files.
enum class storage_mode {
  mmap,    ///< LMDB's read-only map of the file; a file cut under it ends the process with exit 74
  memory,  ///< copied into anonymous huge-page memory while the digest is checked
};

/// An immutable snapshot held open. Thread-safe after open(). Destroying it unmaps its memory, so
/// the owner must know that no reader uses view() any more.
class snapshot {
 public:
  /// Reads the manifest (if there are `trusted` keys, only one that is signed with one of them, and
  /// nothing else of the snapshot before), checks size and every chunk of the file against it
  /// (reading all of it, which also warms the page cache), then maps or copies the tables. Takes
  /// seconds for gigabytes: not for the packet path.
  [[nodiscard]] static result<std::unique_ptr<const snapshot>> open(
      const std::filesystem::path& db, std::uint32_t generation, storage_mode mode,
      std::span<const seal::public_key> trusted = {});

  /// The same for a file under another name and a manifest that was read already.
  [[nodiscard]] static result<std::unique_ptr<const snapshot>> open_file(
      const std::filesystem::path& path, const manifest& expected, storage_mode mode);

  ~snapshot();
  snapshot(const snapshot&) = delete;
  snapshot& operator=(const snapshot&) = delete;

  [[nodiscard]] const snapshot_view& view() const noexcept { return view_; }
  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }
  /// Payload of the part `live`, with its padding.
  [[nodiscard]] byte_view live() const noexcept { return live_; }

 private:
  snapshot();
  struct mapping;

  std::filesystem::path path_;
  std::unique_ptr<mapping> mapping_;
  snapshot_view view_;
  byte_view live_;
};

/// Installs the SIGBUS handler of mmap mode: a page of a mapped snapshot that can no longer be read
/// (the file was cut or its disk failed) writes one line to standard error and ends the process
/// with exit 74, before any wrong answer can leave. Call once at start.
void install_bus_error_handler() noexcept;

}  // namespace repute::store
