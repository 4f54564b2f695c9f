// SPDX-License-Identifier: Apache-2.0
#include "repute/schema/text_signature.hpp"

#include <cassert>

namespace repute {
namespace {

constexpr std::size_t fallback_bit = text_signature::band_count * text_signature::band_bits;
constexpr std::size_t format_bit = fallback_bit + 1;
constexpr std::size_t filter_version_bit = format_bit + 2;
static_assert(filter_version_bit + 3 == 8 * text_signature_size);

// A field of `width` bits starts in the four bytes from at(bit) on, wherever it stands: the last
// four are shared by those that start in them.
constexpr std::size_t at(std::size_t bit) noexcept {
  constexpr std::size_t last = text_signature_size - sizeof(std::uint32_t);
  return bit / 8 < last ? bit / 8 : last;
}

std::uint32_t read(const std::uint8_t* from, std::size_t bit, unsigned width) noexcept {
  const std::uint32_t word = load_le<std::uint32_t>(from + at(bit));
  return (word >> (bit - 8 * at(bit))) & ((1U << width) - 1);
}

void write(std::uint8_t* to, std::size_t bit, unsigned width, std::uint32_t value) noexcept {
  assert(value >> width == 0);
  (void)width;
  const std::uint32_t word = load_le<std::uint32_t>(to + at(bit));
  store_le(to + at(bit), word | value << (bit - 8 * at(bit)));
}

}  // namespace

text_signature_bytes encode_text_signature(const text_signature& from) noexcept {
  text_signature_bytes out{};
  for (std::size_t i = 0; i < from.bands.size(); ++i) {
    write(out.data(), i * text_signature::band_bits, text_signature::band_bits, from.bands[i]);
  }
  write(out.data(), fallback_bit, 1, from.fallback ? 1 : 0);
  write(out.data(), format_bit, 2, from.format);
  write(out.data(), filter_version_bit, 3, from.filter_version);
  return out;
}

text_signature decode_text_signature(
    std::span<const std::uint8_t, text_signature_size> from) noexcept {
  text_signature out;
  for (std::size_t i = 0; i < out.bands.size(); ++i) {
    out.bands[i] = read(from.data(), i * text_signature::band_bits, text_signature::band_bits);
  }
  out.fallback = read(from.data(), fallback_bit, 1) != 0;
  out.format = static_cast<std::uint8_t>(read(from.data(), format_bit, 2));
  out.filter_version = static_cast<std::uint8_t>(read(from.data(), filter_version_bit, 3));
  return out;
}

}  // namespace repute
