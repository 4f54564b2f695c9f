// SPDX-License-Identifier: Apache-2.0
#include "session.hpp"

#include <algorithm>
#include <utility>

#include "ascii.hpp"

namespace repute::milter {

namespace {

/// Taken from the pool at a time, so that its counter is touched seldom.
constexpr std::size_t grain = std::size_t{64} << 10;

void count(const mail::checked_message& seen, action chosen, counters& in) {
  ++in.messages;
  ++in.by_status[static_cast<std::size_t>(seen.report.status)];
  in.quarantined += chosen == action::quarantine ? 1 : 0;
  in.rejected += chosen == action::reject ? 1 : 0;
}

}  // namespace

session::session(std::shared_ptr<service> by, mail::envelope from)
    : by_(std::move(by)), from_(std::move(from)) {}

session::~session() {
  by_->memory().give_back(taken_);
}

void session::add_recipient(std::string_view address) {
  if (from_.recipients.size() < recipients_max) {
    from_.recipients.emplace_back(address);
  }
}

void session::append(std::string_view bytes) {
  if (full_) {
    return;
  }
  // One byte more than is looked at shows the reader of the message that there was more.
  std::string_view kept = bytes.substr(0, by_->config().message_bytes + 1 - message_.size());
  while (taken_ < message_.size() + kept.size() &&
         by_->memory().take(grain, by_->config().memory_bytes)) {
    taken_ += grain;
  }
  kept = kept.substr(0, taken_ - message_.size());
  message_ += kept;
  if (kept.size() < bytes.size()) {
    full_ = true;
    ++by_->counts().cut;
  }
}

void session::note_field(std::string_view name, std::string_view value) {
  const bool reserved = mail::is_reserved_header(name, value, by_->policy().headers);
  // Of Authentication-Results some are ours, and all are counted.
  if (flooded_ || (!reserved && !mail::detail::is_word(name, "authentication-results"))) {
    return;
  }
  const unsigned index = ++seen_[mail::detail::lower(name)];
  if (reserved) {
    ++by_->counts().spoofed;
    spoofed_.push_back({std::string(name), index});
    flooded_ = spoofed_.size() > spoofed_fields_max;
  }
}

void session::add_header(std::string_view name, std::string_view value) {
  note_field(name, value);
  append(name);
  append(": ");
  append(value);
  append("\r\n");
}

decision session::finish() {
  decision out;
  if (flooded_) {
    ++by_->counts().messages;
    ++by_->counts().rejected;
    out.action = action::reject;
    out.why = "Too many header fields that only the receiving filter may write";
    return out;
  }
  const mail::checked_message seen = by_->check(message_, from_);
  out.action = by_->config().actions[static_cast<std::size_t>(seen.report.status)];
  out.why = "Message refused as " + std::string(word(seen.report.status));
  // The last of each name first: deleting one must not change the number of another.
  out.deleted = spoofed_;
  std::ranges::reverse(out.deleted);
  out.added = mail::make_headers(seen.report, seen.examined.facts, by_->policy());
  count(seen, out.action, by_->counts());
  return out;
}

}  // namespace repute::milter
