// SPDX-License-Identifier: Apache-2.0
#include "store/overlay_format.hpp"

#include <xxhash.h>

#include <algorithm>

#include "store/byte_cursor.hpp"

namespace repute::store {
namespace {

constexpr std::size_t checksum_size = 8;

// LMDB checks nothing that it reads.
std::uint64_t checksum(byte_view bytes) noexcept {
  return XXH3_64bits(bytes.data(), bytes.size());
}

std::vector<std::uint8_t> sealed(byte_writer& out) {
  out.number(checksum(out.bytes()));
  return std::move(out.bytes());
}

// The bytes before the checksum; empty if it is wrong.
byte_view unsealed(byte_view value) noexcept {
  if (value.size() < checksum_size) {
    return {};
  }
  const byte_view bytes = value.first(value.size() - checksum_size);
  return load_le<std::uint64_t>(value.data() + bytes.size()) == checksum(bytes) ? bytes
                                                                                : byte_view();
}

}  // namespace

std::vector<std::uint8_t> encode_overlay_head(const overlay_head& from) {
  byte_writer out;
  out.number(overlay_version);
  out.raw(byte_view(from.salt_fp));
  out.number(std::uint16_t{0});
  out.number(from.last_seq);
  out.number(from.id);
  return sealed(out);
}

bool decode_overlay_head(byte_view key, byte_view value, overlay_head& out) {
  byte_reader in(unsealed(value));
  const auto version = in.number<std::uint32_t>();
  const byte_view salt_fp = in.take(out.salt_fp.size());
  std::copy(salt_fp.begin(), salt_fp.end(), out.salt_fp.begin());
  const auto zero = in.number<std::uint16_t>();
  out.last_seq = in.number<std::uint64_t>();
  out.id = in.number<std::uint64_t>();
  return std::ranges::equal(key, overlay_head_key) && in.ok() && in.empty() && zero == 0 &&
         out.id != 0 && version == overlay_version;
}

overlay_key encode_overlay_key(const live_key& from) noexcept {
  overlay_key out{};
  out[0] = static_cast<std::uint8_t>(from.layer);
  out[1] = static_cast<std::uint8_t>(from.kind);
  std::copy(from.key.begin(), from.key.end(), out.begin() + 2);
  out.back() = from.prefix_length;
  return out;
}

bool decode_overlay_key(byte_view key, live_key& out) noexcept {
  if (key.size() != overlay_key{}.size()) {
    return false;
  }
  out.layer = static_cast<live_layer>(key[0]);
  out.kind = static_cast<kind>(key[1]);
  std::copy_n(key.begin() + 2, out.key.size(), out.key.begin());
  out.prefix_length = key.back();
  return (out.layer == live_layer::live || out.layer == live_layer::override) &&
         is_known(out.kind) && out.prefix_length <= address_bits(out.kind);
}

std::vector<std::uint8_t> encode_overlay_value(const live_entry& from) {
  byte_writer out;
  encode_live_entry(from, out);
  return sealed(out);
}

bool decode_overlay_entry(byte_view key, byte_view value, live_entry& out) {
  byte_reader in(unsealed(value));
  return decode_live_entry(in, out) && in.empty() &&
         std::ranges::equal(key, encode_overlay_key(key_of(out)));
}

}  // namespace repute::store
