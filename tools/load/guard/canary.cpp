// SPDX-License-Identifier: Apache-2.0
#include "load/guard/canary.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "repute/schema/test_points.hpp"

namespace repute::load {
namespace {

bool is_test_point(const canonical_key& key) {
  return std::ranges::any_of(test_points(), [&key](const test_point& point) {
    return point.kind == key.kind && canonical_of(point) == key.canonical;
  });
}

void read_list(const std::vector<placed_text>& texts, bool present,
               const canon::canonicalizer& canon, std::vector<canary>& into,
               std::vector<spec_problem>& problems) {
  for (const placed_text& each : texts) {
    std::string_view text = each.text;
    const std::size_t colon = text.find(':');
    auto subject =
        colon == std::string_view::npos ? std::nullopt : subject_from_word(text.substr(0, colon));
    if (subject) {
      text.remove_prefix(colon + 1);
    }
    subject = subject.value_or(canon::guess(text));
    const auto key = canon.canonical(*subject, text);
    if (const auto* why = std::get_if<canon::error>(&key)) {
      problems.push_back({each.where, fmt::format("a canary must be a key of kind {}: {}",
                                                  word(*subject), canon::message(*why))});
      continue;
    }
    const canonical_key& asked = std::get<canonical_key>(key);
    if (is_test_point(asked)) {
      problems.push_back(
          {each.where, "a test point answers in every snapshot: it warns of nothing"});
      continue;
    }
    into.push_back({canon::show(asked), present, canon.covering(asked)});
  }
}

void report(std::vector<guard_report>& reports, guard_rule rule, std::string sentence) {
  const auto at = std::ranges::find(reports, rule, &guard_report::rule);
  guard_report& into = at == reports.end() ? reports.emplace_back() : *at;
  into.rule = rule;
  ++into.count;
  if (into.first.size() < rows_told_max) {
    into.first.push_back(std::move(sentence));
  }
}

}  // namespace

std::vector<canary> read_canaries(const guard_settings& settings, const canon::canonicalizer& canon,
                                  std::vector<spec_problem>& problems) {
  std::vector<canary> out;
  read_list(settings.present, true, canon, out, problems);
  read_list(settings.absent, false, canon, out, problems);
  return out;
}

std::vector<guard_report> check_canaries(const std::vector<canary>& canaries,
                                         const answer_source& ask) {
  std::vector<canonical_key> keys;
  for (const canary& each : canaries) {
    keys.insert(keys.end(), each.asked.begin(), each.asked.end());
  }
  std::vector<guard_report> reports;
  if (keys.empty()) {
    return reports;
  }
  const std::vector<answer> answers = ask(keys);
  auto at = answers.begin();
  for (const canary& each : canaries) {
    const auto end = at + static_cast<std::ptrdiff_t>(each.asked.size());
    const auto decides =
        std::find_if(at, end, [](const answer& one) { return one.status == status::listed; });
    const verdict says = decides == end ? verdict::none : decides->verdict;
    at = end;
    if (each.present && severity(says) == 0) {
      report(reports, guard_rule::present, each.text + " must be listed and would not be");
    } else if (!each.present && severity(says) > 0) {
      report(reports, guard_rule::absent,
             fmt::format("{} must not be listed and would be {}", each.text, word(says)));
    }
  }
  return reports;
}

}  // namespace repute::load
