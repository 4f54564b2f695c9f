// SPDX-License-Identifier: Apache-2.0
// Keys that are functions of their number: the generator knows which of them a server holds without
// storing any.
#pragma once

#include <array>
#include <cstdint>

#include "repute/schema/bytes.hpp"
#include "repute/schema/kind.hpp"

namespace repute::bench {

/// A well-mixed function of 64 bits, without collisions (splitmix64's finaliser, S. Vigna).
[[nodiscard]] constexpr std::uint64_t mixed(std::uint64_t n) noexcept {
  std::uint64_t x = n + 0x9e3779b97f4a7c15U;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9U;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebU;
  return x ^ (x >> 31);
}

/// A permutation of the 32-bit numbers: each step can be undone.
[[nodiscard]] constexpr std::uint32_t permuted32(std::uint32_t n) noexcept {
  std::uint32_t x = n + 0x9e3779b9U;
  x = (x ^ (x >> 16)) * 0x85ebca6bU;
  x = (x ^ (x >> 13)) * 0xc2b2ae35U;
  return x ^ (x >> 16);
}

/// How many made-up records of each sort a server holds: of 16 records 2 are IPv4 addresses, 1 is
/// an IPv6 address, 13 are fingerprints of whatever kind.
struct record_counts {
  std::uint64_t ip4 = 0;
  std::uint64_t ip6 = 0;
  std::uint64_t fingerprints = 0;

  [[nodiscard]] static constexpr record_counts of(std::uint64_t records) noexcept {
    const std::uint64_t ip4 = records / 16 * 2;
    const std::uint64_t ip6 = records / 16;
    return {ip4, ip6, records - ip4 - ip6};
  }
  /// Records 0 .. of(kind) - 1 are held, all higher numbers are not.
  [[nodiscard]] constexpr std::uint64_t of(kind kind) const noexcept {
    return kind == kind::ip4 ? ip4 : kind == kind::ip6 ? ip6 : fingerprints;
  }
};

/// Writes the key bytes of number `n`, key_size(kind) of them and 0 behind: IPv4 addresses are
/// pairwise different below 2^32, the others in practice for ever. IPv6 addresses lie in 2000::/4.
void write_made_up_key(kind kind, std::uint64_t n, std::uint8_t* to) noexcept;

/// The j-th key that request n asks for.
struct drawn_key {
  std::uint64_t number = 0;
  bool listed = false;
};

/// Draws key numbers: hits uniform over what is held, misses over what is not.
class key_draw {
 public:
  /// `hit_percent` is 0..100; another `seed` gives another sequence.
  key_draw(std::uint32_t hit_percent, std::uint64_t seed) noexcept
      : hit_percent_(hit_percent), seed_(mixed(seed)) {}

  /// `held` numbers are held; without any, all keys are misses. `space` is the first number that
  /// does not exist, above `held`.
  [[nodiscard]] drawn_key draw(std::uint64_t request, unsigned key, std::uint64_t held,
                               std::uint64_t space) const noexcept {
    const std::uint64_t random = mixed(seed_ + request * 64 + key);
    const bool hit = held != 0 && scaled(random >> 32, 100) < hit_percent_;
    const std::uint64_t more = mixed(random) >> 22;  // 42 bits
    return hit ? drawn_key{more % held, true} : drawn_key{held + more % (space - held), false};
  }

 private:
  // A 32-bit number to 0 .. below - 1.
  [[nodiscard]] static constexpr std::uint64_t scaled(std::uint64_t bits32,
                                                      std::uint64_t below) noexcept {
    return bits32 * below >> 32;
  }

  std::uint32_t hit_percent_;
  std::uint64_t seed_;
};

inline constexpr std::uint64_t ip4_space = std::uint64_t{1} << 32;
inline constexpr std::uint64_t wide_space = std::uint64_t{1} << 42;

}  // namespace repute::bench
