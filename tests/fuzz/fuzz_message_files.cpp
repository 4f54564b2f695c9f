// SPDX-License-Identifier: Apache-2.0
// Messages of a file and lines of a pipe that come a few bytes at a time: the readers find what is
// found in the whole text, and no byte of it is lost. The first byte of the input says how much
// comes at a time; a byte 1 in the text stands for nearly as much as they read at once.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <istream>
#include <span>
#include <streambuf>
#include <vector>

#include "fuzz/require.hpp"
#include "line_reader.hpp"
#include "message_files.hpp"

using repute::fuzz::require;
using repute::fuzz::text_of;

namespace {

using namespace repute::tool;
using texts = std::vector<std::string>;

constexpr std::size_t nearly_a_piece = (1 << 16) - 4;
constexpr std::size_t line_max = 10;  // few bytes do what a mebibyte would

std::string expanded(std::string_view from) {
  std::string out;
  for (const char c : from) {
    const bool is_long = c == 1 && out.size() < 3 * nearly_a_piece;
    out.append(is_long ? nearly_a_piece : 1, is_long ? 'x' : c);
  }
  return out;
}

// Gives `step` bytes at a time.
class slow_text : public std::streambuf {
 public:
  slow_text(std::string& text, std::size_t step) : rest_(text), step_(step) {}

 private:
  int_type underflow() override {
    const std::size_t count = std::min(step_, rest_.size());
    setg(rest_.data(), rest_.data(), rest_.data() + count);
    rest_ = rest_.subspan(count);
    return count == 0 ? traits_type::eof() : traits_type::to_int_type(*gptr());
  }
  std::span<char> rest_;
  std::size_t step_;
};

// With their line feeds.
std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> out;
  while (!text.empty()) {
    const std::size_t feed = std::min(text.find('\n'), text.size() - 1);
    out.push_back(text.substr(0, feed + 1));
    text.remove_prefix(feed + 1);
  }
  return out;
}

texts messages_in(std::string_view text) {
  if (!text.starts_with("From ")) {
    return {std::string(text)};
  }
  texts out;
  bool may_begin = true;
  for (const std::string_view line : lines_of(text)) {
    if (may_begin && line.starts_with("From ")) {
      out.emplace_back();
    } else {
      const std::size_t quotes = std::min(line.find_first_not_of('>'), line.size());
      out.back() += line.substr(line.substr(quotes).starts_with("From ") ? quotes != 0 : 0);
    }
    may_begin = line == "\n" || line == "\r\n";
  }
  return out;
}

void check_messages(std::string text, std::size_t step) {
  const texts expected = messages_in(text);
  slow_text slow(text, step);
  std::istream stream(&slow);
  message_reader reader(stream, "f");
  std::uint64_t consumed = 0;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const auto found = reader.next();
    require(found && found->bytes == expected[i]);
    require(found->name == (expected.size() == 1 ? "f" : "f:" + std::to_string(i + 1)));
    consumed += found->consumed;
  }
  require(!reader.next() && !reader.failed() && consumed == text.size());
}

texts cut_lines_in(std::string_view text) {
  texts out;
  for (std::string_view line : lines_of(text)) {
    line.remove_suffix(line.ends_with('\n') ? 1 : 0);
    const bool whole = line.size() <= line_max;
    line.remove_suffix(whole && line.ends_with('\r') ? 1 : 0);
    out.emplace_back(line.substr(0, line_max));
  }
  return out;
}

void check_lines(std::string_view text, std::size_t step) {
  std::array<int, 2> ends{};
  require(::pipe2(ends.data(), O_CLOEXEC) == 0);
  line_reader reader(ends[0], line_max);
  texts found;
  line_reader::result last{};
  const auto take = [&] {
    std::string line;
    constexpr line_reader::time_point at_once;
    while ((last = reader.next(line, at_once)) == line_reader::result::line) {
      found.push_back(line);
    }
  };
  for (std::string_view rest = text; !rest.empty();
       rest.remove_prefix(std::min(step, rest.size()))) {
    const std::string_view piece = rest.substr(0, step);
    require(::write(ends[1], piece.data(), piece.size()) == static_cast<ssize_t>(piece.size()));
    take();
    require(last == line_reader::result::nothing_yet);
  }
  ::close(ends[1]);
  take();
  ::close(ends[0]);
  require(last == line_reader::result::end && found == cut_lines_in(text));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) {
    return 0;
  }
  const std::string text = expanded(text_of(data + 1, size - 1));
  // From 1 byte to what a pipe holds, and of long texts no more than some dozens of pieces.
  const std::size_t step = std::max(std::size_t{data[0]} * data[0] + 1, text.size() / 64);
  check_messages(text, step);
  check_lines(text, step);
  return 0;
}
