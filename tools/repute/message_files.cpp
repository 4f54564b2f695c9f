// SPDX-License-Identifier: Apache-2.0
#include "message_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <system_error>

namespace repute::tool {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view mbox_line = "From ";
constexpr std::size_t piece_bytes = 1 << 16;

bool is_empty_line(std::string_view line) noexcept {
  return line == "\n" || line == "\r\n";
}

/// `>From `, `>>From `: a message of an mbox that says `From ` itself.
bool is_quoted(std::string_view line) noexcept {
  const std::size_t quotes = std::min(line.find_first_not_of('>'), line.size());
  return quotes != 0 && line.substr(quotes).starts_with(mbox_line);
}

void append_bounded(std::string_view line, std::string& to) {
  to += line.substr(0, message_bytes_max - std::min(to.size(), message_bytes_max));
}

class folder_walk {
 public:
  explicit folder_walk(message_paths& out) : out_(out) {}

  void add(const fs::path& path) {
    std::error_code error;
    const fs::file_status is = fs::status(path, error);
    if (is.type() == fs::file_type::directory) {
      add_folder(path);
    } else if (fs::exists(is)) {
      add_file(path);
    } else {
      complain(path, error ? error : std::make_error_code(std::errc::no_such_file_or_directory));
    }
  }

 private:
  void add_folder(const fs::path& path) {
    std::error_code error;
    if (fs::is_directory(path / "cur", error) && fs::is_directory(path / "new", error)) {
      add_entries(path / "cur");
      add_entries(path / "new");
    } else {
      add_entries(path);
    }
  }

  void add_entries(const fs::path& path) {
    std::error_code error;
    std::vector<fs::directory_entry> entries;
    for (fs::directory_iterator at(path, error), end; !error && at != end; at.increment(error)) {
      entries.push_back(*at);
    }
    if (error) {
      complain(path, error);
    }
    std::ranges::sort(entries);
    for (const fs::directory_entry& entry : entries) {
      if (entry.path().filename().native().starts_with('.')) {
        continue;
      }
      std::error_code ignored;
      if (entry.is_directory(ignored) && !entry.is_symlink(ignored)) {
        add_folder(entry.path());
      } else if (entry.is_regular_file(ignored)) {
        add_file(entry.path());
      }
    }
  }

  void add_file(const fs::path& path) {
    std::error_code ignored;
    const auto size = fs::file_size(path, ignored);
    out_.bytes += ignored ? 0 : size;
    out_.files.push_back(path.string());
  }

  void complain(const fs::path& path, const std::error_code& error) {
    out_.problems.push_back(fmt::format("{}: {}", path.string(), error.message()));
  }

  message_paths& out_;
};

}  // namespace

bool message_reader::read_piece() {
  std::array<char, piece_bytes> buffer;
  begins_line_ = ends_line_;
  from_.getline(buffer.data(), buffer.size());
  line_.assign(buffer.data(), static_cast<std::size_t>(from_.gcount()));
  if (from_.eof() || from_.bad()) {  // no line feed was taken out
    return !line_.empty();
  }
  ends_line_ = !from_.fail();
  if (ends_line_) {
    line_.back() = '\n';  // getline() counts it, and puts a zero byte in its place
  } else {
    from_.clear();  // the line goes on
  }
  return true;
}

found_message message_reader::read_mbox_message() {
  found_message out;
  ++count_;
  out.consumed = line_.size();
  while (!ends_line_ && read_piece()) {
    out.consumed += line_.size();
  }
  for (bool after_empty = false; read_piece();) {
    if (after_empty && begins_line_ && line_.starts_with(mbox_line)) {
      out.name = fmt::format("{}:{}", name_, count_);
      return out;
    }
    out.consumed += line_.size();
    after_empty = begins_line_ && is_empty_line(line_);
    append_bounded(std::string_view(line_).substr(begins_line_ && is_quoted(line_) ? 1 : 0),
                   out.bytes);
  }
  line_.clear();
  out.name = count_ == 1 ? name_ : fmt::format("{}:{}", name_, count_);
  return out;
}

found_message message_reader::read_whole() {
  found_message out;
  out.name = name_;
  append_bounded(line_, out.bytes);
  constexpr std::size_t step = 1 << 16;
  std::string block(step, '\0');
  while (out.bytes.size() < message_bytes_max && from_) {
    from_.read(block.data(), step);
    append_bounded({block.data(), static_cast<std::size_t>(from_.gcount())}, out.bytes);
  }
  out.consumed = out.bytes.size();
  line_.clear();
  return out;
}

std::optional<found_message> message_reader::next() {
  if (!begun_) {
    begun_ = true;
    line_.resize(mbox_line.size());
    from_.read(line_.data(), static_cast<std::streamsize>(line_.size()));
    line_.resize(static_cast<std::size_t>(from_.gcount()));
    is_mbox_ = line_ == mbox_line;
    ends_line_ = !is_mbox_;
    if (!is_mbox_) {
      found_message whole = read_whole();
      return failed() ? std::nullopt : std::optional(std::move(whole));
    }
  }
  if (!is_mbox_ || line_.empty()) {
    return std::nullopt;
  }
  found_message out = read_mbox_message();
  return failed() ? std::nullopt : std::optional(std::move(out));
}

message_paths find_messages(const std::vector<std::string>& named) {
  message_paths out;
  folder_walk walk(out);
  for (const std::string& each : named) {
    if (each == "-") {
      out.files.push_back(each);
      continue;
    }
    std::error_code ignored;
    out.many = out.many || fs::is_directory(each, ignored);
    walk.add(each);
  }
  out.many = out.many || out.files.size() > 1;
  return out;
}

}  // namespace repute::tool
