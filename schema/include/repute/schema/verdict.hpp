// SPDX-License-Identifier: Apache-2.0
// Verdicts and the 8-byte answer, the same on the wire and in the verdict dictionary.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "repute/schema/bytes.hpp"

namespace repute {

/// Outcome of one key. Errors are statuses of their own, never verdicts. Persistent numbers.
enum class status : std::uint8_t {
  not_listed = 0,
  listed = 1,
  unsupported = 2,  ///< a kind that this server does not know
  malformed = 3,    ///< wrong length for its kind
  skipped = 4,      ///< a limit was reached before this key
  near = 5,         ///< text signature near a known campaign
  refused = 6,      ///< kind not permitted to this client
};

/// What a listing says. Persistent numbers.
enum class verdict : std::uint8_t {
  none = 0,  ///< with status listed: excluded, ends the search towards less specific keys
  spam = 1,
  probable_spam = 2,
  formal = 3,
  trusted = 4,
  blacklisted = 5,
  phishing = 6,
  malware = 7,
};

inline constexpr std::array all_verdicts{
    verdict::none,    verdict::spam,        verdict::probable_spam, verdict::formal,
    verdict::trusted, verdict::blacklisted, verdict::phishing,      verdict::malware};

/// Order of listings, the worst highest; `none` and `trusted` are no listings and have 0.
[[nodiscard]] constexpr int severity(verdict value) noexcept {
  switch (value) {
    case verdict::malware:
      return 6;
    case verdict::phishing:
      return 5;
    case verdict::blacklisted:
      return 4;
    case verdict::spam:
      return 3;
    case verdict::probable_spam:
      return 2;
    case verdict::formal:
      return 1;
    default:
      return 0;
  }
}

[[nodiscard]] std::string_view word(verdict value) noexcept;
[[nodiscard]] std::string_view word(status value) noexcept;
[[nodiscard]] std::optional<verdict> verdict_from_word(std::string_view word) noexcept;

inline constexpr std::uint8_t vflag_override = 1;          ///< set by the organisation itself
inline constexpr std::uint8_t vflag_detail_available = 2;  ///< more to be had from `explain`
inline constexpr std::uint8_t vflag_nocache = 4;           ///< clients must not cache this answer

inline constexpr std::int16_t score_min = -1000;
inline constexpr std::int16_t score_max = 1000;
inline constexpr std::uint16_t category_max = 0x0fff;
inline constexpr std::size_t answer_size = 8;

/// Answer to one key: {u8 status, u8 verdict, i16 score, u16 category:12|vflags:4, u16 ttl_s}.
struct answer {
  repute::status status = status::not_listed;
  repute::verdict verdict = verdict::none;
  std::int16_t score = 0;      ///< -1000 (best) .. 1000 (worst)
  std::uint16_t category = 0;  ///< 0 .. 4095, meaning given by the deployment
  std::uint8_t vflags = 0;     ///< vflag_*, 4 bits
  std::uint16_t ttl_s = 0;     ///< seconds for which a client may cache this answer

  bool operator==(const answer&) const = default;
};

/// An answer that says: not listed, and nothing less specific counts.
[[nodiscard]] constexpr bool is_exclusion(const answer& said) noexcept {
  return said.status == status::listed && said.verdict == verdict::none;
}

/// Which of the answers to the keys of one thing, the most specific first, decides about it: its
/// place, or nothing if all are `not_listed`. A local override wins at any level, the most specific
/// of them if there are several. Otherwise it is the most specific level that has anything to say:
/// a listing lists, an exclusion ends the search as not listed, and an error is an error: whatever
/// a less specific level says, the silent one might have said otherwise.
[[nodiscard]] std::optional<std::size_t> deciding_level(std::span<const answer> answers) noexcept;

/// Writes exactly answer_size bytes at `to`. Score, category and vflags must be in their ranges.
void encode_answer(const answer& from, std::uint8_t* to) noexcept;

/// Reads exactly answer_size bytes. Unknown statuses read as `malformed` and unknown verdicts as
/// `none`: a future number is never taken for a verdict that this version knows. Scores beyond
/// -1000..1000 are clamped.
[[nodiscard]] answer decode_answer(const std::uint8_t* from) noexcept;

}  // namespace repute
