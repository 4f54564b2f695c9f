// SPDX-License-Identifier: Apache-2.0
// What the commands about messages share: where messages are, what is known of them, the policy.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "repute/mail/checker.hpp"
#include "repute/mail/facts.hpp"
#include "repute/seal/fingerprint.hpp"

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
/// all but the first three may be repeated. An empty `ip` or `helo` is as good as none, an empty
/// `from` the null sender: what MTAs have for local mail and for bounces. Nothing, and what is
/// wrong in `problem`, if one of them is unknown or cannot be read.
[[nodiscard]] std::optional<mail_surroundings> read_surroundings(
    const std::vector<std::string>& words, std::string& problem);

/// What a command about messages begins with.
struct mail_reading {
  mail_surroundings around;
  std::shared_ptr<const mail::examiner> examine;
};

/// Nothing after what is wrong was told on standard error in the name of `command`, and `exit_code`
/// set: 64 for `envelope`, 66 for the public suffix list, 78 for the policy and what it names.
[[nodiscard]] std::optional<mail_reading> begin_reading(const mail_options& options,
                                                        const seal::deployment_salt& salt,
                                                        std::string_view command, int& exit_code);

}  // namespace repute::tool
