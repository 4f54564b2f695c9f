// SPDX-License-Identifier: Apache-2.0
// Keys and values of DIR/overlay/; the page is schema/record_format.md, section 6. Pure.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "repute/schema/bytes.hpp"
#include "store/live_entry.hpp"

namespace repute::store {

inline constexpr std::uint32_t overlay_version = 2;

/// The first entry of all: what is remembered even when nothing else is left.
struct overlay_head {
  std::uint64_t last_seq = 0;
  std::uint64_t id = 0;  ///< whose numbers they are, not 0
  std::array<std::uint8_t, 2> salt_fp{};
};
inline constexpr std::array<std::uint8_t, 1> overlay_head_key{0};

[[nodiscard]] std::vector<std::uint8_t> encode_overlay_head(const overlay_head& from);
/// False: another key, another version, or damage.
[[nodiscard]] bool decode_overlay_head(byte_view key, byte_view value, overlay_head& out);

/// Its bytes sort as live_key does.
using overlay_key = std::array<std::uint8_t, 19>;
[[nodiscard]] overlay_key encode_overlay_key(const live_key& from) noexcept;
/// False if there is no such key.
[[nodiscard]] bool decode_overlay_key(byte_view key, live_key& out) noexcept;

[[nodiscard]] std::vector<std::uint8_t> encode_overlay_value(const live_entry& from);
/// False: the value is damaged, or belongs to another key.
[[nodiscard]] bool decode_overlay_entry(byte_view key, byte_view value, live_entry& out);

}  // namespace repute::store
