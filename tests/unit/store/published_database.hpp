// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include "store/manifest.hpp"
#include "support/snapshot_builder.hpp"
#include "support/temporary_directory.hpp"

namespace repute::test {

/// A database directory with one published snapshot, generation 1.
class published_database {
 public:
  explicit published_database(store::snapshot_content content) { publish(std::move(content)); }

  void publish(store::snapshot_content content) {
    const auto lock = store::write_lock::acquire(path());
    EXPECT_TRUE(lock) << lock.error().message;
    auto done = store::publish_snapshot(path(), std::move(content));
    EXPECT_TRUE(done) << done.error().message;
    if (done) {
      made_ = std::move(*done);
    }
  }

  [[nodiscard]] const std::filesystem::path& path() const noexcept { return folder_.path(); }
  [[nodiscard]] const store::published& made() const noexcept { return made_; }
  [[nodiscard]] std::filesystem::path snapshot_file() const {
    return store::snapshot_path(path(), made_.generation);
  }
  [[nodiscard]] std::filesystem::path manifest_file() const {
    return store::manifest_path(path(), made_.generation);
  }

  /// Puts other bytes in the place of a read-only file.
  static void overwrite(const std::filesystem::path& file, const std::string& bytes) {
    std::filesystem::remove(file);
    std::ofstream(file, std::ios::binary) << bytes;
  }

  /// Makes the manifest true for other bytes of the snapshot file, as somebody with a tool would.
  void overwrite_with_manifest(const std::string& bytes, store::manifest manifest) const {
    overwrite(snapshot_file(), bytes);
    EXPECT_TRUE(store::digest_file(snapshot_file(), manifest));
    overwrite(manifest_file(), store::encode_manifest(manifest));
  }

 private:
  temporary_directory folder_;
  store::published made_;
};

}  // namespace repute::test
