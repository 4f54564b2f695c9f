// SPDX-License-Identifier: Apache-2.0
#include "repute/seal/key_file.hpp"

#include <string_view>
#include <utility>

namespace repute::seal {

namespace {

constexpr std::string_view what = "secret key file";

}  // namespace

std::variant<std::monostate, secret_file_failure> write_key_file(const std::string& path,
                                                                 const signing_key& key) {
  return write_secret_file(what, path, secret_text(key).view());
}

std::variant<signing_key, secret_file_failure> read_key_file(const std::string& path) {
  auto read = read_secret_file(what, path, secret_text::size);
  if (auto* failed = std::get_if<secret_file_failure>(&read)) {
    return std::move(*failed);
  }
  std::string problem;
  auto key = parse_secret_key(std::get<secret_string>(read).view(), problem);
  if (!key) {
    return secret_file_failure{secret_file_error::malformed,
                               std::string(what) + " " + path + ": " + problem};
  }
  return std::move(*key);
}

}  // namespace repute::seal
