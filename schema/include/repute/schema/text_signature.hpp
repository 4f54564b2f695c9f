// SPDX-License-Identifier: Apache-2.0
// The 192 bytes of a text signature; the page is ../../../text_signature.md.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "repute/schema/bytes.hpp"
#include "repute/schema/kind.hpp"

namespace repute {

/// A near-duplicate signature of a text. A value type; any 192 bytes are one, and no two are the
/// same one.
struct text_signature {
  static constexpr std::size_t band_count = 85;
  static constexpr std::size_t whole_bands = 53;  ///< the first ones, of the whole text
  static constexpr unsigned band_bits = 18;
  static constexpr std::uint8_t this_format = 1;
  static constexpr std::uint8_t filter_version_max = 7;

  /// Values of 18 bits; 0 is no band, which agrees with nothing.
  std::array<std::uint32_t, band_count> bands{};
  bool fallback = false;            ///< of a text that is short or says common things: a hint
  std::uint8_t format = 0;          ///< 0 .. 3; the other fields are of this_format only
  std::uint8_t filter_version = 0;  ///< 0 .. 7; 0: made without a filter of common shingles

  bool operator==(const text_signature&) const = default;
};

using text_signature_bytes = std::array<std::uint8_t, text_signature_size>;

/// Values must be in their ranges.
[[nodiscard]] text_signature_bytes encode_text_signature(const text_signature& from) noexcept;
[[nodiscard]] text_signature decode_text_signature(
    std::span<const std::uint8_t, text_signature_size> from) noexcept;

/// One band of encoded bytes, without the work of decoding all. `band` is below band_count.
[[nodiscard]] std::uint32_t band_at(const text_signature_bytes& from, std::size_t band) noexcept;

/// 1 after 7, as versions 1 .. 7 stand in a circle.
[[nodiscard]] constexpr std::uint8_t next_filter_version(std::uint8_t version) noexcept {
  return version == text_signature::filter_version_max ? 1 : version + 1;
}

/// True if signatures of the two filter versions may be compared: equal, or neighbours in the
/// circle 1 .. 7. 0 goes with 0 alone.
[[nodiscard]] constexpr bool near_filter_versions(std::uint8_t a, std::uint8_t b) noexcept {
  return a == b ||
         (a != 0 && b != 0 && (next_filter_version(a) == b || next_filter_version(b) == a));
}

}  // namespace repute
