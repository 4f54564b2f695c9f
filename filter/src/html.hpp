// SPDX-License-Identifier: Apache-2.0
// What a reader sees of a page, and where it leads.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "budget.hpp"
#include "links.hpp"

namespace repute::mail::detail {

/// The body of a `data:` address of a picture, decoded.
using picture_visitor = std::function<void(std::string_view bytes)>;

/// Visible text of a page in UTF-8. Not seen: scripts, styles, titles, templates, comments, and
/// elements hidden by attribute or style (css.hpp). Elements that stand in lines of their own part
/// words, others do not. All addresses go to `links`, even of what is hidden.
[[nodiscard]] std::string read_html(std::string_view page, link_list& links,
                                    const picture_visitor& picture, budget& within);

}  // namespace repute::mail::detail
