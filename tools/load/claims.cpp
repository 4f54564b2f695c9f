// SPDX-License-Identifier: Apache-2.0
// The rule for one key; resolver.cpp gathers the claims.
#include <algorithm>
#include <limits>
#include <map>
#include <optional>
#include <tuple>

#include "load/resolver.hpp"

namespace repute::load {
namespace {

constexpr std::uint32_t no_level = std::numeric_limits<std::uint32_t>::max();

bool in_force(const claim& c, std::uint32_t hour) noexcept {
  return c.row.expires_h == 0 || hour < c.row.expires_h;
}

bool is_listing(const claim& c) noexcept {
  return severity(c.row.verdict) > 0;
}

// The rows in force that no exclusion hides: the most specific exclusion of a feed hides that
// feed's rows from its own level on. Never-hit test points have a verdict for their own key only.
std::vector<claim> without_excluded(std::span<const claim> claims, std::uint32_t hour,
                                    bool& excluded) {
  std::map<std::uint16_t, std::uint32_t> hidden_from;  // feed -> level
  for (const claim& c : claims) {
    if (in_force(c, hour) && c.row.exclusion) {
      std::uint32_t& level = hidden_from.try_emplace(c.row.feed, c.level).first->second;
      level = std::min(level, c.level);
    }
  }
  excluded = !hidden_from.empty();
  std::vector<claim> left;
  for (const claim& c : claims) {
    const auto hidden = hidden_from.find(c.row.feed);
    if (in_force(c, hour) && !c.row.exclusion && c.row.verdict != verdict::none &&
        (hidden == hidden_from.end() || c.level < hidden->second)) {
      left.push_back(c);
    }
  }
  return left;
}

answer answer_of(const store::record& row) noexcept {
  answer out;
  out.status = status::listed;
  out.verdict = row.verdict;
  out.score = row.score;
  out.category = row.category;
  out.ttl_s = row.cache_ttl_s;
  return out;
}

answer nothing_listed(kind kind) noexcept {
  answer out;
  out.ttl_s = is_ip(kind) ? store::negative_ttl_ip_s : store::negative_ttl_s;
  return out;
}

// Among trusted rows of the same level: the better score, then the lower category and TTL.
bool better_trust(const claim& a, const claim& b) noexcept {
  return std::tie(a.row.score, a.row.category, a.row.cache_ttl_s) <
         std::tie(b.row.score, b.row.category, b.row.cache_ttl_s);
}

answer verdict_at(std::span<const claim> claims, std::uint16_t fixed_feed, std::uint32_t hour) {
  const kind kind = claims.front().row.kind;
  for (const claim& c : claims) {
    if (c.row.feed == fixed_feed && c.level == 0) {
      return c.row.verdict == verdict::none ? nothing_listed(kind) : answer_of(c.row);
    }
  }
  bool excluded = false;
  const std::vector<claim> left = without_excluded(claims, hour, excluded);
  std::uint32_t trusted_level = no_level;
  std::uint32_t listed_level = no_level;
  for (const claim& c : left) {
    std::uint32_t& level = is_listing(c) ? listed_level : trusted_level;
    level = std::min(level, c.level);
  }
  if (trusted_level != no_level && trusted_level <= listed_level) {
    const claim* winner = nullptr;
    for (const claim& c : left) {
      if (!is_listing(c) && c.level == trusted_level &&
          (winner == nullptr || better_trust(c, *winner))) {
        winner = &c;
      }
    }
    return answer_of(winner->row);
  }
  const auto worst = std::min_element(left.begin(), left.end(), [](const claim& a, const claim& b) {
    return is_listing(a) != is_listing(b) ? is_listing(a) : worse_listing(a, b);
  });
  if (worst != left.end() && is_listing(*worst)) {
    return answer_of(worst->row);
  }
  answer none = nothing_listed(kind);
  if (excluded) {
    none.status = status::listed;  // with verdict none: ends the search towards less specific keys
  }
  return none;
}

}  // namespace

bool worse_listing(const claim& a, const claim& b) noexcept {
  const auto rank = [](const claim& c) {
    return std::tuple(-severity(c.row.verdict), -c.row.score, c.level, c.row.category,
                      c.row.cache_ttl_s);
  };
  return rank(a) < rank(b);
}

store::resolved_verdict resolve_claims(std::span<const claim> claims, std::uint16_t fixed_feed,
                                       std::uint32_t now_h) {
  store::resolved_verdict resolved;
  if (claims.empty()) {
    return resolved;
  }
  std::vector<std::uint32_t> changes;  // hours at which a row ends
  for (const claim& c : claims) {
    resolved.feeds.push_back(c.row.feed);
    if (c.row.expires_h > now_h) {
      changes.push_back(c.row.expires_h);
    }
  }
  std::sort(changes.begin(), changes.end());
  changes.erase(std::unique(changes.begin(), changes.end()), changes.end());
  std::sort(resolved.feeds.begin(), resolved.feeds.end());
  resolved.feeds.erase(std::unique(resolved.feeds.begin(), resolved.feeds.end()),
                       resolved.feeds.end());

  std::uint32_t hour = now_h;
  for (std::size_t i = 0; i <= changes.size(); ++i) {
    const std::uint32_t end = i < changes.size() ? changes[i] : 0;
    const answer value = verdict_at(claims, fixed_feed, hour);
    if (!resolved.steps.empty() && resolved.steps.back().value == value) {
      resolved.steps.back().expires_h = end;
    } else {
      resolved.steps.push_back({value, end});
    }
    hour = end;
  }
  // After the last row nothing is said: the chain ends instead of naming "not listed". A never-hit
  // test point says it from the beginning, and keeps its entry lest a prefix answers for it.
  const answer none = nothing_listed(claims.front().row.kind);
  if (resolved.steps.size() > 1 && resolved.steps.back().value == none) {
    resolved.steps.pop_back();
  }
  return resolved;
}

}  // namespace repute::load
