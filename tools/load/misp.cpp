// SPDX-License-Identifier: Apache-2.0
// MISP warninglists: {"name", "type": string|hostname|cidr|..., "list": [...]}. The one translation
// unit of the loader that compiles simdjson.
#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>

#include "load/line_format.hpp"

namespace repute::load {
namespace {

// Turns offsets, which only grow, into lines and columns.
class offset_counter {
 public:
  explicit offset_counter(std::string_view text) noexcept : text_(text) {}

  position at(std::size_t offset) noexcept {
    offset = std::min(offset, text_.size());
    for (; seen_ < offset; ++seen_) {
      if (text_[seen_] == '\n') {
        ++line_;
        line_begin_ = seen_ + 1;
      }
    }
    return {line_, static_cast<std::uint32_t>(offset - line_begin_) + 1};
  }

 private:
  std::string_view text_;
  std::size_t seen_ = 0;
  std::size_t line_begin_ = 0;
  std::uint32_t line_ = 1;
};

// What a warninglist's type means for its entries; nothing for types that are no keys.
std::optional<std::optional<name_match>> match_of(std::string_view type) noexcept {
  if (type == "string") {
    return name_match::exact;
  }
  if (type == "hostname") {
    return name_match::both;
  }
  if (type == "cidr") {
    return std::optional<name_match>();
  }
  return std::nullopt;
}

class misp_reader {
 public:
  misp_reader(std::string_view text, row_sink& sink) : padded_(text), places_(text), sink_(sink) {}

  std::optional<format_problem> read() {
    simdjson::ondemand::document document;
    if (const auto error = parser_.iterate(padded_).get(document); error != simdjson::SUCCESS) {
      return problem(0, error);
    }
    std::string_view type;
    if (const auto error = document["type"].get_string().get(type); error != simdjson::SUCCESS) {
      return format_problem{{}, "no \"type\" in it: not a MISP warninglist"};
    }
    const auto match = match_of(type);
    if (!match) {
      return format_problem{
          {},
          fmt::format("warninglists of type \"{}\" hold no keys; string, hostname and cidr do",
                      type)};
    }
    match_ = *match;
    simdjson::ondemand::array list;
    document.rewind();
    if (const auto error = document["list"].get_array().get(list); error != simdjson::SUCCESS) {
      return format_problem{{}, "no array \"list\" in it: not a MISP warninglist"};
    }
    return read_entries(list);
  }

 private:
  std::optional<format_problem> read_entries(simdjson::ondemand::array& list) {
    for (auto item : list) {
      simdjson::ondemand::value value;
      if (const auto error = item.get(value); error != simdjson::SUCCESS) {
        return problem(offset_, error);
      }
      const std::string_view token = value.raw_json_token();
      offset_ = static_cast<std::size_t>(token.data() - padded_.data());
      std::string_view entry;
      const auto error = value.get_string().get(entry);
      if (error == simdjson::INCORRECT_TYPE) {
        if (!sink_.reject({places_.at(offset_), "not a string", excerpt(trim(token))})) {
          return std::nullopt;
        }
        continue;
      }
      if (error != simdjson::SUCCESS) {
        return problem(offset_, error);
      }
      if (!take(entry)) {
        return std::nullopt;
      }
    }
    return std::nullopt;
  }

  bool take(std::string_view entry) {
    if (const std::string_view why = unreadable(entry); !why.empty()) {
      return sink_.reject({places_.at(offset_), std::string(why), excerpt(entry)});
    }
    raw_row row;
    row.at = places_.at(offset_);
    row.original = entry;
    row.match = match_;
    // Some hostname lists write ".example.com" for the name and all under it.
    row.key = match_ == name_match::both && entry.starts_with('.') ? entry.substr(1) : entry;
    return sink_.take(row);
  }

  format_problem problem(std::size_t offset, simdjson::error_code error) {
    return {places_.at(offset), fmt::format("broken JSON: {}", simdjson::error_message(error))};
  }

  simdjson::padded_string padded_;
  offset_counter places_;
  row_sink& sink_;
  simdjson::ondemand::parser parser_;
  std::optional<name_match> match_;
  std::size_t offset_ = 0;
};

}  // namespace

std::optional<format_problem> read_misp(std::string_view text, row_sink& sink) {
  return misp_reader(text, sink).read();
}

}  // namespace repute::load
