// SPDX-License-Identifier: Apache-2.0
#include "repute/seal/key_file.hpp"

#include <string_view>

#include "parsed_secret_file.hpp"

namespace repute::seal {

namespace {

constexpr std::string_view what = "secret key file";

}  // namespace

std::variant<std::monostate, secret_file_failure> write_key_file(const std::string& path,
                                                                 const signing_key& key) {
  return write_secret_file(what, path, secret_text(key).view());
}

std::variant<signing_key, secret_file_failure> read_key_file(const std::string& path) {
  return read_parsed(what, path, secret_text::size, parse_secret_key);
}

}  // namespace repute::seal
