// SPDX-License-Identifier: Apache-2.0
// Files that only their owner may read.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>

namespace repute::seal {

/// What is wrong with a file of secrets; the exit code that tools give for it.
enum class secret_file_error {
  unreadable,  ///< there is none, or it cannot be read: exit 66
  exposed,     ///< others than its owner may read or write it: exit 77
  malformed,   ///< not what it should be, or damaged: exit 65
  exists,      ///< new secrets would overwrite a file: exit 73
  unwritable,  ///< it cannot be made, or not be written wholly: exit 73
};

struct secret_file_failure {
  secret_file_error code{};
  std::string message;  ///< one sentence that names the file and shows no byte of it
};

/// Exit code (sysexits) of an error.
[[nodiscard]] int exit_code(secret_file_error code) noexcept;

/// A text that is wiped when destroyed.
class secret_string {
 public:
  secret_string() = default;
  /// What was appended beyond `capacity` would leave unwiped copies behind: append() refuses that.
  explicit secret_string(std::size_t capacity) { text_.reserve(capacity); }
  ~secret_string();
  secret_string(secret_string&& from) noexcept : text_(std::move(from.text_)) {}
  secret_string& operator=(secret_string&&) = delete;

  /// Throws std::length_error beyond the capacity.
  void append(std::string_view more);
  [[nodiscard]] std::string_view view() const noexcept { return text_; }

 private:
  std::string text_;
};

/// The text of a file of at most `bytes_max` bytes; a longer one is malformed, and one that its
/// group or others may read or write is exposed, since it is no secret any more. Messages begin
/// with `what` and the path.
[[nodiscard]] std::variant<secret_string, secret_file_failure> read_secret_file(
    std::string_view what, const std::string& path, std::size_t bytes_max);

/// Makes a file of mode 0600 and syncs it. Never overwrites anything; a file that could not be
/// written wholly is removed.
[[nodiscard]] std::variant<std::monostate, secret_file_failure> write_secret_file(
    std::string_view what, const std::string& path, std::string_view text);

/// The same over a file that may be there, which is replaced wholly or not at all.
[[nodiscard]] std::variant<std::monostate, secret_file_failure> replace_secret_file(
    std::string_view what, const std::string& path, std::string_view text);

}  // namespace repute::seal
