// SPDX-License-Identifier: Apache-2.0
// The header fields that tell a message's status to whoever handles it next.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "repute/mail/facts.hpp"
#include "repute/mail/policy.hpp"
#include "repute/mail/status.hpp"

namespace repute::mail {

/// One field. `value` is printable ASCII, at most 1 KiB, and folded: LF and a blank inside.
struct header_field {
  std::string name;
  std::string value;

  bool operator==(const header_field&) const = default;
};

/// The fields of a message with this status, in the order in which they stand at its top.
[[nodiscard]] std::vector<header_field> make_headers(const status_report& report,
                                                     const message_facts& message,
                                                     const policy& by);

/// True for a field that only this filter may write: a message that brings it from outside loses
/// it. `value` matters for `Authentication-Results` alone.
[[nodiscard]] bool is_reserved_header(std::string_view name, std::string_view value,
                                      const header_options& options);

/// `message` with `fields` at its top and without those that only this filter may write. Their
/// lines end as the first one does, an envelope line (`From `) stays the first, a header that ends
/// without an empty line gets one, and a CR within its lines, which ends one for some readers,
/// becomes a blank. Pure.
[[nodiscard]] std::string mark_message(std::string_view message,
                                       const std::vector<header_field>& fields,
                                       const header_options& options);

/// `text` as the value of a field: bytes that are no printable ASCII become `?`, runs of blanks
/// one, what is beyond 900 bytes is cut, and lines are folded at blanks to 78 columns, the first
/// less by `name_columns`. So no text can end the field or begin another one.
[[nodiscard]] std::string header_value(std::string_view text, std::size_t name_columns = 0);

}  // namespace repute::mail
