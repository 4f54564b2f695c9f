// SPDX-License-Identifier: Apache-2.0
// The parts of a message: multiparts and messages within messages, by RFC 2046.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "budget.hpp"
#include "header.hpp"
#include "mime_values.hpp"

namespace repute::mail::detail {

/// A part that is no multipart, or a message within the message (its own parts follow it).
struct part {
  content_type type;
  std::string name;          ///< file name, may be empty
  bool attached = false;     ///< Content-Disposition: attachment
  std::string_view content;  ///< decoded bytes; valid during the visit

  [[nodiscard]] bool is_message() const noexcept;  ///< message/rfc822 and the like
  [[nodiscard]] bool is_text() const noexcept;     ///< text to be read, of any kind
  [[nodiscard]] bool is_html() const noexcept;
};

using part_visitor = std::function<void(const part&)>;

/// Visits the parts in the order of the message. `body` is what follows `head`. A multipart whose
/// boundary is missing is read as the plain text that it shows. Nothing below the limit of depth,
/// and nothing after the limits of parts and time, is visited.
void for_each_part(const header& head, std::string_view body, budget& within,
                   const part_visitor& visit);

}  // namespace repute::mail::detail
