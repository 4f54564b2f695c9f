// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "repute/canon/canon.hpp"

namespace repute::canon::detail {

/// Opens the tables of normalise_text(). Throws std::runtime_error if ICU lacks their data.
void require_text_tables();

/// As normalise_text(), with all of the text through ICU; for tests that compare the two.
[[nodiscard]] result<std::string> normalise_text_by_icu(std::string_view utf8);

}  // namespace repute::canon::detail
