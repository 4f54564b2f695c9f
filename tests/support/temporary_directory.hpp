// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace repute::test {

/// An empty directory of its own for each test, removed when destroyed.
class temporary_directory {
 public:
  temporary_directory() : temporary_directory(std::filesystem::temp_directory_path()) {}
  explicit temporary_directory(const std::filesystem::path& in) {
    std::string name = (in / "repute-test-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) {
      throw std::runtime_error("mkdtemp");
    }
    path_ = name;
  }
  ~temporary_directory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  temporary_directory(const temporary_directory&) = delete;
  temporary_directory& operator=(const temporary_directory&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

  /// Writes a file in it, whole, and returns its path.
  std::filesystem::path write(std::string_view name, std::string_view text) const {
    std::filesystem::path to = path_ / name;
    std::ofstream(to, std::ios::binary) << text;
    return to;
  }

 private:
  std::filesystem::path path_;
};

/// All bytes of a file; empty if there is none.
inline std::string read_file(const std::filesystem::path& path) {
  std::ostringstream bytes;
  bytes << std::ifstream(path, std::ios::binary).rdbuf();
  return std::move(bytes).str();
}

}  // namespace repute::test
