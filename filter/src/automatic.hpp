// SPDX-License-Identifier: Apache-2.0
// Messages that programs write in answer to others.
#pragma once

#include <optional>
#include <string>

#include "header.hpp"
#include "mime_values.hpp"

namespace repute::mail::detail {

/// By RFC 3464, RFC 8098 and RFC 3834 and, for older programs, by what they wrote before. `type` is
/// that of the whole message, `subject` is decoded.
[[nodiscard]] automatic find_automatic(const header& head, const content_type& type,
                                       const std::optional<std::string>& sender,
                                       std::string_view subject);

}  // namespace repute::mail::detail
