// SPDX-License-Identifier: Apache-2.0
// From a feed's bytes to the reader of its format.
#include "load/format/formats.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "load/format/delimited.hpp"
#include "load/format/text.hpp"

namespace repute::load {
namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
constexpr std::size_t head_bytes = std::size_t{64} << 10;

// Passes on what the feed wants, and remembers how far the file was read.
class wanted_rows final : public row_sink {
 public:
  wanted_rows(const feed_spec& spec, row_sink& sink) : spec_(spec), sink_(sink) {}

  bool take(const raw_row& row) override {
    last_ = row.at;
    if (row.subject && spec_.subject_given && *row.subject != spec_.subject) {
      sink_.skip();
      return true;
    }
    return keep(sink_.take(row));
  }
  bool reject(const bad_row& row) override {
    last_ = row.at;
    return keep(sink_.reject(row));
  }
  void skip() override { sink_.skip(); }

  [[nodiscard]] const position& last() const noexcept { return last_; }
  [[nodiscard]] bool stopped() const noexcept { return stopped_; }

 private:
  bool keep(bool go_on) noexcept {
    stopped_ = !go_on;
    return go_on;
  }
  const feed_spec& spec_;
  row_sink& sink_;
  position last_;
  bool stopped_ = false;
};

bool may_be_json(feed_format format) noexcept {
  return format == feed_format::automatic || format == feed_format::jsonl ||
         format == feed_format::misp || format == feed_format::misp_event ||
         format == feed_format::stix || format == feed_format::drop;
}

// True if an object begins with what the interfaces of publishers say of a request that failed.
bool is_json_error(std::string_view text) noexcept {
  const std::size_t name =
      text.starts_with('{') ? text.find_first_not_of(" \t\r\n", 1) : std::string_view::npos;
  return name != std::string_view::npos && begins_ignoring_case(text.substr(name), "\"error");
}

// What comes instead of a list when a login, a bot check or an error stands before it.
std::optional<format_problem> other_document(std::string_view head, feed_format format) {
  constexpr std::array<std::string_view, 9> openings{
      "<!doctype html", "<html", "<head", "<body", "<!--", "<?xml", "<script", "<meta", "<title"};
  position at;
  std::size_t i = 0;
  for (; i < head.size() && (is_blank(head[i]) || head[i] == '\r' || head[i] == '\n'); ++i) {
    at = head[i] == '\n' ? position{at.line + 1, 1} : position{at.line, at.column + 1};
  }
  const std::string_view text = head.substr(i);
  if (std::ranges::any_of(openings, [text](std::string_view opening) {
        return begins_ignoring_case(text, opening);
      })) {
    return format_problem{at, "an HTML page, not a list"};
  }
  if (!may_be_json(format) && is_json_error(text)) {
    return format_problem{at, "a JSON document, not a list"};
  }
  return std::nullopt;
}

read_result read_as(text_window& window, const feed_spec& spec, row_sink& sink) {
  switch (spec.format) {
    case feed_format::automatic:
    case feed_format::list:
      return read_list(window, spec, sink);
    case feed_format::hosts:
      return read_hosts(window, sink);
    case feed_format::csv:
    case feed_format::tsv:
      return read_columns(window, spec, sink);
    case feed_format::ip4set:
    case feed_format::ip4trie:
    case feed_format::ip6trie:
    case feed_format::dnset:
    case feed_format::combined:
      return read_rbldnsd(window, spec, sink);
    case feed_format::drop:
      return read_drop(window, sink);
    case feed_format::urlhaus:
    case feed_format::malwarebazaar:
    case feed_format::threatfox:
    case feed_format::feodo:
    case feed_format::phishtank:
      return read_published_csv(window, spec, sink);
    case feed_format::openphish:
      return read_openphish(window, sink);
    case feed_format::adblock:
      return read_adblock(window, sink);
    case feed_format::rpz:
      return read_rpz(window, sink);
    case feed_format::misp:
      return read_misp(window, sink);
    case feed_format::misp_event:
      return read_misp_event(window, sink);
    case feed_format::stix:
      return read_stix(window, sink);
    case feed_format::nsrl:
      return read_nsrl(window, spec, sink);
    case feed_format::jsonl:
      return read_jsonl(window, spec, sink);
  }
  return std::nullopt;
}

// True if a field says what stands below it: a name without what every key of the kind has in it.
bool is_heading(std::string_view field, subject kind) noexcept {
  const bool dotted = kind == subject::ip || kind == subject::domain || kind == subject::url ||
                      kind == subject::email;
  const bool digest = kind == subject::sha256 || kind == subject::md5;
  const bool name = !field.empty() && field.find_first_of(".:@/") == std::string_view::npos;
  return name && (dotted || (digest && field.size() != 32 && field.size() != 64));
}

// Nobody said whether a table that was recognised has a header row. If it has one, its key column
// is found by name, which passes over that row.
void find_heading(feed_spec& spec, std::string_view head) {
  const auto* number = std::get_if<std::uint32_t>(&spec.key_column);
  if (number == nullptr || *number == 0) {
    return;
  }
  const bool tabs = spec.format == feed_format::tsv;
  memory_input from(head);
  text_window window(from);
  delimited_reader reader(window, {tabs ? '\t' : ',', !tabs, false});
  auto outcome = reader.next();
  while (outcome == delimited_reader::outcome::comment) {
    outcome = reader.next();
  }
  if (outcome == delimited_reader::outcome::row && *number <= reader.fields().size()) {
    const std::string_view field = trim(reader.fields()[*number - 1].text);
    if (is_heading(field, spec.subject)) {
      spec.key_column = std::string(field);
    }
  }
}

// The specification with what was recognised in place of "auto", or why it does not fit.
read_result settle_format(feed_spec& spec, std::string_view head, row_sink& sink) {
  spec.format = recognise(head);
  sink.recognised(spec.format);
  if (!spec.subject_given && !imply_subject(spec)) {
    return format_problem{
        {}, fmt::format("recognised as \"{}\", whose feed must say a kind", word(spec.format))};
  }
  if (spec.format == feed_format::csv || spec.format == feed_format::tsv) {
    find_heading(spec, head);
  }
  std::vector<spec_problem> problems;
  check_feed(spec, "", problems);
  if (!problems.empty()) {
    return format_problem{
        {}, fmt::format("recognised as \"{}\": {}", word(spec.format), problems.front().what)};
  }
  return std::nullopt;
}

}  // namespace

std::optional<format_problem> read_rows(input& from, const feed_spec& spec, row_sink& sink) {
  text_window window(from);
  if (window.ahead(head_bytes).starts_with(byte_order_mark)) {
    window.skip(byte_order_mark.size());
  }
  const std::string_view head = window.ahead(head_bytes).substr(0, head_bytes);
  read_result problem = other_document(head, spec.format);
  feed_spec settled = spec;
  if (!problem && spec.format == feed_format::automatic) {
    problem = settle_format(settled, head, sink);
  }
  wanted_rows rows(settled, sink);
  if (!problem) {
    problem = read_as(window, settled, rows);
  }
  // A text that was cut short may look like anything: its own trouble comes first.
  if (!from.problem().empty() && !rows.stopped()) {
    return format_problem{rows.last(), from.problem()};
  }
  return problem;
}

std::optional<format_problem> read_rows(std::string_view text, const feed_spec& spec,
                                        row_sink& sink) {
  memory_input from(text);
  return read_rows(from, spec, sink);
}

}  // namespace repute::load
