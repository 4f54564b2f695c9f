// SPDX-License-Identifier: Apache-2.0
#include "cmd_keys.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <utility>
#include <variant>

#include "exit_codes.hpp"
#include "repute/seal/key_file.hpp"
#include "repute/seal/secret.hpp"
#include "text.hpp"

namespace repute::tool {
namespace {

int report(const std::string& who, const seal::secret_file_failure& failure) {
  fmt::print(stderr, "{}: {}\n", who, printable(failure.message));
  return seal::exit_code(failure.code);
}

}  // namespace

std::optional<seal::signing_key> read_signing_key(const std::string& who, const std::string& file,
                                                  int& exit_code) {
  seal::keep_out_of_core_dumps();
  auto read = seal::read_key_file(file);
  if (const auto* failed = std::get_if<seal::secret_file_failure>(&read)) {
    exit_code = report(who, *failed);
    return std::nullopt;
  }
  return std::get<seal::signing_key>(std::move(read));
}

int cmd_keys_init(const std::string& file) {
  seal::keep_out_of_core_dumps();
  const seal::signing_key key = seal::signing_key::generate();
  const auto written = seal::write_key_file(file, key);
  if (const auto* failed = std::get_if<seal::secret_file_failure>(&written)) {
    return report("repute keys sign-key", *failed);
  }
  fmt::print("{}\n", seal::to_string(key.public_half()));
  return exit_ok;
}

int cmd_keys_show(const std::string& file) {
  int exit_code = exit_ok;
  if (const auto key = read_signing_key("repute keys show", file, exit_code)) {
    fmt::print("{}\n", seal::to_string(key->public_half()));
  }
  return exit_code;
}

}  // namespace repute::tool
