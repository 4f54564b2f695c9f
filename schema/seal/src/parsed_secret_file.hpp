// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "repute/seal/secret_file.hpp"

namespace repute::seal {

/// What `parse` makes of the text of a secret file, as read_secret_file() reads it. `parse` puts
/// what is wrong with a text into `problem`; then the file is malformed.
template <class T>
[[nodiscard]] std::variant<T, secret_file_failure> read_parsed(
    std::string_view what, const std::string& path, std::size_t bytes_max,
    std::optional<T> (*parse)(std::string_view text, std::string& problem)) {
  auto read = read_secret_file(what, path, bytes_max);
  if (auto* failed = std::get_if<secret_file_failure>(&read)) {
    return std::move(*failed);
  }
  std::string problem;
  auto parsed = parse(std::get<secret_string>(read).view(), problem);
  if (!parsed) {
    return secret_file_failure{secret_file_error::malformed,
                               std::string(what) + " " + path + ": " + problem};
  }
  return std::move(*parsed);
}

}  // namespace repute::seal
