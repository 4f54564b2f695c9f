// SPDX-License-Identifier: Apache-2.0
// `repute check`: the status of messages.
#pragma once

#include <string>

#include "environment.hpp"
#include "mail_options.hpp"
#include "repute/mail/checker.hpp"

namespace repute::tool {

struct check_options {
  mail_options mail;
  connection_options connection;
  bool mark = false;  ///< print the message itself with its status, instead of the status
  bool no_progress = false;
};

/// `{"file","status","rate","method","info":[...],"hits":[{"kind","role","value","verdict","score",
/// "category"}...],"asked","server","rtt_us"}`; `asked` counts keys, `server` and `rtt_us` are null
/// if nobody answered.
[[nodiscard]] std::string check_json(const std::string& file, const mail::checked_message& checked);

/// The header fields that the message would get, and a line about the lookup.
[[nodiscard]] std::string check_text(const mail::checked_message& checked,
                                     const mail::policy& policy);

/// Prints the status of each message, and for folders, mboxes and several files a table of all.
/// Returns 0, 64 for wrong options, 65 or 77 for credentials that are malformed or open to others,
/// 66 if a file cannot be read, 68 if a server's name cannot be
/// resolved, 69 if a message was not answered, 74 if the output broke off, 78 if the policy is
/// wrong. A marked message is printed as a whole, or not at all unless the output breaks off; what
/// would be 68 or 69 is 0 then.
[[nodiscard]] int cmd_check(const check_options& options);

}  // namespace repute::tool
