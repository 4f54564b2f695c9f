// SPDX-License-Identifier: Apache-2.0
// Private to the JSON formats: a document read whole, and places in it. The only header of the
// loader that includes simdjson.
#pragma once

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "load/format/formats.hpp"
#include "load/format/text.hpp"

namespace repute::load {

/// JSON documents are read whole: an order of members is not prescribed.
inline constexpr std::size_t document_bytes_max = std::size_t{1} << 30;

/// A document with what simdjson needs behind it.
class json_document {
 public:
  /// Reads what is left of the text.
  explicit json_document(text_window& window) {
    for (std::string_view piece = window.ahead(1); !piece.empty(); piece = window.ahead(1)) {
      if (text_.size() + piece.size() > document_bytes_max) {
        too_large_ = true;
        return;
      }
      text_.append(piece);
      window.skip(piece.size());
    }
    text_.reserve(text_.size() + simdjson::SIMDJSON_PADDING);
  }

  /// Why the document cannot be walked, or nothing.
  [[nodiscard]] read_result open(simdjson::ondemand::document& document) {
    if (too_large_) {
      return format_problem{{}, "a JSON document of more than 1 GiB"};
    }
    const auto error = parser_.iterate(text_).get(document);
    return error == simdjson::SUCCESS ? std::nullopt : std::optional(broken(0, error));
  }

  /// Place of an offset; offsets only grow from call to call, so that all together cost one pass.
  [[nodiscard]] position at(std::size_t offset) noexcept {
    offset = std::min(offset, text_.size());
    for (; seen_ < offset; ++seen_) {
      if (text_[seen_] == '\n') {
        ++line_;
        line_begin_ = seen_ + 1;
      }
    }
    return {line_, static_cast<std::uint32_t>(offset - std::min(offset, line_begin_)) + 1};
  }

  /// Offset of a value's own text.
  [[nodiscard]] std::size_t offset_of(std::string_view token) const noexcept {
    return static_cast<std::size_t>(token.data() - text_.data());
  }
  [[nodiscard]] format_problem broken(std::size_t offset, simdjson::error_code error) noexcept {
    return {at(offset), fmt::format("broken JSON: {}", simdjson::error_message(error))};
  }

 private:
  std::string text_;
  simdjson::ondemand::parser parser_;
  bool too_large_ = false;
  std::size_t seen_ = 0;
  std::size_t line_begin_ = 0;
  std::uint32_t line_ = 1;
};

/// True if nothing is left but blanks.
[[nodiscard]] inline bool at_end(simdjson::ondemand::document& document) {
  return document.current_location().error() == simdjson::OUT_OF_BOUNDS;
}

/// The text of a string, or the digits or word of another scalar; null is empty. Nothing for
/// arrays, objects and broken strings. Texts live as long as the parser's document.
[[nodiscard]] inline std::optional<std::string_view> scalar_text(simdjson::ondemand::value value) {
  simdjson::ondemand::json_type type{};
  if (value.type().get(type) != simdjson::SUCCESS) {
    return std::nullopt;
  }
  std::string_view text;
  switch (type) {
    case simdjson::ondemand::json_type::string:
      return value.get_string().get(text) == simdjson::SUCCESS ? std::optional(text) : std::nullopt;
    case simdjson::ondemand::json_type::number:
    case simdjson::ondemand::json_type::boolean:
      text = value.raw_json_token();
      return text.substr(0, text.find_first_of(" \t\r\n,}]"));
    case simdjson::ondemand::json_type::null:
      return std::string_view();
    default:
      return std::nullopt;
  }
}

/// Calls `take(name, value)` for each member of an object until it returns an error.
template <class Take>
[[nodiscard]] simdjson::error_code for_members(simdjson::ondemand::object& object, Take&& take) {
  for (auto each : object) {
    simdjson::ondemand::field field;
    std::string_view name;
    auto error = std::move(each).get(field);
    if (error == simdjson::SUCCESS) {
      error = field.unescaped_key().get(name);
    }
    if (error == simdjson::SUCCESS) {
      error = take(name, field.value());
    }
    if (error != simdjson::SUCCESS) {
      return error;
    }
  }
  return simdjson::SUCCESS;
}

/// The same for a value; what is no object has no members.
template <class Take>
[[nodiscard]] simdjson::error_code for_members(simdjson::ondemand::value value, Take&& take) {
  simdjson::ondemand::object object;
  if (const auto error = value.get_object().get(object); error != simdjson::SUCCESS) {
    return error == simdjson::INCORRECT_TYPE ? simdjson::SUCCESS : error;
  }
  return for_members(object, std::forward<Take>(take));
}

/// Calls `take(value)` for each item of an array; what is no array has none.
template <class Take>
[[nodiscard]] simdjson::error_code for_items(simdjson::ondemand::value value, Take&& take) {
  simdjson::ondemand::array array;
  if (const auto error = value.get_array().get(array); error != simdjson::SUCCESS) {
    return error == simdjson::INCORRECT_TYPE ? simdjson::SUCCESS : error;
  }
  for (auto each : array) {
    simdjson::ondemand::value item;
    auto error = std::move(each).get(item);
    if (error == simdjson::SUCCESS) {
      error = take(item);
    }
    if (error != simdjson::SUCCESS) {
      return error;
    }
  }
  return simdjson::SUCCESS;
}

}  // namespace repute::load
