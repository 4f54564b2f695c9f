// SPDX-License-Identifier: Apache-2.0
#include "header.hpp"

#include "ascii.hpp"

namespace repute::mail::detail {
namespace {

bool is_name_character(char c) noexcept {
  return c > ' ' && c < 0x7f && c != ':';
}

/// Bytes of the name that `line` begins with; 0 if it is no field. Blanks may stand before the
/// colon (RFC 5322, 4.5).
std::size_t name_size(std::string_view line) noexcept {
  std::size_t size = 0;
  while (size < line.size() && is_name_character(line[size])) {
    ++size;
  }
  std::size_t colon = size;
  while (colon < line.size() && (line[colon] == ' ' || line[colon] == '\t')) {
    ++colon;
  }
  return colon < line.size() && line[colon] == ':' ? size : 0;
}

/// Bytes of the first line and of those that continue it.
std::size_t folded_size(std::string_view text) noexcept {
  std::size_t size = first_line(text).size();
  while (size < text.size() && (text[size] == ' ' || text[size] == '\t')) {
    size += first_line(text.substr(size)).size();
  }
  return size;
}

}  // namespace

bool is_empty_line(std::string_view line) noexcept {
  return line == "\n" || line == "\r\n" || line == "\r" || line.empty();
}

std::string_view first_line(std::string_view text) noexcept {
  const std::size_t end = text.find('\n');
  return text.substr(0, end == text.npos ? end : end + 1);
}

std::optional<header_piece> take_piece(std::string_view& text) noexcept {
  const std::string_view line = first_line(text);
  const std::size_t name = name_size(line);
  if (is_empty_line(line) ||
      (name == 0 && !line.starts_with("From ") && !line.starts_with(">From "))) {
    return std::nullopt;
  }
  const std::string_view whole = text.substr(0, folded_size(text));
  text.remove_prefix(whole.size());
  return header_piece{whole, whole.substr(0, name)};
}

std::string unfolded(std::string_view body) {
  std::string out;
  out.reserve(body.size());
  body = trim(body);
  while (!body.empty()) {
    const auto end = std::ranges::find_if(body, [](char c) { return is_control(c) && c != '\t'; });
    out.append(body.begin(), end);
    body.remove_prefix(std::min(static_cast<std::size_t>(end - body.begin()) + 1, body.size()));
  }
  return out;
}

header header::read(std::string_view& text, budget& within) {
  header out;
  while (const auto piece = take_piece(text)) {
    if (piece->name.empty() || !within.take_field()) {
      continue;
    }
    std::string_view body = piece->whole.substr(piece->whole.find(':') + 1);
    if (body.size() > field_size_max) {
      body = body.substr(0, field_size_max);
      within.meet(limit::header_fields);
    }
    out.fields_.push_back({piece->name, body});
  }
  if (const std::string_view line = first_line(text); is_empty_line(line)) {
    text.remove_prefix(line.size());
  }
  return out;
}

const header_field* header::find(std::string_view name) const noexcept {
  const auto at = std::ranges::find_if(
      fields_, [name](const header_field& field) { return is_word(field.name, name); });
  return at == fields_.end() ? nullptr : &*at;
}

std::string header::text(std::string_view name) const {
  const header_field* field = find(name);
  return field == nullptr ? std::string() : unfolded(field->body);
}

bool header::has(std::string_view name) const noexcept {
  return find(name) != nullptr;
}

}  // namespace repute::mail::detail
