// SPDX-License-Identifier: Apache-2.0
#include "store/snapshot_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "store/file.hpp"
#include "store/meta.hpp"

namespace repute::store {
namespace {

constexpr std::size_t txn_bytes_goal = std::size_t{32} << 20;  // dirty pages are memory
constexpr std::size_t map_slack = std::size_t{16} << 20;       // tree pages, a block more
constexpr std::size_t page_bytes = 4096;

}  // namespace

result<snapshot_file> snapshot_file::create(const std::filesystem::path& path) {
  auto env = lmdb::create(path, map_slack);
  if (!env) {
    return env.error();
  }
  snapshot_file file(path, std::move(*env));
  if (const auto begun = file.begin(0); !begun) {
    return begun.error();
  }
  const auto dbi = lmdb::open_database(file.txn_.get(), record_database, true, path);
  if (!dbi) {
    return dbi.error();
  }
  file.records_ = *dbi;
  if (const auto done = file.commit(); !done) {
    return done.error();
  }
  return file;
}

// The map grows with the file: its size is kept in the file, and readers map as much.
result<void> snapshot_file::begin(std::size_t bytes) {
  MDB_envinfo info{};
  mdb_env_info(env_.get(), &info);
  const std::size_t needed = (info.me_last_pgno + 1) * page_bytes + bytes + map_slack;
  if (needed > info.me_mapsize) {
    if (const int code = mdb_env_set_mapsize(env_.get(), needed); code != 0) {
      return lmdb::make_failure(code, "cannot map", path_);
    }
  }
  auto begun = lmdb::begin(env_.get(), false, path_);
  if (!begun) {
    return begun.error();
  }
  txn_ = std::move(*begun);
  txn_bytes_ = 0;
  return {};
}

result<void> snapshot_file::commit() {
  if (const int code = mdb_txn_commit(txn_.release()); code != 0) {
    return lmdb::make_failure(code, "cannot commit", path_);
  }
  // The disk begins its work now: left to the last sync, all of it would be waited for.
  int file = -1;
  if (mdb_env_get_fd(env_.get(), &file) == 0) {
    static_cast<void>(::sync_file_range(file, 0, 0, SYNC_FILE_RANGE_WRITE));
  }
  return {};
}

result<void> snapshot_file::put_block(const block_key& name, byte_view block) {
  if (!txn_) {
    if (const auto begun = begin(2 * txn_bytes_goal); !begun) {
      return begun;
    }
  }
  MDB_val key = lmdb::to_val(byte_view(name));
  MDB_val value = lmdb::to_val(block);
  if (const int code = mdb_put(txn_.get(), records_, &key, &value, MDB_APPEND); code != 0) {
    return lmdb::make_failure(code, "cannot write records", path_);
  }
  txn_bytes_ += block.size() + page_bytes;
  return txn_bytes_ < txn_bytes_goal ? result<void>() : commit();
}

result<void> snapshot_file::put_part(std::string_view name, byte_view payload) {
  if (payload_offset + payload.size() > part_size_max) {
    return failure{store_error::bad_rows,
                   fmt::format("part \"{}\" of {} bytes is larger than a snapshot can hold", name,
                               payload.size())};
  }
  if (txn_) {
    if (const auto done = commit(); !done) {
      return done;
    }
  }
  if (const auto begun = begin(payload.size()); !begun) {
    return begun;
  }
  const auto dbi = lmdb::open_database(txn_.get(), nullptr, false, path_);
  if (!dbi) {
    return dbi.error();
  }
  MDB_val key = lmdb::to_val(name);
  MDB_val value{std::max(part_size_min, payload_offset + payload.size()), nullptr};
  if (const int code = mdb_put(txn_.get(), *dbi, &key, &value, MDB_RESERVE); code != 0) {
    return lmdb::make_failure(code, "cannot write", path_);
  }
  std::memset(value.mv_data, 0, payload_offset);
  auto* at = static_cast<std::uint8_t*>(value.mv_data) + payload_offset;
  std::copy(payload.begin(), payload.end(), at);
  std::memset(at + payload.size(), 0, value.mv_size - payload_offset - payload.size());
  return commit();
}

result<void> snapshot_file::sync() {
  if (const int code = mdb_env_sync(env_.get(), 1); code != 0) {
    return lmdb::make_failure(code, "cannot sync", path_);
  }
  env_.reset();
  return sync_path(path_);
}

}  // namespace repute::store
