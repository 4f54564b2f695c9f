// SPDX-License-Identifier: Apache-2.0
#include "css.hpp"

#include <charconv>

#include "ascii.hpp"

namespace repute::mail::detail {
namespace {

struct css_number {
  double value = 0;
  std::string_view unit;
};

std::optional<css_number> read_number(std::string_view text) {
  css_number out;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), out.value);
  if (problem != std::errc()) {
    return std::nullopt;
  }
  out.unit = text.substr(static_cast<std::size_t>(end - text.data()));
  return out;
}

bool is_zero(std::string_view value) {
  const auto number = read_number(value);
  return number && number->value <= 0;
}

/// A size in the unit of the parent's says nothing unless it is next to nothing.
std::optional<bool> is_tiny(std::string_view value) {
  const auto number = read_number(value);
  if (!number) {
    return std::nullopt;
  }
  if (number->unit.starts_with('%')) {
    return number->value <= 5 ? std::optional(true) : std::nullopt;
  }
  if (starts_with_word(number->unit, "em") || starts_with_word(number->unit, "ex")) {
    return number->value <= 0.05 ? std::optional(true) : std::nullopt;
  }
  return number->value <= (starts_with_word(number->unit, "rem") ? 0.05 : 1);
}

void read_declaration(std::string_view name, std::string_view value, style_effect& out) {
  if (is_word(name, "display")) {
    out.gone = out.gone || starts_with_word(value, "none");
  } else if (is_word(name, "visibility")) {
    out.invisible = starts_with_word(value, "hidden") || starts_with_word(value, "collapse");
  } else if (is_word(name, "opacity") || is_word(name, "max-height")) {
    out.gone = out.gone || is_zero(value);
  } else if (is_word(name, "font-size")) {
    const auto tiny = is_tiny(value);
    out.tiny = tiny ? tiny : out.tiny;
  }
}

}  // namespace

style_effect read_style(std::string_view style) {
  style_effect out;
  while (!style.empty()) {
    const std::size_t end = std::min(style.find(';'), style.size());
    const std::string_view declaration = style.substr(0, end);
    const std::size_t colon = declaration.find(':');
    if (colon != declaration.npos) {
      read_declaration(trim(declaration.substr(0, colon)), trim(declaration.substr(colon + 1)),
                       out);
    }
    style.remove_prefix(std::min(end + 1, style.size()));
  }
  return out;
}

void for_each_css_url(std::string_view css, const std::function<void(std::string_view)>& found) {
  for (std::size_t at = css.find('('); at != css.npos; at = css.find('(', at + 1)) {
    if (at < 3 || !is_word(css.substr(at - 3, 3), "url")) {
      continue;
    }
    const std::size_t end = std::min(css.find_first_of(");", at), css.size());
    std::string_view address = trim(css.substr(at + 1, end - at - 1));
    if (!address.empty() && (address.front() == '"' || address.front() == '\'')) {
      address = address.substr(1, address.find(address.front(), 1) - 1);
    }
    found(address);
    at = end - 1;
  }
}

}  // namespace repute::mail::detail
