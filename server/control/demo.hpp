// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

namespace repute::control {

/// A temporary directory with one snapshot of the test points under the public salt; removed when
/// destroyed. Throws start_failure if it cannot be made.
class demo_database {
 public:
  demo_database();
  ~demo_database();
  demo_database(const demo_database&) = delete;
  demo_database& operator=(const demo_database&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace repute::control
