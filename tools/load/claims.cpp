// SPDX-License-Identifier: Apache-2.0
// The rule for one key; resolver.cpp gathers the claims.
#include <algorithm>
#include <functional>
#include <limits>
#include <map>
#include <optional>
#include <tuple>

#include "load/resolver.hpp"

namespace repute::load {
namespace {

constexpr std::uint32_t no_level = std::numeric_limits<std::uint32_t>::max();
constexpr std::uint32_t no_end = std::numeric_limits<std::uint32_t>::max();

// Verdicts of one key, one after the other. A snapshot is replaced long before so many hours end.
constexpr std::size_t steps_max = 256;

bool is_listing(const claim& c) noexcept {
  return severity(c.row.verdict) > 0;
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

// What the claims in force come to, while more and more of them are.
class ruling {
 public:
  void add(const claim& c);
  [[nodiscard]] answer value(kind kind) const;

 private:
  void consider(const claim& c);

  std::map<std::uint16_t, std::uint32_t> hidden_from_;  // feed -> level of its exclusion
  std::vector<const claim*> rows_;
  const claim* trusted_ = nullptr;
  const claim* worst_ = nullptr;
  std::uint32_t listed_level_ = no_level;
};

// The most specific exclusion of a feed hides that feed's rows from its own level on. Never-hit
// test points have a verdict for their own key only.
void ruling::add(const claim& c) {
  if (!c.row.exclusion) {
    if (c.row.verdict != verdict::none) {
      rows_.push_back(&c);
      consider(c);
    }
    return;
  }
  const auto [hidden, first] = hidden_from_.try_emplace(c.row.feed, c.level);
  if (!first && hidden->second <= c.level) {
    return;
  }
  hidden->second = c.level;
  trusted_ = nullptr;
  worst_ = nullptr;
  listed_level_ = no_level;
  for (const claim* row : rows_) {  // at most once for each feed and level
    consider(*row);
  }
}

void ruling::consider(const claim& c) {
  const auto hidden = hidden_from_.find(c.row.feed);
  if (hidden != hidden_from_.end() && c.level >= hidden->second) {
    return;
  }
  if (is_listing(c)) {
    listed_level_ = std::min(listed_level_, c.level);
    if (worst_ == nullptr || worse_listing(c, *worst_)) {
      worst_ = &c;
    }
  } else if (trusted_ == nullptr || c.level < trusted_->level ||
             (c.level == trusted_->level && better_trust(c, *trusted_))) {
    trusted_ = &c;
  }
}

answer ruling::value(kind kind) const {
  if (trusted_ != nullptr && trusted_->level <= listed_level_) {
    return answer_of(trusted_->row);
  }
  if (worst_ != nullptr) {
    return answer_of(worst_->row);
  }
  answer none = nothing_listed(kind);
  if (!hidden_from_.empty()) {
    none.status = status::listed;  // with verdict none: ends the search towards less specific keys
  }
  return none;
}

// Hours above `now_h` at which claims end, ascending.
std::vector<std::uint32_t> ends_of(std::span<const claim> claims, std::uint32_t now_h) {
  std::vector<std::uint32_t> ends;
  for (const claim& c : claims) {
    if (c.row.expires_h > now_h) {
      ends.push_back(c.row.expires_h);
    }
  }
  std::sort(ends.begin(), ends.end());
  ends.erase(std::unique(ends.begin(), ends.end()), ends.end());
  return ends;
}

// values[i] holds until ends[i], the last one for ever. Computed from the last to the first, so
// that claims only come into force and each is looked at once.
std::vector<answer> values_between(std::span<const claim> claims,
                                   const std::vector<std::uint32_t>& ends, std::uint32_t now_h) {
  const auto until = [](const claim* c) {
    return c->row.expires_h == 0 ? no_end : c->row.expires_h;
  };
  std::vector<const claim*> latest_first;
  for (const claim& c : claims) {
    if (until(&c) > now_h) {
      latest_first.push_back(&c);
    }
  }
  std::ranges::stable_sort(latest_first, std::greater(), until);
  std::vector<answer> values(ends.size() + 1);
  ruling so_far;
  auto next = latest_first.begin();
  for (std::size_t i = values.size(); i-- > 0;) {
    const std::uint32_t end = i < ends.size() ? ends[i] : no_end;
    for (; next != latest_first.end() && until(*next) >= end; ++next) {
      so_far.add(**next);
    }
    values[i] = so_far.value(claims.front().row.kind);
  }
  return values;
}

// A test point of its own key: nothing else counts, and it never ends.
const claim* fixed_claim(std::span<const claim> claims, std::uint16_t fixed_feed) noexcept {
  const auto found = std::ranges::find_if(
      claims, [&](const claim& c) { return c.row.feed == fixed_feed && c.level == 0; });
  return found == claims.end() ? nullptr : &*found;
}

std::vector<std::uint16_t> feeds_of(std::span<const claim> claims) {
  std::vector<std::uint16_t> feeds;
  for (const claim& c : claims) {
    feeds.push_back(c.row.feed);
  }
  std::sort(feeds.begin(), feeds.end());
  feeds.erase(std::unique(feeds.begin(), feeds.end()), feeds.end());
  return feeds;
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
  resolved.feeds = feeds_of(claims);
  const answer none = nothing_listed(claims.front().row.kind);
  if (const claim* fixed = fixed_claim(claims, fixed_feed)) {
    resolved.steps.push_back(
        {fixed->row.verdict == verdict::none ? none : answer_of(fixed->row), 0});
    return resolved;
  }
  const std::vector<std::uint32_t> ends = ends_of(claims, now_h);
  const std::vector<answer> values = values_between(claims, ends, now_h);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::uint32_t end = i < ends.size() ? ends[i] : 0;
    if (!resolved.steps.empty() && resolved.steps.back().value == values[i]) {
      resolved.steps.back().expires_h = end;
    } else if (resolved.steps.size() == steps_max) {
      return resolved;
    } else {
      resolved.steps.push_back({values[i], end});
    }
  }
  // After the last row nothing is said: the chain ends instead of naming "not listed".
  if (resolved.steps.size() > 1 && resolved.steps.back().value == none) {
    resolved.steps.pop_back();
  }
  return resolved;
}

}  // namespace repute::load
