// SPDX-License-Identifier: Apache-2.0
// What of a style matters: whether its element is seen, and which pictures it fetches.
#pragma once

#include <functional>
#include <optional>
#include <string_view>

namespace repute::mail::detail {

/// What the style of one element says; nothing where it is silent.
struct style_effect {
  bool gone = false;              ///< display: none, opacity: 0 or max-height: 0, for good
  std::optional<bool> invisible;  ///< visibility, which an element within may turn back
  std::optional<bool> tiny;       ///< font-size of at most 1 px, likewise
};
[[nodiscard]] style_effect read_style(std::string_view style);

/// Calls `found` with each address in `url(...)` of a style or a style sheet.
void for_each_css_url(std::string_view css, const std::function<void(std::string_view)>& found);

}  // namespace repute::mail::detail
