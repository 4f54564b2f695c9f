// SPDX-License-Identifier: Apache-2.0
#include "load/guard/allow_list.hpp"

#include <fmt/format.h>

namespace repute::load {
namespace {

constexpr std::size_t problems_max = 10;

class entry_sink final : public row_sink {
 public:
  entry_sink(const canon::canonicalizer& canon, allow_list& into) : canon_(canon), into_(into) {}

  bool take(const raw_row& row) override {
    if (row.exclusion) {
      return say(row.at, "an allow list has no exclusions");
    }
    auto read = read_list_entry(row.key, canon_);
    if (const auto* why = std::get_if<std::string>(&read)) {
      return say(row.at, *why);
    }
    auto& entry = std::get<list_entry>(read);
    entry.line = row.at.line;
    entry.with_below = row.match.value_or(name_match::exact) != name_match::exact;
    into_.entries.push_back(std::move(entry));
    return true;
  }
  bool reject(const bad_row& row) override { return say(row.at, row.reason); }

  bool say(const position& at, std::string_view what) {
    into_.problems.push_back({at, std::string(what)});
    return into_.problems.size() < problems_max;
  }

 private:
  const canon::canonicalizer& canon_;
  allow_list& into_;
};

bool begins_object(std::string_view text) noexcept {
  constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
  if (text.starts_with(byte_order_mark)) {
    text.remove_prefix(byte_order_mark.size());
  }
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && text[first] == '{';
}

}  // namespace

std::variant<list_entry, std::string> read_list_entry(std::string_view text,
                                                      const canon::canonicalizer& canon) {
  list_entry entry;
  const auto network = canon::parse_prefix(text);
  if (const auto* prefix = std::get_if<canon::ip_prefix>(&network)) {
    entry.network = *prefix;
    return entry;
  }
  auto name = canon.canonical(subject::domain, text);
  if (const auto* why = std::get_if<canon::error>(&name)) {
    // With a slash or a colon in it a network was meant.
    const auto* problem = std::get_if<canon::error>(&network);
    const bool network_meant = text.find_first_of("/:") != std::string_view::npos;
    return fmt::format("\"{}\" is no name, address or network: {}", text.substr(0, 60),
                       canon::message(network_meant ? *problem : *why));
  }
  entry.name = std::move(std::get<canonical_key>(name).canonical);
  return entry;
}

allow_list read_allow_list(std::string_view text, const canon::canonicalizer& canon) {
  allow_list list;
  entry_sink sink(canon, list);
  feed_spec spec;
  spec.format = begins_object(text) ? feed_format::misp : feed_format::list;
  if (const auto problem = read_rows(text, spec, sink)) {
    sink.say(problem->at, problem->what);
  }
  return list;
}

}  // namespace repute::load
