// SPDX-License-Identifier: Apache-2.0
// A whole message: facts and the question. Limits are small, so that inputs reach them.
#include <cstdlib>

#include "header.hpp"
#include "repute/mail/extract.hpp"
#include "repute/mail/headers.hpp"
#include "repute/mail/question.hpp"

namespace {

using namespace repute;

void require(bool condition) {
  if (!condition) {
    std::abort();
  }
}

mail::extract_options small_limits() {
  mail::extract_options options;
  options.limits.message_bytes = 1U << 16;
  options.limits.parts = 20;
  options.limits.depth = 6;
  options.limits.header_fields = 60;
  options.limits.text_bytes = 1U << 12;
  options.limits.links = 20;
  options.limits.time_ms = 60'000;  // what is found must not depend on the machine
  return options;
}

// A marked message has our fields once, its own text, and marked again is the same.
void check_mark(std::string_view message) {
  static const std::vector<mail::header_field> fields{{"X-Spamtest-Status-Extended", "spam"},
                                                      {"X-Spamtest-Info", "a\n b"}};
  const mail::header_options options{false, true, "mx.example"};
  const std::string once = mail::mark_message(message, fields, options);
  require(mail::mark_message(once, fields, options) == once);
  std::string_view text = message;
  while (mail::detail::take_piece(text)) {
  }
  require(once.ends_with(text));
  std::string_view rest = once;
  std::size_t ours = 0;
  while (const auto piece = mail::detail::take_piece(rest)) {
    const std::string_view body = piece->whole.substr(piece->whole.find(':') + 1);
    ours += mail::is_reserved_header(piece->name, body, options) ? 1 : 0;
  }
  require(ours == fields.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const canon::canonicalizer canon;
  static const mail::extractor extract(canon, small_limits());
  static const seal::fingerprinter fingerprints{seal::deployment_salt{}};
  const std::string_view message(reinterpret_cast<const char*>(data), size);
  const mail::message_facts found = extract(message, {});
  for (const mail::fact& each : found.facts) {
    const auto again = canon.canonical(each.subject, canon::show(each.canonical));
    const auto* key = std::get_if<canonical_key>(&again);
    require(key != nullptr && *key == each.canonical);
  }
  const mail::question asked = mail::ask_about(found, canon, fingerprints, size);
  require(asked.keys.size() <= mail::keys_max && asked.levels.size() == found.facts.size());
  for (const auto& levels : asked.levels) {
    for (const std::uint16_t level : levels) {
      require(level < asked.keys.size());
    }
  }
  require(extract(message, {}).facts == found.facts);
  check_mark(message);
  return 0;
}
