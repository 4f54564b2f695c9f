// SPDX-License-Identifier: Apache-2.0
#include "load_generator/peer_names.hpp"

#include "load_generator/made_up_keys.hpp"

namespace repute::bench {

std::array<char, hex_name_size> hex_name(std::uint64_t n) noexcept {
  constexpr std::string_view digits = "0123456789abcdef";
  std::array<std::uint8_t, fingerprint_size> bytes{};
  write_made_up_key(kind::host, n, bytes.data());
  std::array<char, hex_name_size> out{};
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    out[2 * i] = digits[bytes[i] >> 4];
    out[2 * i + 1] = digits[bytes[i] & 15];
  }
  return out;
}

std::array<std::uint8_t, 4> octets(std::uint64_t n) noexcept {
  // 124^4 has no other prime factors than 2 and 31, so this multiplier permutes the numbers.
  constexpr std::uint64_t multiplier = 146'118'769;
  static_assert(multiplier % 2 != 0 && multiplier % 31 != 0);
  std::uint64_t rest = n * multiplier % dotted_space;
  std::array<std::uint8_t, 4> out{};
  for (std::uint8_t& octet : out) {
    octet = static_cast<std::uint8_t>(100 + rest % 124);
    rest /= 124;
  }
  return out;
}

std::array<char, octets_size> dotted(const std::array<std::uint8_t, 4>& octets,
                                     bool reversed) noexcept {
  std::array<char, octets_size> out{};
  out.fill('.');
  for (std::size_t i = 0; i < octets.size(); ++i) {
    const unsigned octet = octets[reversed ? octets.size() - 1 - i : i];
    out[4 * i] = static_cast<char>('0' + octet / 100);
    out[4 * i + 1] = static_cast<char>('0' + octet / 10 % 10);
    out[4 * i + 2] = static_cast<char>('0' + octet % 10);
  }
  return out;
}

std::array<std::uint8_t, digest_size> fuzzy_digest(std::uint64_t n) noexcept {
  std::array<std::uint8_t, digest_size> out{};
  for (std::size_t i = 0; i < digest_size / 8; ++i) {
    store_le(out.data() + 8 * i, mixed(n * 8 + i + (std::uint64_t{1} << 50)));
  }
  return out;
}

}  // namespace repute::bench
