// SPDX-License-Identifier: Apache-2.0
// What a live entry or an override comes down to for a lookup: an answer and until when it holds.
#pragma once

#include <algorithm>
#include <cstdint>

#include "repute/schema/verdict.hpp"
#include "store/live_entry.hpp"

namespace repute::store {

struct live_said {
  enum class what : std::uint8_t { nothing, put, remove };

  repute::answer answer;             ///< of a put: LISTED, with its flags and its cache TTL
  std::uint64_t expires_unix_s = 0;  ///< 0 = never
  what says = what::nothing;

  [[nodiscard]] bool in_force(std::uint64_t now_unix_s) const noexcept {
    return says != what::nothing && (expires_unix_s == 0 || now_unix_s < expires_unix_s);
  }
  /// `from` with a TTL that does not outlive this.
  [[nodiscard]] repute::answer bounded(repute::answer from,
                                       std::uint64_t now_unix_s) const noexcept {
    if (expires_unix_s != 0) {
      const std::uint64_t left_s = expires_unix_s - now_unix_s;
      from.ttl_s = static_cast<std::uint16_t>(std::min<std::uint64_t>(from.ttl_s, left_s));
    }
    return from;
  }
};

[[nodiscard]] inline live_said said_by(const live_entry& entry) noexcept {
  live_said out;
  out.expires_unix_s = entry.expires_unix_s;
  if (entry.action == live_action::put) {
    out.says = live_said::what::put;
    out.answer = {.status = status::listed,
                  .verdict = entry.verdict,
                  .score = entry.score,
                  .category = entry.category,
                  .vflags = entry.layer == live_layer::override ? vflag_override : std::uint8_t{0},
                  .ttl_s = entry.cache_ttl_s};
  } else if (entry.layer == live_layer::live) {
    // An override that was taken away leaves nothing; a removed live entry hides feeds' rows.
    out.says = live_said::what::remove;
  }
  return out;
}

}  // namespace repute::store
