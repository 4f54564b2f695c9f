// SPDX-License-Identifier: Apache-2.0
// SipHash-2-4 (J.-P. Aumasson, D. J. Bernstein, "SipHash: a fast short-input PRF", 2012). Written
// out here since OpenSSL's takes half a microsecond to set up for each text, and a word takes 15
// ns.
#pragma once

#include <bit>
#include <cstdint>
#include <string_view>

#include "repute/schema/bytes.hpp"

namespace repute::textsig {

/// 16 secret bytes as two little-endian numbers.
struct siphash_key {
  std::uint64_t low = 0;
  std::uint64_t high = 0;
};

class siphash {
 public:
  explicit siphash(const siphash_key& key) noexcept
      : v0_(key.low ^ 0x736f6d6570736575),
        v1_(key.high ^ 0x646f72616e646f6d),
        v2_(key.low ^ 0x6c7967656e657261),
        v3_(key.high ^ 0x7465646279746573) {}

  /// Of the whole text, as a little-endian number. The object's state is used up.
  [[nodiscard]] std::uint64_t operator()(std::string_view text) && noexcept {
    const auto* at = reinterpret_cast<const std::uint8_t*>(text.data());
    const std::size_t tail = text.size() % 8;
    for (const auto* const end = at + (text.size() - tail); at != end; at += 8) {
      compress(load_le<std::uint64_t>(at));
    }
    std::uint64_t last = static_cast<std::uint64_t>(text.size()) << 56;
    for (std::size_t i = 0; i < tail; ++i) {
      last |= std::uint64_t{at[i]} << (8 * i);
    }
    compress(last);
    v2_ ^= 0xff;
    for (int i = 0; i < 4; ++i) {
      round();
    }
    return v0_ ^ v1_ ^ v2_ ^ v3_;
  }

 private:
  void compress(std::uint64_t word) noexcept {
    v3_ ^= word;
    round();
    round();
    v0_ ^= word;
  }
  void round() noexcept {
    v0_ += v1_;
    v2_ += v3_;
    v1_ = std::rotl(v1_, 13) ^ v0_;
    v3_ = std::rotl(v3_, 16) ^ v2_;
    v0_ = std::rotl(v0_, 32) + v3_;
    v2_ += v1_;
    v3_ = std::rotl(v3_, 21) ^ v0_;
    v1_ = std::rotl(v1_, 17) ^ v2_;
    v2_ = std::rotl(v2_, 32);
  }

  std::uint64_t v0_;
  std::uint64_t v1_;
  std::uint64_t v2_;
  std::uint64_t v3_;
};

}  // namespace repute::textsig
