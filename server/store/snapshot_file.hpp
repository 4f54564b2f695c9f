// SPDX-License-Identifier: Apache-2.0
// The LMDB file of a snapshot while it is being written, in transactions of bounded memory.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>

#include "store/lmdb_env.hpp"
#include "store/record_block.hpp"

namespace repute::store {

class snapshot_file {
 public:
  /// Creates the file; there is none of that name.
  [[nodiscard]] static result<snapshot_file> create(const std::filesystem::path& path);

  /// Adds a block of records behind all others. Its memory is free again after some 32 MiB more.
  [[nodiscard]] result<void> put_block(const block_key& name, byte_view block);

  /// Writes a part; once all blocks are put.
  [[nodiscard]] result<void> put_part(std::string_view name, byte_view payload);

  /// Ends writing: everything is on the disk afterwards.
  [[nodiscard]] result<void> sync();

 private:
  snapshot_file(std::filesystem::path path, lmdb::env_ptr env) noexcept
      : path_(std::move(path)), env_(std::move(env)) {}

  [[nodiscard]] result<void> begin(std::size_t bytes);
  [[nodiscard]] result<void> commit();

  std::filesystem::path path_;
  lmdb::env_ptr env_;
  lmdb::txn_ptr txn_;  // while blocks are put
  MDB_dbi records_ = 0;
  std::size_t txn_bytes_ = 0;
};

}  // namespace repute::store
