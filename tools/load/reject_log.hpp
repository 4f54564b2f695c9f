// SPDX-License-Identifier: Apache-2.0
// Bad rows: how many are allowed, where they are written.
#pragma once

#include <cstdint>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "load/row.hpp"

namespace repute::load {

/// `N` or `P%`.
struct reject_limit {
  std::uint64_t count = 0;
  std::optional<double> percent;
};
[[nodiscard]] std::optional<reject_limit> parse_reject_limit(std::string_view text) noexcept;

/// Collects bad rows. Without a limit the first one ends the load.
class reject_log {
 public:
  /// `path` empty: no file. A new file is its owner's alone (mode 0600), since a row may hold a
  /// password. Throws std::runtime_error, naming the file, if it cannot be written.
  reject_log(std::optional<reject_limit> limit, const std::string& path);
  ~reject_log();
  reject_log(const reject_log&) = delete;
  reject_log& operator=(const reject_log&) = delete;

  /// False: too many, the load is over.
  [[nodiscard]] bool add(const std::string& file, const bad_row& row);

  /// True if `rows` rows with count() bad ones among them may be loaded.
  [[nodiscard]] bool acceptable(std::uint64_t rows) const noexcept;

  [[nodiscard]] std::uint64_t count() const noexcept { return count_; }
  /// `file:line:column: reason` of the first few.
  [[nodiscard]] const std::vector<std::string>& first() const noexcept { return first_; }

  /// Flushes the file; false if it could not be written wholly.
  [[nodiscard]] bool close();

 private:
  struct close_file {
    void operator()(std::FILE* file) const noexcept { std::fclose(file); }
  };
  std::optional<reject_limit> limit_;
  std::unique_ptr<std::FILE, close_file> file_;
  std::uint64_t count_ = 0;
  std::vector<std::string> first_;
};

}  // namespace repute::load
