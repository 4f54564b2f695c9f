// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace repute::control {

/// Puts the text of a file into `out`; what is wrong with it, in words that follow its name, if it
/// cannot be read or is larger than `bytes_max`.
[[nodiscard]] std::optional<std::string> read_text_file(const std::filesystem::path& path,
                                                        std::uintmax_t bytes_max, std::string& out);

}  // namespace repute::control
