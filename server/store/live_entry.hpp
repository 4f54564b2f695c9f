// SPDX-License-Identifier: Apache-2.0
// What people and programs said at run time: live entries and the organisation's own overrides.
// They lie beside the tables of a snapshot, never in them; the page is schema/record_format.md.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "repute/schema/key.hpp"
#include "repute/schema/text_signature.hpp"
#include "repute/schema/verdict.hpp"
#include "store/byte_cursor.hpp"

namespace repute::store {

/// Persistent numbers. An override wins over a live entry, and both over the tables.
enum class live_layer : std::uint8_t { live = 1, override = 2 };

/// Persistent numbers. Removing a live entry also hides the feeds' rows of the same key; removing
/// an override takes away the override alone.
enum class live_action : std::uint8_t { put = 1, remove = 2 };

inline constexpr std::size_t live_who_max = 128;      ///< bytes
inline constexpr std::size_t live_text_max = 8192;    ///< bytes
inline constexpr std::size_t live_reason_max = 1024;  ///< bytes

/// What an entry is about; the order of entries in a snapshot and in an overlay.
struct live_key {
  live_layer layer = live_layer::live;
  repute::kind kind{};
  fingerprint key{};               ///< IP4: address in the first 4 bytes, the others 0
  std::uint8_t prefix_length = 0;  ///< IP4, IP6: 0..32, 0..128; other kinds 0

  auto operator<=>(const live_key&) const = default;
};

/// Bits of a whole address; 0 for kinds other than addresses.
[[nodiscard]] constexpr std::uint8_t address_bits(kind kind) noexcept {
  return is_ip(kind) ? static_cast<std::uint8_t>(key_size(kind) * 8) : std::uint8_t{0};
}
/// Bytes of a live_key's `key` that count.
[[nodiscard]] constexpr std::size_t live_key_size(kind kind) noexcept {
  return kind == kind::ip4 ? key_size(kind) : fingerprint_size;
}
/// True for an address with a prefix that holds more than one address.
[[nodiscard]] constexpr bool is_network(const live_key& key) noexcept {
  return key.prefix_length < address_bits(key.kind);
}

/// What is said about one key in one layer, by the greatest `seq`.
struct live_entry {
  live_layer layer = live_layer::live;
  live_action action = live_action::put;
  repute::kind kind{};
  std::uint8_t prefix_length = 0;  ///< IP4, IP6: 0..32, 0..128; other kinds 0
  /// IP4: address in the first 4 bytes, the others 0. TEXT_SIG: a digest of signature and `who`,
  /// so that each reporter has a word of his own.
  fingerprint key{};
  std::uint64_t seq = 0;      ///< order of all changes of a database, from 1
  repute::verdict verdict{};  ///< an override may say `none`: not listed
  std::int16_t score = 0;
  std::uint16_t category = 0;
  std::uint16_t cache_ttl_s = 60;
  std::uint64_t expires_unix_s = 0;  ///< 0 = never
  std::uint64_t time_unix_s = 0;     ///< when it was said
  std::string who;
  std::string text;  ///< the key as it was given; of a URL its canonical form
  std::string reason;

  bool operator==(const live_entry&) const = default;
};

[[nodiscard]] inline live_key key_of(const live_entry& entry) noexcept {
  return {entry.layer, entry.kind, entry.key, entry.prefix_length};
}
/// False from the second of its expiry on.
[[nodiscard]] inline bool in_force(const live_entry& entry, std::uint64_t now_unix_s) noexcept {
  return entry.expires_unix_s == 0 || now_unix_s < entry.expires_unix_s;
}

/// The signature that an entry about a text (kind TEXT_SIG) has as its `text`, in hexadecimal.
/// Nothing if it is none of this format.
[[nodiscard]] std::optional<text_signature> signature_of(const live_entry& entry) noexcept;

/// Order of entries in a snapshot: layer, kind, key, prefix length. One entry for each.
[[nodiscard]] bool live_less(const live_entry& a, const live_entry& b) noexcept;

void encode_live_entry(const live_entry& from, byte_writer& out);
/// Pure. False: cut short, or a value out of its range.
[[nodiscard]] bool decode_live_entry(byte_reader& in, live_entry& out);

/// Payload of the part `live`; `entries` are sorted by live_less.
[[nodiscard]] std::vector<std::uint8_t> encode_live(const std::vector<live_entry>& entries);
/// Nothing if the payload breaks the format or its order; trailing zero padding is allowed.
[[nodiscard]] std::optional<std::vector<live_entry>> decode_live(byte_view payload);

}  // namespace repute::store
