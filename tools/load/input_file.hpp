// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace repute::load {

/// Reads a whole file, or standard input for `-`. False, and a sentence in `problem`, on failure.
[[nodiscard]] bool read_input(const std::string& path, std::string& text, std::string& problem);

}  // namespace repute::load
