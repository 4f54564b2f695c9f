// SPDX-License-Identifier: Apache-2.0
#include "repute/mail/facts.hpp"

#include <array>

namespace repute::mail {
namespace {

template <std::size_t N, class Enum>
std::string_view word_of(const std::array<std::string_view, N>& words, Enum value) noexcept {
  const auto place = static_cast<std::size_t>(value);
  return place < N ? words[place] : "unknown";
}

}  // namespace

std::string_view word(role value) noexcept {
  constexpr std::array<std::string_view, 14> words{
      "client", "relay", "helo",       "mail_from", "from",       "reply_to",        "message_id",
      "list",   "link",  "image_link", "image",     "attachment", "attachment_name", "body"};
  return value == role::given ? "given" : word_of(words, value);
}

std::string_view word(limit value) noexcept {
  constexpr std::array<std::string_view, 8> words{
      "message_bytes", "parts", "depth", "header_fields", "text_bytes", "links", "time", "quota"};
  return word_of(words, value);
}

std::string_view word(automatic value) noexcept {
  constexpr std::array<std::string_view, 4> words{"no", "delivery_report", "auto_reply",
                                                  "virus_notice"};
  return word_of(words, value);
}

}  // namespace repute::mail
