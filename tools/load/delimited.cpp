// SPDX-License-Identifier: Apache-2.0
#include "load/delimited.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>
#include <utility>

#include "load/line_format.hpp"

namespace repute::load {
namespace {

// Positions of the columns of a feed within a row.
struct column_places {
  std::size_t key = 0;
  std::optional<std::size_t> score;
  std::optional<std::size_t> expires;
  std::optional<std::size_t> reason;
};

std::optional<std::size_t> place_of(const column& wanted,
                                    const std::vector<delimited_field>& header,
                                    std::string& missing) {
  if (const auto* number = std::get_if<std::uint32_t>(&wanted)) {
    return *number - 1;
  }
  const std::string& name = std::get<std::string>(wanted);
  for (std::size_t i = 0; i < header.size(); ++i) {
    if (trim(header[i].text) == name) {
      return i;
    }
  }
  missing = name;
  return std::nullopt;
}

bool is_named(const std::optional<column>& wanted) {
  return wanted && std::holds_alternative<std::string>(*wanted);
}

// False, with the missing name, if the header lacks a column of the specification.
bool place_columns(const feed_spec& spec, const std::vector<delimited_field>& header,
                   column_places& places, std::string& missing) {
  const auto key = place_of(spec.key_column, header, missing);
  places.key = key.value_or(0);
  for (const auto& [wanted, place] : {std::pair(&spec.score_column, &places.score),
                                      std::pair(&spec.expires_column, &places.expires),
                                      std::pair(&spec.reason_column, &places.reason)}) {
    if (*wanted) {
      *place = place_of(**wanted, header, missing);
    }
  }
  return missing.empty();
}

bool has_field(const std::vector<delimited_field>& fields, std::optional<std::size_t> place) {
  return !place || *place < fields.size();
}

bool take_row(const delimited_reader& reader, const column_places& places, row_sink& sink) {
  const auto& fields = reader.fields();
  const position begin = fields.front().at;
  if (const std::string_view why = unreadable(reader.original()); !why.empty()) {
    return sink.reject({begin, std::string(why), excerpt(reader.original())});
  }
  if (!has_field(fields, places.key) || !has_field(fields, places.score) ||
      !has_field(fields, places.expires) || !has_field(fields, places.reason)) {
    return sink.reject({begin, fmt::format("only {} columns", fields.size()), reader.original()});
  }
  const auto text = [&](std::optional<std::size_t> place) {
    return place ? trim(fields[*place].text) : std::string_view();
  };
  raw_row row;
  row.at = fields[places.key].at;
  row.key = trim(fields[places.key].text);
  row.score = text(places.score);
  row.expires = text(places.expires);
  row.reason = text(places.reason);
  row.original = reader.original();
  return sink.take(row);
}

}  // namespace

bool delimited_reader::fail(position at, std::string what) {
  if (joining_quote_) {
    // The rows that a forgotten quote swallowed are good ones: only its own line is bad.
    std::tie(at_, line_begin_, line_) =
        std::tie(joining_quote_->at, joining_quote_->line_begin, joining_quote_->line);
    if (at.line != line_) {
      what += fmt::format(" in line {}", at.line);
    }
    at = here();
  }
  problem_ = {at, std::move(what)};
  // Rows are found again at the next line end, whatever the quotes say.
  const std::size_t end = text_.find('\n', at_);
  at_ = end == std::string_view::npos ? text_.size() : end;
  return false;
}

void delimited_reader::skip_line_end() noexcept {
  if (at_ < text_.size() && text_[at_] == '\r') {
    ++at_;
  }
  if (at_ < text_.size()) {
    ++at_;
    ++line_;
    line_begin_ = at_;
  }
}

delimited_reader::outcome delimited_reader::next() {
  while (at_ < text_.size() && at_line_end()) {
    skip_line_end();
  }
  if (at_ >= text_.size()) {
    return outcome::end;
  }
  const std::size_t begin = at_;
  if (text_[at_] == '#') {
    const std::size_t end = text_.find('\n', at_);
    at_ = end == std::string_view::npos ? text_.size() : end;
    skip_line_end();
    return outcome::comment;
  }
  const bool good = read_row();
  original_ = text_.substr(begin, at_ - begin);
  skip_line_end();
  return good ? outcome::row : outcome::bad;
}

bool delimited_reader::read_row() {
  fields_.clear();
  unquoted_used_ = 0;
  joining_quote_.reset();
  const std::size_t begin = at_;
  for (;;) {
    delimited_field& field = fields_.emplace_back();
    field.at = here();
    if (at_ < text_.size() && text_[at_] == '"' && delimiter_ == ',') {
      if (!read_quoted(field)) {
        return false;
      }
    } else {
      read_plain(field);
    }
    if (at_ - begin > row_bytes_max) {
      return fail(fields_.front().at, "longer than 64 KiB");  // before its fields fill the memory
    }
    if (at_line_end()) {
      return true;
    }
    ++at_;  // the delimiter
  }
}

void delimited_reader::read_plain(delimited_field& field) noexcept {
  const std::size_t begin = at_;
  while (!at_line_end() && text_[at_] != delimiter_) {
    ++at_;
  }
  field.text = text_.substr(begin, at_ - begin);
}

bool delimited_reader::read_quoted(delimited_field& field) {
  const position open = here();
  const place before{at_, line_begin_, line_};
  if (unquoted_used_ == unquoted_.size()) {
    unquoted_.emplace_back();
  }
  std::string text;
  for (++at_;;) {
    if (at_ >= text_.size() || text.size() > row_bytes_max) {
      return fail(open, "a quoted field that does not end");
    }
    if (text_[at_] == '"') {
      ++at_;
      if (at_ >= text_.size() || text_[at_] != '"') {
        break;
      }
    } else if (text_[at_] == '\n') {
      joining_quote_ = joining_quote_.value_or(before);
      ++line_;
      line_begin_ = at_ + 1;
    }
    text += text_[at_++];
  }
  if (!at_line_end() && text_[at_] != delimiter_) {
    return fail(here(), "text after a closing quote");
  }
  unquoted_[unquoted_used_] = std::move(text);
  field.text = unquoted_[unquoted_used_++];
  return true;
}

std::optional<format_problem> read_delimited(std::string_view text, const feed_spec& spec,
                                             char delimiter, row_sink& sink) {
  delimited_reader reader(text, delimiter);
  column_places places;
  std::string missing;
  bool header_due = is_named(spec.key_column) || is_named(spec.score_column) ||
                    is_named(spec.expires_column) || is_named(spec.reason_column);
  if (!header_due && !place_columns(spec, {}, places, missing)) {
    return format_problem{{}, "no columns"};
  }
  for (;;) {
    switch (reader.next()) {
      case delimited_reader::outcome::end:
        return header_due ? std::optional(format_problem{{}, "no header row"}) : std::nullopt;
      case delimited_reader::outcome::comment:
        break;
      case delimited_reader::outcome::bad:
        if (!sink.reject(
                {reader.problem().at, reader.problem().what, excerpt(reader.original())})) {
          return std::nullopt;
        }
        break;
      case delimited_reader::outcome::row:
        if (header_due) {
          header_due = false;
          if (!place_columns(spec, reader.fields(), places, missing)) {
            return format_problem{reader.fields().front().at,
                                  fmt::format("no column \"{}\" in the header row", missing)};
          }
        } else if (!take_row(reader, places, sink)) {
          return std::nullopt;
        }
        break;
    }
  }
}

}  // namespace repute::load
