// SPDX-License-Identifier: Apache-2.0
// The little of LMDB that snapshots need, as RAII. Nothing outside server/store includes this.
#pragma once

#include <lmdb.h>

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "repute/schema/bytes.hpp"
#include "store/snapshot.hpp"

namespace repute::store::lmdb {

struct close_env {
  void operator()(MDB_env* env) const noexcept { mdb_env_close(env); }
};
struct abort_txn {
  void operator()(MDB_txn* txn) const noexcept { mdb_txn_abort(txn); }
};
struct close_cursor {
  void operator()(MDB_cursor* cursor) const noexcept { mdb_cursor_close(cursor); }
};
using env_ptr = std::unique_ptr<MDB_env, close_env>;
using txn_ptr = std::unique_ptr<MDB_txn, abort_txn>;
using cursor_ptr = std::unique_ptr<MDB_cursor, close_cursor>;

/// A failure with LMDB's own words. `what` names the call and the file.
[[nodiscard]] failure make_failure(int code, std::string_view what,
                                   const std::filesystem::path& path);

/// Opens an immutable snapshot, after a check of its pages: MDB_RDONLY | MDB_NOLOCK | MDB_NOSUBDIR.
/// No lock file: with one, a renamed snapshot would be read through the old one's stale state.
[[nodiscard]] result<env_ptr> open_read_only(const std::filesystem::path& path);

/// Creates a new file with room for `map_bytes`; never MDB_WRITEMAP, which turns a full disk into
/// SIGBUS.
[[nodiscard]] result<env_ptr> create(const std::filesystem::path& path, std::size_t map_bytes);

/// Opens (after a check of its pages) or creates DIR/data.mdb, mode 0600, whose commits are on disk
/// before they return. No lock file: the caller is the only one.
[[nodiscard]] result<env_ptr> open_durable(const std::filesystem::path& directory,
                                           std::size_t map_bytes);

[[nodiscard]] result<txn_ptr> begin(MDB_env* env, bool read_only,
                                    const std::filesystem::path& path);

/// Handle of the unnamed database (empty name) or of a named one.
[[nodiscard]] result<MDB_dbi> open_database(MDB_txn* txn, const char* name, bool create,
                                            const std::filesystem::path& path);

[[nodiscard]] inline MDB_val to_val(byte_view bytes) noexcept {
  return {bytes.size(), const_cast<std::uint8_t*>(bytes.data())};
}
[[nodiscard]] inline MDB_val to_val(std::string_view text) noexcept {
  return {text.size(), const_cast<char*>(text.data())};
}
[[nodiscard]] inline byte_view to_bytes(const MDB_val& value) noexcept {
  return {static_cast<const std::uint8_t*>(value.mv_data), value.mv_size};
}

}  // namespace repute::store::lmdb
