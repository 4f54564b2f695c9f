// SPDX-License-Identifier: Apache-2.0
// From the bytes of a message and its envelope to facts.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "repute/canon/canon.hpp"
#include "repute/mail/facts.hpp"

namespace repute::mail {

struct extract_options {
  extract_limits limits;
  /// Networks of the organisation's own relays: Received fields that they wrote are believed, and
  /// the first address outside them is the client's.
  std::vector<canon::ip_prefix> trusted_networks;
  /// Received fields believed without looking at addresses: relays in front of the filter.
  unsigned trusted_hops = 0;
};

/// Reads messages. Immutable after construction, so that one object serves all threads.
class extractor {
 public:
  /// `canon` must outlive it.
  extractor(const canon::canonicalizer& canon, extract_options options);
  ~extractor();

  /// Facts of a message in the format of RFC 5322, with LF or CRLF; an mbox `From ` line before it
  /// is skipped. Any bytes are a message: nothing is an error, what is unreadable has no facts.
  /// Linear in the size of the message but for the work that limits bound.
  [[nodiscard]] message_facts operator()(std::string_view message, const envelope& from,
                                         const given_facts& given = {}) const;

 private:
  struct state;
  std::unique_ptr<const state> state_;
};

}  // namespace repute::mail
