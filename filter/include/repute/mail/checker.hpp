// SPDX-License-Identifier: Apache-2.0
// The whole way of a message: facts, one lookup, status.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "repute/canon/canon.hpp"
#include "repute/client/types.hpp"
#include "repute/mail/extract.hpp"
#include "repute/mail/facts.hpp"
#include "repute/mail/policy.hpp"
#include "repute/mail/question.hpp"
#include "repute/mail/status.hpp"
#include "repute/seal/fingerprint.hpp"
#include "repute/textsig/signer.hpp"

namespace repute::mail {

/// A message that was read.
struct examined_message {
  message_facts facts;
  envelope from;   ///< as given, with the senders that Authentication-Results fields prove
  question asked;  ///< what is to be asked about it
};

/// Reads messages and asks nobody. Immutable, so that one object serves all threads.
class examiner {
 public:
  /// Throws std::runtime_error, a sentence with setting and path, if the common phrases that the
  /// policy names cannot be read or were made under another salt.
  examiner(std::shared_ptr<const canon::canonicalizer> canon, const seal::deployment_salt& salt,
           mail::policy by);

  [[nodiscard]] examined_message operator()(std::string_view message, envelope from,
                                            const given_facts& given = {}) const;

  [[nodiscard]] const mail::policy& policy() const noexcept { return policy_; }

 private:
  std::shared_ptr<const canon::canonicalizer> canon_;
  mail::policy policy_;
  extractor extract_;
  textsig::signer sign_;
  seal::fingerprinter fingerprints_;
};

/// What came of one message.
struct checked_message {
  examined_message examined;
  status_report report;
  std::string server;  ///< who answered, as `ADDRESS:PORT`; empty if nobody did
  std::chrono::microseconds rtt{0};
  std::string failure;  ///< why there is no answer; empty if there is one, or none was needed
};

/// Checks messages against Repute servers. Thread-safe: each call waits for its own answer, and one
/// client with a thread of its own sends for all of them.
class checker {
 public:
  /// Throws as client::client().
  checker(std::shared_ptr<const examiner> read, const client_options& servers);
  ~checker();
  checker(const checker&) = delete;
  checker& operator=(const checker&) = delete;

  [[nodiscard]] const mail::policy& policy() const noexcept;

  /// The status of a message: one lookup, two datagrams and their repetitions at most, or none
  /// where the policy alone knows. Returns by the deadline of `servers` after the time that reading
  /// the message takes, which extract_limits bounds.
  [[nodiscard]] checked_message operator()(std::string_view message, envelope from,
                                           const given_facts& given = {}) const;

 private:
  struct state;
  std::unique_ptr<state> state_;
};

}  // namespace repute::mail
