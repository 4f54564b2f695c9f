// SPDX-License-Identifier: Apache-2.0
// One message on its way through the filter. Knows nothing of libmilter.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "config.hpp"
#include "repute/mail/facts.hpp"
#include "repute/mail/headers.hpp"
#include "service.hpp"

namespace repute::milter {

/// More fields from outside that only we may write are no accident: such a message is refused.
inline constexpr std::size_t spoofed_fields_max = 100;
/// Recipients that are remembered; what more there are is treated as the policy treats strangers.
inline constexpr std::size_t recipients_max = 1000;

/// A header field to be deleted: the `index`-th of its name, from 1, in any case of letters.
struct field_place {
  std::string name;
  unsigned index = 0;

  bool operator==(const field_place&) const = default;
};

/// What the MTA is to do.
struct decision {
  milter::action action = action::tag;
  std::string why;                        ///< for the MTA's log and the sender
  std::vector<field_place> deleted;       ///< in an order in which no deletion moves another
  std::vector<mail::header_field> added;  ///< in the order in which they stand at the top
};

/// Gathers a message; everything comes from strangers. Bounded by message_bytes and memory_bytes of
/// the configuration. For one thread at a time.
class session {
 public:
  session(std::shared_ptr<service> by, mail::envelope from);
  ~session();
  session(const session&) = delete;
  session& operator=(const session&) = delete;

  void add_recipient(std::string_view address);
  /// `value` may have folds.
  void add_header(std::string_view name, std::string_view value);
  void end_headers() { append("\r\n"); }
  void add_body(std::string_view bytes) { append(bytes); }
  /// True if no more of it is kept.
  [[nodiscard]] bool is_full() const noexcept { return full_; }

  /// Asks, and decides. Once, at the end of the message.
  [[nodiscard]] decision finish();

 private:
  void append(std::string_view bytes);
  void note_field(std::string_view name, std::string_view value);

  std::shared_ptr<service> by_;
  mail::envelope from_;
  std::string message_;
  std::size_t taken_ = 0;  ///< from the pool
  bool full_ = false;
  std::map<std::string, unsigned> seen_;  ///< fields that may be reserved, by lower-case name
  std::vector<field_place> spoofed_;
  bool flooded_ = false;
};

}  // namespace repute::milter
