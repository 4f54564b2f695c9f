// SPDX-License-Identifier: Apache-2.0
#include "lookup_row.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <utility>

#include "text.hpp"

namespace repute::tool {
namespace {

/// Enough of a malformed text to find it again, without flooding the output.
std::string shortened(std::string text) {
  constexpr std::size_t shown_max = 256;
  if (text.size() > shown_max) {
    text.resize(shown_max);
    text += "...";
  }
  return text;
}

/// How a level is named as the reason of a listing: `.example.com` is "any name under example.com".
std::string level_text(const canonical_key& level) {
  const std::string text = canon::show(level);
  return level.kind == kind::domain ? "." + text : text;
}

decision decided_by(std::span<const answer> answers, std::size_t level) {
  const answer& from = answers[level];
  switch (from.status) {
    case status::listed:
    case status::near:
      if (from.verdict != verdict::none) {
        return {row_status::listed, level, from, {}};
      }
      return {row_status::not_listed, level, {.ttl_s = from.ttl_s}, {}};
    case status::unsupported:
      return {row_status::unsupported, level, {}, "the server does not know this kind of key"};
    default:
      return {row_status::error,
              level,
              {},
              fmt::format("the server answered \"{}\"", repute::word(from.status))};
  }
}

std::uint16_t shortest_ttl(std::span<const answer> answers) {
  return answers.empty() ? std::uint16_t{0} : std::ranges::min(answers, {}, &answer::ttl_s).ttl_s;
}

/// The word that a person reads first.
std::string outcome_text(const lookup_row& row) {
  switch (row.status) {
    case row_status::listed:
      return std::string(repute::word(row.decided.verdict));
    case row_status::not_listed:
      return "not listed";
    case row_status::unsupported:
      return "unsupported";
    case row_status::malformed:
      return "malformed";
    case row_status::error:
      break;
  }
  return "no answer";
}

std::string detail_text(const lookup_row& row) {
  if (!row.reason.empty()) {
    return row.reason;
  }
  return row.matched.empty() || row.matched == row.key ? "" : "by " + printable(row.matched);
}

std::string timing_text(const lookup_row& row) {
  return row.server.empty()
             ? ""
             : fmt::format("{:.2f} ms  {}", static_cast<double>(row.rtt_us) / 1000, row.server);
}

}  // namespace

asked_key ask_about(const canon::canonicalizer& canon, std::optional<repute::subject> subject,
                    std::string_view text) {
  asked_key asked;
  asked.subject = subject.value_or(canon::guess(text));
  const auto read = canon.canonical(asked.subject, text);
  if (const auto* problem = std::get_if<canon::error>(&read)) {
    asked.shown = shortened(without_userinfo(text));
    asked.problem = *problem;
    return asked;
  }
  const auto& key = std::get<canonical_key>(read);
  asked.shown = canon::show(key);
  asked.levels = canon.covering(key);
  return asked;
}

std::string_view word(row_status value) noexcept {
  constexpr std::array<std::string_view, 5> words{"listed", "not_listed", "unsupported",
                                                  "malformed", "error"};
  return words[static_cast<std::size_t>(value)];
}

decision decide(std::span<const answer> answers) {
  const auto level = deciding_level(answers);
  return level ? decided_by(answers, *level)
               : decision{row_status::not_listed, 0, {.ttl_s = shortest_ttl(answers)}, {}};
}

lookup_row answered_row(const asked_key& asked, std::span<const answer> answers,
                        const lookup_result& result) {
  assert(answers.size() == asked.levels.size());
  const decision decision = decide(answers);
  lookup_row row;
  row.key = asked.shown;
  row.kind = asked.subject;
  row.status = decision.status;
  row.reason = decision.reason;
  row.decided = decision.decided;
  if (decision.status == row_status::listed) {
    row.matched = level_text(asked.levels[decision.level]);
  }
  row.server = result.server;
  row.rtt_us = result.rtt.count();
  row.generation = result.status.generation;
  return row;
}

lookup_row malformed_row(const asked_key& asked) {
  lookup_row row;
  row.key = asked.shown;
  row.kind = asked.subject;
  row.status = row_status::malformed;
  row.reason = canon::message(asked.problem.value());
  return row;
}

lookup_row failed_row(const asked_key& asked, std::string reason) {
  lookup_row row;
  row.key = asked.shown;
  row.kind = asked.subject;
  row.status = row_status::error;
  row.reason = std::move(reason);
  return row;
}

std::string to_json(const lookup_row& row) {
  const bool judged = row.status == row_status::listed || row.status == row_status::not_listed;
  const bool answered = !row.server.empty();
  const auto if_judged = [&](auto value) { return judged ? fmt::to_string(value) : "null"; };
  std::string out = fmt::format(
      R"({{"key":{},"kind":{},"status":"{}","verdict":{},"score":{},"category":{},"matched":{},)"
      R"("ttl_s":{},"server":{},"rtt_us":{},"generation":{})",
      json_string(row.key), json_string(repute::word(row.kind)), word(row.status),
      judged ? json_string(repute::word(row.decided.verdict)) : "null",
      if_judged(row.decided.score), if_judged(row.decided.category),
      row.matched.empty() ? "null" : json_string(row.matched), if_judged(row.decided.ttl_s),
      answered ? json_string(row.server) : "null", answered ? fmt::to_string(row.rtt_us) : "null",
      answered ? fmt::to_string(row.generation) : "null");
  if (row.status == row_status::malformed || row.status == row_status::error) {
    out += ",\"reason\":" + json_string(row.reason);
  }
  return out + '}';
}

std::string row_printer::operator()(std::span<const lookup_row> rows) {
  for (const lookup_row& row : rows) {
    kind_width_ = std::max(kind_width_, repute::word(row.kind).size());
    key_width_ = std::max(key_width_, display_width(printable(row.key)));
    outcome_width_ = std::max(outcome_width_, outcome_text(row).size());
    matched_width_ = std::max(matched_width_, display_width(detail_text(row)));
  }
  std::string out;
  for (const lookup_row& row : rows) {
    const std::string score =
        row.status == row_status::listed ? fmt::to_string(row.decided.score) : "";
    std::string line = fmt::format(
        "{}  {}  {}  {:>5}  {}  {}", padded(repute::word(row.kind), kind_width_),
        padded(printable(row.key), key_width_), padded(outcome_text(row), outcome_width_), score,
        padded(detail_text(row), matched_width_), timing_text(row));
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + '\n';
  }
  return out;
}

}  // namespace repute::tool
