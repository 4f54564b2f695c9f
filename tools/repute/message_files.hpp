// SPDX-License-Identifier: Apache-2.0
// Messages in files: one of their own, many in an mbox, folders of them, maildirs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <istream>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace repute::tool {

/// One message and where it was: `FILE`, or `FILE:N` for the N-th of an mbox with several.
struct found_message {
  std::string name;
  std::string bytes;           ///< at most message_bytes_max; the rest of a longer one is left out
  std::uint64_t consumed = 0;  ///< bytes of its file that it took
};

/// One byte more than is looked at, so that the limit is seen to be met.
inline constexpr std::size_t message_bytes_max = (std::size_t{32} << 20) + 1;

/// Messages of one stream, one after the other. A stream that begins with `From ` is an mbox: each
/// such line behind an empty one begins a message, and `>From ` is unquoted; any other is one
/// message. Not thread-safe.
class message_reader {
 public:
  /// `from` must outlive it.
  message_reader(std::istream& from, std::string name) : from_(from), name_(std::move(name)) {}

  /// The next one; nothing at the end, and after a failure to read, which failed() tells.
  [[nodiscard]] std::optional<found_message> next();
  [[nodiscard]] bool failed() const { return from_.bad(); }

 private:
  /// The next line, or as much of a long one as fits.
  [[nodiscard]] bool read_piece();
  [[nodiscard]] found_message read_mbox_message();
  [[nodiscard]] found_message read_whole();

  std::istream& from_;
  std::string name_;
  std::string line_;  ///< the piece read last, with its line feed; empty at the end
  bool begins_line_ = true;
  bool ends_line_ = true;
  bool begun_ = false;
  bool is_mbox_ = false;
  std::size_t count_ = 0;
};

/// What a list of FILE, DIR and `-` stands for.
struct message_paths {
  std::vector<std::string> files;     ///< `-` is standard input
  std::uint64_t bytes = 0;            ///< of all files whose size is known
  std::vector<std::string> problems;  ///< of what cannot be read
  bool many = false;                  ///< a folder was named, or more than one file
};

/// Folders are walked: of a maildir `cur` and `new`, of others all files but hidden ones, folders
/// below them included, by name. Links to folders are not followed.
[[nodiscard]] message_paths find_messages(const std::vector<std::string>& named);

}  // namespace repute::tool
