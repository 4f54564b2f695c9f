// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace repute::mail::detail {

/// One layer of `%XX` removed. A percent sign without two hexadecimal digits stays.
[[nodiscard]] std::string unescaped(std::string_view text);

}  // namespace repute::mail::detail
