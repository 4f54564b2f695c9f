// SPDX-License-Identifier: Apache-2.0
#include "repute/mail/extract.hpp"

#include <utility>

#include "ascii.hpp"
#include "automatic.hpp"
#include "budget.hpp"
#include "charsets.hpp"
#include "encoded_words.hpp"
#include "fact_list.hpp"
#include "files.hpp"
#include "html.hpp"
#include "links.hpp"
#include "parts.hpp"
#include "received.hpp"
#include "repute/schema/test_points.hpp"
#include "senders.hpp"
#include "utf8.hpp"

namespace repute::mail {
namespace {

using namespace detail;  // NOLINT: the parts of this library, for its one public function

/// The message without the line that mailboxes put before it.
std::string_view without_mbox_line(std::string_view message) noexcept {
  if (message.starts_with("From ")) {
    const std::size_t end = message.find('\n');
    message.remove_prefix(end == message.npos ? message.size() : end + 1);
  }
  return message;
}

/// Reads the parts of one message.
class part_reader {
 public:
  part_reader(budget& within, fact_list& facts) : within_(within), facts_(facts), links_(within) {}

  void operator()(const part& found) {
    if (found.is_text()) {
      read_text(found);
    }
    if (!found.is_text() || found.attached || !found.name.empty()) {
      add_file(found, facts_);
    }
  }

  std::vector<body_text> finish() {
    links_.add_facts(facts_);
    return std::move(texts_);
  }

 private:
  void read_text(const part& found);

  budget& within_;
  fact_list& facts_;
  link_list links_;
  std::vector<body_text> texts_;
};

/// The charset that a page names in its first bytes, when the mail names none that is known.
std::string charset_in(std::string_view page) {
  const std::string_view start = page.substr(0, 1024);
  const std::size_t at = find_word(start, "charset=");
  if (at == start.npos) {
    return {};
  }
  std::string_view name = start.substr(at + 8);
  name.remove_prefix(!name.empty() && (name[0] == '"' || name[0] == '\'') ? 1 : 0);
  return lower(name.substr(0, name.find_first_of("\"'; />\r\n")));
}

void part_reader::read_text(const part& found) {
  const bool html = found.is_html();
  const std::string charset = html && !is_known_charset(found.type.charset)
                                  ? charset_in(found.content)
                                  : found.type.charset;
  std::string storage;
  const std::string_view utf8 = to_utf8(charset, found.content, storage);
  std::string visible;
  std::string_view text = utf8;
  if (html) {
    visible = read_html(
        utf8, links_, [this](std::string_view bytes) { add_picture(bytes, facts_); }, within_);
    text = visible;
  } else {
    links_.add_from_text(text, role::link);
  }
  if (found.attached || !within_.has_time()) {
    return;
  }
  if (text.size() > within_.limits().text_bytes) {
    within_.meet(limit::text_bytes);
    text = cut_utf8(text, within_.limits().text_bytes);
  }
  // Nobody sends the test string alone: the protocol has it found within any text.
  if (text.find(gtube()) != text.npos) {
    facts_.add(subject::text, role::body, gtube(), "GTUBE");
  }
  auto tokens = canon::normalise_text(text);
  if (auto* form = std::get_if<std::string>(&tokens)) {
    facts_.add(subject::text, role::body, canonical_key{kind::text_exact, *form},
               std::string(shown_text(*form)));
    texts_.push_back({html, std::move(*form)});
  }
}

void add_given(const given_facts& given, fact_list& to) {
  const auto add_numbers = [&to](subject subject, const std::vector<std::uint32_t>& numbers) {
    for (const std::uint32_t number : numbers) {
      to.add(subject, role::given, std::to_string(number));
    }
  };
  add_numbers(subject::category, given.categories);
  add_numbers(subject::topic, given.topics);
  add_numbers(subject::heuristic, given.heuristics);
  for (const std::string& record : given.av_records) {
    to.add(subject::avrec, role::given, record);
  }
}

}  // namespace

struct extractor::state {
  const canon::canonicalizer& canon;
  extract_options options;
};

extractor::extractor(const canon::canonicalizer& canon, extract_options options)
    : state_(std::make_unique<const state>(state{canon, std::move(options)})) {}
extractor::~extractor() = default;

message_facts extractor::operator()(std::string_view message, const envelope& from,
                                    const given_facts& given) const {
  const extract_options& options = state_->options;
  budget within(options.limits, message.size());
  fact_list facts(state_->canon);
  if (message.size() > options.limits.message_bytes) {
    within.meet(limit::message_bytes);
    message = message.substr(0, options.limits.message_bytes);
  }
  std::string_view body = without_mbox_line(message);
  const header head = header::read(body, within);
  const auto sender = find_sender(head, from);
  message_facts out;
  out.sender = sender.value_or("");
  out.subject = decode_words(head.text("subject"));
  out.automatic_kind =
      find_automatic(head, parse_content_type(head.text("content-type")), sender, out.subject);
  add_sender_facts(head, from, find_route(head, from, options), sender, facts);
  add_given(given, facts);
  part_reader reader(within, facts);
  for_each_part(head, body, within, [&reader](const part& found) { reader(found); });
  out.texts = reader.finish();
  out.facts = facts.take();
  out.limits = within.take_met();
  return out;
}

}  // namespace repute::mail
