// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace repute::canon::detail {

/// Opens the tables of normalise_text(). Throws std::runtime_error if ICU lacks their data.
void require_text_tables();

}  // namespace repute::canon::detail
