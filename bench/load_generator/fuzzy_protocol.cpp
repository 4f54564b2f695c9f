// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <bit>

#include "load_generator/peer_names.hpp"
#include "load_generator/peer_protocols.hpp"

namespace repute::bench {

namespace {

// The command: u8 version, u8 command, u8 shingles, u8 flag, i32 value, u32 tag, digest.
constexpr std::size_t request_tag = 8;
constexpr std::size_t request_digest = 12;
constexpr std::size_t request_size = request_digest + digest_size;
constexpr std::uint8_t protocol_version = 4;
// The reply: i32 value, u32 flag, u32 tag, f32 probability, ...
constexpr std::size_t reply_tag = 8;
constexpr std::size_t reply_probability = 12;
constexpr std::size_t reply_size_min = 16;
constexpr std::uint32_t forbidden = 403;

}  // namespace

made_request fuzzy_protocol::make(std::uint64_t n, byte_span to) noexcept {
  const drawn_key key = draw_.draw(n, 0, held_, wide_space);
  const auto digest = fuzzy_digest(key.number);
  std::fill_n(to.begin(), request_digest, std::uint8_t{0});
  to[0] = protocol_version;
  store_le(to.data() + request_tag, static_cast<std::uint32_t>(n));
  std::copy(digest.begin(), digest.end(), to.begin() + request_digest);
  return {request_size, 1, static_cast<std::uint16_t>(key.listed ? 1 : 0)};
}

std::size_t fuzzy_protocol::judge(byte_view bytes, judged_reply& out) noexcept {
  if (bytes.size() < reply_size_min) {
    return 0;
  }
  const auto bits = load_le<std::uint32_t>(bytes.data() + reply_probability);
  const bool found = std::bit_cast<float>(bits) > 0.5F;
  out.id = load_le<std::uint32_t>(bytes.data() + reply_tag);
  out.error = !found && load_le<std::uint32_t>(bytes.data()) == forbidden;
  out.keys = out.error ? 0 : 1;
  out.listed = found ? 1 : 0;
  return bytes.size();
}

}  // namespace repute::bench
