// SPDX-License-Identifier: Apache-2.0
// TOML as people write it: what is wrong with it is told with its place.
#pragma once

#include <fmt/format.h>

#include <toml++/toml.h>
#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace repute {

/// The first bracket that is one too many for its line, if there is such: toml++ 3.3 overflows its
/// stack on deeply nested arrays, and no real file is nested so.
[[nodiscard]] constexpr std::optional<toml::source_position> bracket_too_many(
    std::string_view text) noexcept {
  constexpr std::size_t brackets_in_line_max = 64;
  toml::source_position at{1, 0};
  std::size_t brackets = 0;
  for (const char c : text) {
    ++at.column;
    if (c == '\n') {
      at = {at.line + 1, 0};
      brackets = 0;
    } else if ((c == '[' || c == '{') && ++brackets > brackets_in_line_max) {
      return at;
    }
  }
  return std::nullopt;
}

/// The table that `text` is. Nothing if it is longer than `bytes_max`, nested too deeply or no
/// TOML; then `say(const toml::source_region&, std::string_view what)` was called once.
template <class Say>
[[nodiscard]] std::optional<toml::table> parse_toml(std::string_view text, std::size_t bytes_max,
                                                    Say say) {
  const auto say_at = [&](toml::source_position at, std::string_view what) {
    say(toml::source_region{at, at, nullptr}, what);
    return std::nullopt;
  };
  if (text.size() > bytes_max) {
    return say_at({1, 1}, fmt::format("larger than {} bytes", bytes_max));
  }
  if (const auto at = bracket_too_many(text)) {
    return say_at(*at, "too many brackets in one line");
  }
  try {
    return toml::parse(text);
  } catch (const toml::parse_error& error) {
    return say_at(error.source().begin, error.description());
  }
}

/// Mistakes found in a table, whose settings come sorted by their names.
class toml_mistakes {
 public:
  void say(const toml::source_region& at, std::string_view what) {
    found_.push_back({at.begin, std::string(what)});
  }

  /// Appends them to `out` as `path:line:column: what`, in the file's order.
  void tell(std::string_view path, std::vector<std::string>& out) {
    std::ranges::stable_sort(
        found_, {}, [](const mistake& each) { return std::pair(each.at.line, each.at.column); });
    for (const mistake& each : found_) {
      out.push_back(fmt::format("{}:{}:{}: {}", path, each.at.line, each.at.column, each.what));
    }
  }

 private:
  struct mistake {
    toml::source_position at;
    std::string what;
  };

  std::vector<mistake> found_;
};

}  // namespace repute
