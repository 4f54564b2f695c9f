// SPDX-License-Identifier: Apache-2.0
// What the commands about messages share: where messages are, what is known of them, the policy.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "repute/canon/canon.hpp"
#include "repute/mail/facts.hpp"
#include "repute/mail/policy.hpp"

namespace repute::tool {

struct mail_options {
  std::vector<std::string> files;     ///< FILE, DIR, `-`
  std::vector<std::string> envelope;  ///< `NAME=VALUE`, for every message
  std::string policy_file;            ///< empty: the default
  std::string psl_file;               ///< empty: the list built into libpsl
  bool json = false;
};

/// Everything beside the bytes of a message.
struct mail_surroundings {
  mail::envelope envelope;
  mail::given_facts given;
};

/// Reads `ip`, `helo`, `from`, `to`, `authenticated`, `category`, `topic`, `heuristic`, `avrec`;
/// all but the first three may be repeated. Nothing, and what is wrong in `problem`, if one of them
/// is unknown or cannot be read.
[[nodiscard]] std::optional<mail_surroundings> read_surroundings(
    const std::vector<std::string>& words, std::string& problem);

/// The policy of `file`, or the default. Nothing after every mistake was printed to standard error.
[[nodiscard]] std::optional<mail::policy> read_policy_or_complain(
    const std::string& file, const canon::canonicalizer& canon);

}  // namespace repute::tool
