// SPDX-License-Identifier: Apache-2.0
// Lines from a pipe, a file or a terminal, with a limit on how long to wait for the next one.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>

namespace repute::tool {

/// Reads a file descriptor that it does not own. Not thread-safe.
class line_reader {
 public:
  using time_point = std::chrono::steady_clock::time_point;
  enum class result { line, nothing_yet, end, failed };

  /// Longer lines are cut to this many bytes. That is one more than any key may have, so that the
  /// head of a line is never taken for the whole.
  static constexpr std::size_t line_max = (1u << 20) + 1;

  /// `longest`: where lines are cut.
  explicit line_reader(int fd, std::size_t longest = line_max) noexcept
      : fd_(fd), longest_(longest) {}

  /// The next line without its line feed or CR LF. Waits until `until`, or for ever without it. A
  /// last line without a line feed counts. `failed` after a read error, which error() then tells.
  [[nodiscard]] result next(std::string& line, std::optional<time_point> until);

  [[nodiscard]] int error() const noexcept { return error_; }

 private:
  [[nodiscard]] bool take_line(std::string& line);
  [[nodiscard]] bool wait(std::optional<time_point> until) const;
  void read_more();

  int fd_;
  std::size_t longest_;
  std::string buffer_;
  std::size_t scanned_ = 0;  ///< no line feed before this
  bool overlong_ = false;    ///< drop bytes up to the next line feed
  bool ended_ = false;
  int error_ = 0;  ///< errno of the read that failed
};

}  // namespace repute::tool
