// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace repute::mail::detail {

/// The text of a field of one line as UTF-8, its encoded words (RFC 2047) decoded wherever they
/// stand. Neighbours of one charset are joined before they are read, for mailers part them within
/// characters. What only looks like an encoded word stays. Time is in proportion to the size.
[[nodiscard]] std::string decode_words(std::string_view field);

}  // namespace repute::mail::detail
