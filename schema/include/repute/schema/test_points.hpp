// SPDX-License-Identifier: Apache-2.0
// Keys that every snapshot answers the same: an always-hit and a never-hit key for each kind, so
// that an empty or broken server is seen for what it is (RFC 5782 section 5 asks DNSBLs for the
// same).
#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>

#include "repute/schema/kind.hpp"
#include "repute/schema/verdict.hpp"

namespace repute {

/// One test point, as a canonical form written so that it needs no canonicaliser:
/// hexadecimal for addresses, digests and ids, text for the others.
struct test_point {
  repute::kind kind{};
  std::string_view text;  ///< what a person types for it
  std::string_view hex;   ///< bytes of the canonical form, or empty if `text` is the canonical form
  verdict hit_verdict = verdict::none;  ///< none: never-hit

  [[nodiscard]] bool always_hit() const noexcept { return hit_verdict != verdict::none; }
};

/// Feed name under which the loader adds them; users cannot name a feed so.
inline constexpr std::string_view test_point_feed = "test-points";
inline constexpr std::int16_t test_point_score = 1000;

[[nodiscard]] std::span<const test_point> test_points() noexcept;

/// Canonical bytes of a test point.
[[nodiscard]] std::string canonical_of(const test_point& point);

/// The 68-byte GTUBE test string for mail filters (spamassassin.apache.org/gtube), one line.
[[nodiscard]] std::string_view gtube() noexcept;

}  // namespace repute
