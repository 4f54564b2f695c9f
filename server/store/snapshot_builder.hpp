// SPDX-License-Identifier: Apache-2.0
// Builds one snapshot from a stream of records and keys and publishes it, in bounded memory: 24
// bytes a key, the table, and some 100 MiB.
#pragma once

#include <memory>

#include "store/record_block.hpp"
#include "store/snapshot_writer.hpp"

namespace repute::store {

/// Writes DIR/snapshots/<generation>.mdb (temporary file, fsync, manifest, verification, rename)
/// and switches DIR/CURRENT to it. On any failure, and if it is destroyed before finish(), CURRENT
/// and every older snapshot are untouched. One thread at a time; the caller holds the write_lock of
/// the database.
class snapshot_builder {
 public:
  /// Creates the temporary file; finish() takes the next generation of `db`, so that what is
  /// refused before uses none up. finish() computes on `threads` threads; the bytes do not depend
  /// on it.
  [[nodiscard]] static result<snapshot_builder> begin(const std::filesystem::path& db,
                                                      unsigned threads);
  ~snapshot_builder();
  snapshot_builder(snapshot_builder&&) noexcept;
  snapshot_builder& operator=(snapshot_builder&&) = delete;

  /// Adds a block made by encode_block() behind all others; `first` is its first record.
  [[nodiscard]] result<void> add_block(const record& first, byte_view block);

  /// Adds a key, in any order. `key.verdict` is an index into the frame's verdicts.
  void add_key(const resolved_key& key);

  /// Writes everything else, has the manifest signed if there is a signer, and publishes. Nothing
  /// can be added afterwards.
  [[nodiscard]] result<published> finish(const snapshot_frame& frame,
                                         const progress_callback& progress,
                                         const manifest_signer& sign = {});

 private:
  struct state;
  explicit snapshot_builder(std::unique_ptr<state> begun) noexcept;
  std::unique_ptr<state> state_;
};

}  // namespace repute::store
