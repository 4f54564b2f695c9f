// SPDX-License-Identifier: Apache-2.0
// One status for a message, from its facts, their answers and the policy.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "repute/mail/facts.hpp"
#include "repute/mail/policy.hpp"
#include "repute/mail/question.hpp"
#include "repute/schema/verdict.hpp"

namespace repute::mail {

/// What a message is; decide() tells which displaces which. Persistent words, those of
/// `X-Spamtest-Status-Extended`: see word().
enum class message_status : std::uint8_t {
  not_detected,
  probable_spam,
  spam,
  formal,
  trusted,
  blacklisted,
};
inline constexpr std::size_t message_status_count =
    static_cast<std::size_t>(message_status::blacklisted) + 1;
[[nodiscard]] std::string_view word(message_status value) noexcept;

/// A fact about which the service had something to say.
struct hit {
  std::size_t fact = 0;   ///< place in message_facts::facts
  std::uint16_t key = 0;  ///< the level that decided, as its place in question::keys
  answer said;            ///< of a text signature `category` counts votes
  bool near = false;      ///< text signature that is a hint, or has fewer votes than act
  double weight = 0;      ///< 0 .. 1: the rate, divided by 100, that it would give alone
};

/// What the deployment says the hit is about, 0 for nothing: never the votes of a text signature.
[[nodiscard]] std::uint16_t category_of(const hit& of, const message_facts& message) noexcept;

/// The status of a message and what led to it.
struct status_report {
  message_status status = message_status::not_detected;
  int rate = 0;                   ///< 0 (nothing known) .. 100
  std::string_view method;        ///< word of `X-Spamtest-Method`
  std::vector<std::string> info;  ///< one line each for `X-Spamtest-Info`; may hold any bytes
  std::vector<hit> hits;          ///< the heaviest first; of a trusted message what is trusted
  std::uint32_t group = 0;        ///< that all recipients are in, 0 for none
};

/// What came of asking.
struct asked_answers {
  std::span<const answer> answers;  ///< of question::keys, in their order
  std::string_view failure;  ///< why there are no answers (`timeout`, ...); empty: they are there
};

/// The status that the administrator's word alone makes, for which nobody needs to be asked:
/// recipients that are not scanned, allow and block lists. Nothing: the service is to be asked.
[[nodiscard]] std::optional<status_report> decide_unasked(const message_facts& message,
                                                          const envelope& from, const policy& by);

/// The status of a message. The first line that fits holds:
///   decide_unasked() says it
///   no answers                                              not_detected, `Not processed (...)`
///   verdicts phishing and malware alone make spam           spam
///   the client's address, or a proved sender, is trusted    trusted
///   the client's address or a sender is blacklisted         blacklisted
///   the rate reaches that of spam, of probable spam         spam, probable_spam
///   an automatic message, or one that is said to be formal  formal
///   anything else                                           not_detected
/// The rate is 100 * (1 - the product of (1 - weight) over the hits that convict), where a weight
/// is confidence(verdict, score) * weight of the role * weight of the kind, and of hits by the same
/// listing the heaviest counts alone. Hits that are `near` never reach a threshold unless something
/// else convicts, too. Pure; the order of facts and keys does not matter.
[[nodiscard]] status_report decide(const message_facts& message, const envelope& from,
                                   const question& asked, const asked_answers& answered,
                                   const policy& by);

/// How sure a listing is, 0 .. 1: the verdict gives the range, the score the place in it. 0 for
/// verdicts that do not convict: none, trusted, formal.
[[nodiscard]] double confidence(verdict says, std::int16_t score) noexcept;

}  // namespace repute::mail
