// SPDX-License-Identifier: Apache-2.0
// "Which verdict wins" once more, written from record_format.md section 4 alone and as plainly as
// it is written there: what the loader computes is compared with this.
#pragma once

#include <optional>
#include <vector>

#include "load/resolver.hpp"

namespace repute::load::test {

struct model_verdict {
  bool listed = false;
  repute::verdict verdict = verdict::none;  ///< none and listed: excluded
  std::int16_t score = 0;
  std::uint16_t category = 0;
  std::uint16_t ttl_s = 0;

  bool operator==(const model_verdict&) const = default;
};

inline int model_rank(verdict value) {
  const std::vector<verdict> worst_first{verdict::malware,       verdict::phishing,
                                         verdict::blacklisted,   verdict::spam,
                                         verdict::probable_spam, verdict::formal};
  for (std::size_t i = 0; i < worst_first.size(); ++i) {
    if (worst_first[i] == value) {
      return static_cast<int>(i);
    }
  }
  return 100;  // no listing
}

inline model_verdict model_of(const claim& c) {
  return {true, c.row.verdict, c.row.score, c.row.category, c.row.cache_ttl_s};
}

/// The verdict at one hour. `test_points` is the number of their feed.
inline model_verdict model_at(const std::vector<claim>& all, std::uint16_t test_points,
                              std::uint32_t hour) {
  std::vector<claim> claims;
  for (const claim& c : all) {
    if (c.row.expires_h == 0 || hour < c.row.expires_h) {
      claims.push_back(c);
    }
  }
  for (const claim& c : claims) {  // 1
    if (c.row.feed == test_points && c.level == 0) {
      return c.row.verdict == verdict::none ? model_verdict{} : model_of(c);
    }
  }
  bool any_exclusion = false;
  std::vector<claim> left;
  for (const claim& c : claims) {  // 2
    bool hidden = c.row.exclusion;
    any_exclusion = any_exclusion || c.row.exclusion;
    for (const claim& e : claims) {
      hidden = hidden || (e.row.exclusion && e.row.feed == c.row.feed && e.level <= c.level);
    }
    if (!hidden) {
      left.push_back(c);
    }
  }
  std::optional<std::uint32_t> trusted_level;
  for (const claim& c : left) {  // 3
    if (c.row.verdict == verdict::trusted && (!trusted_level || c.level < *trusted_level)) {
      trusted_level = c.level;
    }
  }
  bool overruled = false;
  for (const claim& c : left) {
    overruled =
        overruled || (trusted_level && model_rank(c.row.verdict) < 100 && c.level < *trusted_level);
  }
  const claim* winner = nullptr;
  if (trusted_level && !overruled) {
    for (const claim& c : left) {
      const auto order = [](const claim& x) {
        return std::tuple(x.row.score, x.row.category, x.row.cache_ttl_s);
      };
      if (c.row.verdict == verdict::trusted && c.level == *trusted_level &&
          (winner == nullptr || order(c) < order(*winner))) {
        winner = &c;
      }
    }
    return model_of(*winner);
  }
  for (const claim& c : left) {  // 4
    const auto order = [](const claim& x) {
      return std::tuple(model_rank(x.row.verdict), -x.row.score, x.level, x.row.category,
                        x.row.cache_ttl_s);
    };
    if (model_rank(c.row.verdict) < 100 && (winner == nullptr || order(c) < order(*winner))) {
      winner = &c;
    }
  }
  if (winner != nullptr) {
    return model_of(*winner);
  }
  model_verdict out;  // 5
  out.listed = any_exclusion;
  return out;
}

/// What an answer says, in the model's words; the TTLs of negative answers and of exclusions are
/// not part of the rule.
inline model_verdict said_by(const answer& got) {
  if (got.status == status::not_listed || got.verdict == verdict::none) {
    return {got.status == status::listed, verdict::none, 0, 0, 0};
  }
  return {true, got.verdict, got.score, got.category, got.ttl_s};
}

}  // namespace repute::load::test
