// SPDX-License-Identifier: Apache-2.0
// `repute report`: tells the server of this machine what messages are, so that their like is known.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mail_options.hpp"

namespace repute::tool {

struct report_options {
  mail_options mail;
  std::string db;
  std::string verdict;  ///< spam, probable_spam, phishing, malware; formal, trusted; none: takes a
                        ///< report of a text back
  std::vector<std::string> facts;  ///< words of what is reported; empty: text signatures alone
  std::string expires = "30d";     ///< a time such as 24h or 30d, or `never`
  std::string who;                 ///< empty: the login name
  std::string reason;
  bool administrator = false;  ///< an override: counts alone, and has no daily limit
};

/// What a server knows about texts; by the version of the common phrases left out of them.
struct known_texts {
  std::uint64_t campaigns = 0;
  std::vector<std::uint64_t> all;
  std::vector<std::uint64_t> ordinary;

  bool operator==(const known_texts&) const = default;
};

/// The same from its reply to `stats`; nothing if that does not say it. Pure.
[[nodiscard]] std::optional<known_texts> read_known_texts(std::string_view stats_reply);

/// Puts the chosen facts of each message as live entries, wherever in the message they stand. Text
/// signatures of `formal` and `trusted` mail say that it is ordinary: nothing near it is found by
/// what they have in common. Says so if campaigns do not act for want of ordinary mail. Returns 0,
/// 64 for wrong options, 65 if a message had nothing to report or the server did not take
/// something, 66 if a file cannot be read, 74 if the server broke off, 75 if none serves the
/// directory, 78 if the policy is wrong.
[[nodiscard]] int cmd_report(const report_options& options);

}  // namespace repute::tool
