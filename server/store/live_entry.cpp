// SPDX-License-Identifier: Apache-2.0
#include "store/live_entry.hpp"

#include <algorithm>
#include <cassert>
#include <span>

#include "repute/seal/digest.hpp"

namespace repute::store {
namespace {

bool in_range(const live_entry& e, std::uint8_t layer, std::uint8_t action) noexcept {
  if (e.kind == kind::text_sig && e.action == live_action::put && !signature_of(e)) {
    return false;
  }
  return layer >= 1 && layer <= 2 && action >= 1 && action <= 2 && is_known(e.kind) &&
         e.verdict <= verdict::malware && e.prefix_length <= address_bits(e.kind) && e.seq != 0 &&
         e.score >= score_min && e.score <= score_max && e.category <= category_max &&
         e.who.size() <= live_who_max && e.text.size() <= live_text_max &&
         e.reason.size() <= live_reason_max;
}

}  // namespace

std::optional<text_signature> signature_of(const live_entry& entry) noexcept {
  text_signature_bytes bytes{};
  if (!seal::from_hex(entry.text, bytes)) {
    return std::nullopt;
  }
  const text_signature out = decode_text_signature(bytes);
  // A text that is long enough has all bands of the whole text.
  const auto whole = std::span(out.bands).first(text_signature::whole_bands);
  const bool of_a_text = std::ranges::find(whole, 0U) == whole.end();
  return out.format == text_signature::this_format && of_a_text ? std::optional(out) : std::nullopt;
}

bool live_less(const live_entry& a, const live_entry& b) noexcept {
  return key_of(a) < key_of(b);
}

void encode_live_entry(const live_entry& from, byte_writer& out) {
  out.number(static_cast<std::uint8_t>(from.layer));
  out.number(static_cast<std::uint8_t>(from.action));
  out.number(static_cast<std::uint8_t>(from.kind));
  out.number(from.prefix_length);
  out.raw(byte_view(from.key));
  out.number(from.seq);
  out.number(static_cast<std::uint16_t>(from.verdict));
  out.number(static_cast<std::uint16_t>(from.score));
  out.number(from.category);
  out.number(from.cache_ttl_s);
  out.number(from.expires_unix_s);
  out.number(from.time_unix_s);
  out.text(from.who);
  out.text(from.text);
  out.text(from.reason);
}

bool decode_live_entry(byte_reader& in, live_entry& out) {
  const auto layer = in.number<std::uint8_t>();
  const auto action = in.number<std::uint8_t>();
  out.layer = static_cast<live_layer>(layer);
  out.action = static_cast<live_action>(action);
  out.kind = static_cast<kind>(in.number<std::uint8_t>());
  out.prefix_length = in.number<std::uint8_t>();
  const byte_view key = in.take(out.key.size());
  std::copy(key.begin(), key.end(), out.key.begin());
  out.seq = in.number<std::uint64_t>();
  const auto said = in.number<std::uint16_t>();
  out.verdict = static_cast<verdict>(std::min<std::uint16_t>(said, 0xff));
  out.score = static_cast<std::int16_t>(in.number<std::uint16_t>());
  out.category = in.number<std::uint16_t>();
  out.cache_ttl_s = in.number<std::uint16_t>();
  out.expires_unix_s = in.number<std::uint64_t>();
  out.time_unix_s = in.number<std::uint64_t>();
  out.who = in.text();
  out.text = in.text();
  out.reason = in.text();
  return in.ok() && in_range(out, layer, action);
}

std::vector<std::uint8_t> encode_live(const std::vector<live_entry>& entries) {
  assert(std::is_sorted(entries.begin(), entries.end(), live_less));
  byte_writer out;
  out.number(static_cast<std::uint32_t>(entries.size()));
  for (const live_entry& each : entries) {
    encode_live_entry(each, out);
  }
  return std::move(out.bytes());
}

std::optional<std::vector<live_entry>> decode_live(byte_view payload) {
  byte_reader in(payload);
  const auto count = in.number<std::uint32_t>();
  std::vector<live_entry> entries;
  for (std::uint32_t i = 0; i < count; ++i) {
    live_entry next;
    if (!decode_live_entry(in, next) || (i != 0 && !live_less(entries.back(), next))) {
      return std::nullopt;
    }
    entries.push_back(std::move(next));
  }
  const byte_view padding = in.rest();
  if (!in.ok() || std::any_of(padding.begin(), padding.end(), [](auto b) { return b != 0; })) {
    return std::nullopt;
  }
  return entries;
}

}  // namespace repute::store
