// SPDX-License-Identifier: Apache-2.0
#include "load/format/delimited.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "load/format/lines.hpp"
#include "load/format/text.hpp"

namespace repute::load {
namespace {

// A row, its line end, and one byte more, so that a row that is too long shows.
constexpr std::size_t row_reach = row_bytes_max + 3;

}  // namespace

bool delimited_reader::fail(position at, std::string what) {
  if (joining_quote_) {
    // The rows that a forgotten quote swallowed are good ones: only its own line is bad.
    if (at.line != first_line_) {
      what += fmt::format(" in line {}", at.line);
    }
    at = *joining_quote_;
  }
  problem_ = {at, std::move(what)};
  const std::size_t end = find_byte(text_, '\n');
  first_line_is_over_ = end != std::string_view::npos;
  original_ = excerpt(without_return(text_.substr(0, end)));
  consumed_ = first_line_is_over_ ? end + 1 : text_.size();
  next_line_ = first_line_ + 1;
  return false;
}

void delimited_reader::skip_first_line() {
  for (;;) {
    const std::string_view text = window_.ahead(1);
    const std::size_t end = find_byte(text, '\n');
    window_.skip(end == std::string_view::npos ? text.size() : end + 1);
    if (end != std::string_view::npos || text.empty()) {
      first_line_is_over_ = true;
      return;
    }
  }
}

delimited_reader::outcome delimited_reader::next() {
  window_.skip(std::exchange(consumed_, 0));
  if (!first_line_is_over_) {
    skip_first_line();
  }
  for (;;) {
    text_ = window_.ahead(row_reach).substr(0, row_reach);
    if (text_.empty()) {
      return outcome::end;
    }
    at_ = 0;
    if (!at_line_end()) {
      break;
    }
    const bool only_return = text_[0] == '\r';
    window_.skip(only_return && text_.size() > 1 ? 2 : 1);
    ++next_line_;
  }
  first_line_ = line_ = next_line_;
  line_begin_ = 0;
  joining_quote_.reset();
  fields_.clear();
  unquoted_used_ = 0;
  if (text_[0] == '#') {
    return take_comment();
  }
  const std::size_t end = find_byte(text_, '\n');
  const bool quoted = dialect_.quotes && find_byte(text_.substr(0, end), '"') < text_.size();
  const bool good = quoted ? read_row() : split_plain_line(end);
  return good && check_bytes() ? outcome::row : outcome::bad;
}

delimited_reader::outcome delimited_reader::take_comment() {
  const std::size_t end = find_byte(text_, '\n');
  first_line_is_over_ = end != std::string_view::npos || text_.size() < row_reach;
  original_ = excerpt(without_return(text_.substr(0, end)));
  consumed_ = end == std::string_view::npos ? text_.size() : end + 1;
  ++next_line_;
  return outcome::comment;
}

// Most lines hold no quote: their fields end where the next delimiter is.
bool delimited_reader::split_plain_line(std::size_t line_end) {
  const std::string_view line = without_return(text_.substr(0, line_end));
  if (line.size() > row_bytes_max) {
    return fail({first_line_, 1}, too_long_row);
  }
  for (std::size_t begin = 0;;) {
    const std::size_t size = find_byte(line.substr(begin), dialect_.delimiter);
    fields_.push_back({line.substr(begin, size), {line_, static_cast<std::uint32_t>(begin) + 1}});
    if (size == std::string_view::npos) {
      break;
    }
    begin += size + 1;
  }
  original_ = line;
  consumed_ = line_end == std::string_view::npos ? text_.size() : line_end + 1;
  ++next_line_;
  return true;
}

bool delimited_reader::read_row() {
  for (;;) {
    delimited_field& field = fields_.emplace_back();
    if (dialect_.loose_quotes) {
      skip_blanks();
    }
    field.at = here();
    if (at_ < text_.size() && text_[at_] == '"') {
      if (!read_quoted(field)) {
        return false;
      }
    } else {
      read_plain(field);
    }
    if (at_ > row_bytes_max) {
      return fail(fields_.front().at, too_long_row);  // before its fields fill the memory
    }
    if (at_line_end()) {
      finish_row();
      return true;
    }
    ++at_;  // the delimiter
  }
}

void delimited_reader::finish_row() noexcept {
  original_ = text_.substr(0, at_);
  if (at_ < text_.size() && text_[at_] == '\r') {
    ++at_;
  }
  if (at_ < text_.size()) {
    ++at_;
  }
  consumed_ = at_;
  next_line_ = line_ + 1;
}

void delimited_reader::skip_blanks() noexcept {
  while (at_ < text_.size() && is_blank(text_[at_])) {
    ++at_;
  }
}

void delimited_reader::read_plain(delimited_field& field) noexcept {
  const std::size_t begin = at_;
  while (!at_line_end() && text_[at_] != dialect_.delimiter) {
    ++at_;
  }
  field.text = text_.substr(begin, at_ - begin);
}

bool delimited_reader::read_quoted(delimited_field& field) {
  const position open = here();
  const std::size_t begin = ++at_;
  std::string_view piece;
  if (!take_quoted_text(piece, open)) {
    return false;
  }
  if (at_ < text_.size() && text_[at_] == '"') {  // a doubled quote: only now is a copy needed
    if (unquoted_used_ == unquoted_.size()) {
      unquoted_.emplace_back();
    }
    std::string& text = unquoted_[unquoted_used_++];
    text.assign(piece);
    while (at_ < text_.size() && text_[at_] == '"') {
      text += '"';
      ++at_;
      if (!take_quoted_text(piece, open)) {
        return false;
      }
      text += piece;
    }
    field.text = text;
  } else {
    field.text = text_.substr(begin, piece.size());
  }
  if (dialect_.loose_quotes) {
    skip_blanks();
  }
  return at_line_end() || text_[at_] == dialect_.delimiter ||
         fail(here(), "text after a closing quote");
}

// Up to the next quote, which is passed; counts the lines in between.
bool delimited_reader::take_quoted_text(std::string_view& text, position open) {
  const std::string_view rest = text_.substr(at_);
  const std::size_t size = find_byte(rest, '"');
  text = rest.substr(0, size);
  for (std::size_t seen = 0;;) {
    const std::size_t end = find_byte(text.substr(seen), '\n');
    if (end == std::string_view::npos) {
      break;
    }
    seen += end + 1;
    joining_quote_ = joining_quote_.value_or(open);
    ++line_;
    line_begin_ = at_ + seen;
  }
  if (size == std::string_view::npos) {
    const bool too_long = text_.size() == row_reach && fields_.size() > 1;
    return too_long ? fail(fields_.front().at, too_long_row)
                    : fail(open, "a quoted field that does not end");
  }
  at_ += size + 1;
  return true;
}

bool delimited_reader::check_bytes() {
  if (window_.plain()) {
    return true;
  }
  const std::size_t good = readable_prefix(original_);
  if (good == original_.size()) {
    return true;
  }
  const std::string_view before = original_.substr(0, good);
  const std::size_t line_end = before.rfind('\n');
  return fail(
      {first_line_ + static_cast<std::uint32_t>(std::ranges::count(before, '\n')),
       static_cast<std::uint32_t>(line_end == std::string_view::npos ? good : good - line_end - 1) +
           1},
      unreadable_byte(original_[good]));
}

}  // namespace repute::load
