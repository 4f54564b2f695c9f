// SPDX-License-Identifier: Apache-2.0
// Who a message says it is from: names and addresses of envelope and header.
#pragma once

#include <optional>
#include <string>

#include "fact_list.hpp"
#include "header.hpp"
#include "received.hpp"

namespace repute::mail::detail {

/// Sender of the envelope, or Return-Path; nothing if neither is known, empty for the null sender.
[[nodiscard]] std::optional<std::string> find_sender(const header& head, const envelope& from);

/// Facts of client, relays, HELO, MAIL FROM, From, Reply-To, Message-ID and List-* fields.
void add_sender_facts(const header& head, const envelope& from, const route& way,
                      const std::optional<std::string>& sender, fact_list& to);

}  // namespace repute::mail::detail
