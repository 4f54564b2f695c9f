// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace repute::mail::detail {

/// `body` without its Content-Transfer-Encoding; what is damaged gives what can be read of it. A
/// view of `body` if there is nothing to decode, else of `storage`.
[[nodiscard]] std::string_view decode_transfer(const std::string& encoding, std::string_view body,
                                               std::string& storage);

}  // namespace repute::mail::detail
