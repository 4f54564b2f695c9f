// SPDX-License-Identifier: Apache-2.0
// `repute facts`: what would be asked about messages, without asking.
#pragma once

#include <string>

#include "environment.hpp"
#include "mail_options.hpp"
#include "repute/mail/checker.hpp"

namespace repute::tool {

struct facts_options {
  mail_options mail;
  connection_options connection;  ///< for its salt
};

/// `{"file":...,"facts":[{"kind","role","value","canonical","fingerprint"}...],"limits":[...]}`.
/// `fingerprint` is the key of the fact itself as it travels.
[[nodiscard]] std::string facts_json(const std::string& file, const mail::message_facts& facts,
                                     const seal::fingerprinter& fingerprints);

/// Returns 0, 64 for wrong options, 66 if a file cannot be read, 74 if the output broke off, 78 if
/// the policy is wrong.
[[nodiscard]] int cmd_facts(const facts_options& options);

}  // namespace repute::tool
