// SPDX-License-Identifier: Apache-2.0
#include "load/surroundings.hpp"

#include <sys/random.h>

#include <chrono>
#include <cstdlib>
#include <optional>
#include <stdexcept>

#include "load/feed_spec.hpp"
#include "load/load_failure.hpp"
#include "repute/seal/digest.hpp"

namespace repute::load {
namespace {

std::optional<std::uint64_t> source_date_epoch() {
  const char* text = std::getenv("SOURCE_DATE_EPOCH");
  if (text == nullptr) {
    return std::nullopt;
  }
  const auto time = parse_time_unix_s(text);
  if (!time) {
    throw load_error{exit_config, "SOURCE_DATE_EPOCH is not a time in Unix seconds"};
  }
  return time;
}

}  // namespace

std::uint64_t time_of_load() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return source_date_epoch().value_or(
      static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::seconds>(now).count()));
}

std::uint32_t new_epoch(const seal::deployment_salt& salt) {
  std::uint32_t epoch = 0;
  if (source_date_epoch()) {
    epoch = load_le<std::uint32_t>(seal::sha256(salt.bytes).data());
  } else if (::getrandom(&epoch, sizeof epoch, 0) != sizeof epoch) {
    throw load_error{exit_os, "the system has no random numbers"};
  }
  return epoch == 0 ? 1 : epoch;
}

seal::deployment_salt salt_of(const std::string& db) {
  std::string problem;
  const auto salt = seal::read_database_salt(db, problem);
  if (!salt) {
    throw load_error{exit_config, problem};
  }
  return *salt;
}

canon::canonicalizer open_canonicalizer(const std::string& psl_file) {
  try {
    return canon::canonicalizer(psl_file);
  } catch (const std::runtime_error& error) {
    throw load_error{exit_no_input, error.what()};
  }
}

}  // namespace repute::load
