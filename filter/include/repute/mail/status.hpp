// SPDX-License-Identifier: Apache-2.0
// One status for a message, from its facts, their answers and the policy.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "repute/mail/facts.hpp"
#include "repute/mail/policy.hpp"
#include "repute/mail/question.hpp"
#include "repute/schema/verdict.hpp"

namespace repute::mail {

/// What a message is, in the order in which one displaces another is told by decide(). Persistent
/// words, those of `X-Spamtest-Status-Extended`: see word().
enum class message_status : std::uint8_t {
  not_detected,
  probable_spam,
  spam,
  formal,
  trusted,
  blacklisted,
};
[[nodiscard]] std::string_view word(message_status value) noexcept;

/// A fact about which the service had something to say.
struct hit {
  std::size_t fact = 0;   ///< place in message_facts::facts
  canonical_key matched;  ///< the level that decided
  answer said;
  bool near = false;  ///< text signature with fewer votes than act
};

/// The status of a message and what led to it.
struct status_report {
  message_status status = message_status::not_detected;
  int rate = 0;                   ///< 0 (nothing known) .. 100
  std::string method;             ///< word of `X-Spamtest-Method`
  std::vector<std::string> info;  ///< one line each for `X-Spamtest-Info`
  std::vector<hit> hits;          ///< the heaviest first
};

/// `answers` are those of `asked.keys`, in their order; empty when there was no answer, with
/// `failure` telling why (`timeout`, ...): not_detected, `Not processed (timeout)`.
[[nodiscard]] status_report decide(const message_facts& message, const envelope& from,
                                   const question& asked, std::span<const answer> answers,
                                   std::string_view failure, const policy& by);

}  // namespace repute::mail
