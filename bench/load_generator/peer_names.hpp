// SPDX-License-Identifier: Apache-2.0
// How record number n is called in the data and the protocols of other servers. All names of a sort
// have one length, so that requests do, too, and can leave in one UDP_SEGMENT burst.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "repute/schema/bytes.hpp"

namespace repute::bench {

inline constexpr std::size_t hex_name_size = 32;
inline constexpr std::size_t digest_size = 64;
inline constexpr std::size_t octets_size = 15;

/// Numbers that dotted() tells apart: each octet is one of 100..223.
inline constexpr std::uint64_t dotted_space = std::uint64_t{124} * 124 * 124 * 124;
inline constexpr std::string_view zone_name = "bl.test";
inline constexpr std::string_view stored_value = "abcdefgh";  ///< what key-value stores hold

/// 32 hexadecimal digits: the fingerprint of number n.
[[nodiscard]] std::array<char, hex_name_size> hex_name(std::uint64_t n) noexcept;

/// Octets of address number n < dotted_space, first to last; different for each n.
[[nodiscard]] std::array<std::uint8_t, 4> octets(std::uint64_t n) noexcept;

/// `101.202.103.204`; reversed for DNS.
[[nodiscard]] std::array<char, octets_size> dotted(const std::array<std::uint8_t, 4>& octets,
                                                   bool reversed) noexcept;

/// 64 bytes that stand for a text in rspamd's fuzzy storage (the length of its BLAKE2b digests).
[[nodiscard]] std::array<std::uint8_t, digest_size> fuzzy_digest(std::uint64_t n) noexcept;

}  // namespace repute::bench
