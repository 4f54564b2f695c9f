// SPDX-License-Identifier: Apache-2.0
#include "automatic.hpp"

#include <algorithm>
#include <array>

#include "addresses.hpp"
#include "ascii.hpp"

namespace repute::mail::detail {
namespace {

bool says(const header& head, std::string_view name, std::string_view word) {
  return is_word(trim(head.text(name)), word);
}

template <std::size_t N>
bool contains_any(std::string_view text, const std::array<std::string_view, N>& words) noexcept {
  return std::ranges::any_of(
      words, [text](std::string_view word) { return find_word(text, word) != text.npos; });
}

/// Local part of From, lower case.
std::string writer_of(const header& head) {
  const auto from = addresses_in(head.text("from"));
  return from.empty() ? std::string() : lower(from.front().substr(0, from.front().rfind('@')));
}

bool is_daemon(std::string_view local) noexcept {
  return local == "mailer-daemon" || local == "postmaster" || local == "mail-daemon";
}

bool is_auto_reply(const header& head) {
  return starts_with_word(head.text("auto-submitted"), "auto-replied") ||
         says(head, "precedence", "auto_reply") || says(head, "x-precedence", "auto_reply") ||
         head.has("x-autoreply") || head.has("x-autorespond") || head.has("x-autoresponder");
}

/// What anti-virus filters wrote to senders. A stranger may write such a subject, too: it counts
/// only from a daemon or with the null sender.
bool is_virus_subject(std::string_view subject) noexcept {
  constexpr std::array<std::string_view, 12> phrases{
      "virus in mail from you", "in mail from you", "virus found",   "virus detected",
      "viruses detected",       "detected a virus", "virus alert",   "virus notification",
      "virus warning",          "contains a virus", "infected mail", "banned contents"};
  return contains_any(subject, phrases);
}

}  // namespace

automatic find_automatic(const header& head, const content_type& type,
                         const std::optional<std::string>& sender, std::string_view subject) {
  if (type.media == "multipart/report" &&
      (type.report_type == "delivery-status" || type.report_type == "disposition-notification")) {
    return automatic::delivery_report;
  }
  const bool null_sender = sender && sender->empty();
  const std::string writer = writer_of(head);
  if (is_virus_subject(subject) &&
      (null_sender || is_daemon(writer) || find_word(writer, "virus") != std::string::npos)) {
    return automatic::virus_notice;
  }
  if (is_auto_reply(head)) {
    return automatic::auto_reply;
  }
  const bool is_bounce = null_sender && (is_daemon(writer) || head.has("x-failed-recipients"));
  return is_bounce ? automatic::delivery_report : automatic::no;
}

}  // namespace repute::mail::detail
