// SPDX-License-Identifier: Apache-2.0
// Constants of the wire format; the page is ../../../wire_format.md. All integers little-endian.
#pragma once

#include <cstddef>
#include <cstdint>

namespace repute::wire {

inline constexpr std::uint16_t default_port = 7060;

inline constexpr std::uint8_t magic = 0xD0;  ///< high four bits of byte 0
inline constexpr std::uint8_t major = 1;     ///< low four bits of byte 0

inline constexpr std::size_t request_size_min = 128;
inline constexpr std::size_t request_size_max = 1232;  ///< 1280 - IPv6 header - UDP header
inline constexpr std::size_t padding_unit = 64;
inline constexpr std::size_t keys_max = 64;
inline constexpr std::size_t text_signatures_max = 2;  ///< per datagram, the others are SKIPPED
inline constexpr std::size_t part_bytes_max = 1024;

/// Datagram types. Persistent numbers.
enum class type : std::uint8_t {
  query = 1,
  answer = 2,
  ping = 3,
  pong = 4,
  reject = 7,
  fetch = 8,
  part = 9,
};

/// Why a whole datagram was not answered with verdicts. Persistent numbers.
enum class rcode : std::uint8_t {
  ok = 0,
  formerr = 1,   ///< the body breaks the format
  busy = 2,      ///< waited too long here, ask another server
  refused = 3,   ///< this client may not ask this
  loading = 4,   ///< no snapshot was ever served
  toosmall = 5,  ///< pad the request so that the answer fits
  clock = 6,     ///< the session's hour is too far from the server's
  internal = 7,
};

/// Offsets in the common header.
namespace header {
inline constexpr std::size_t magic_major = 0;
inline constexpr std::size_t type = 1;
inline constexpr std::size_t flags = 2;
inline constexpr std::size_t suite_slot = 3;
inline constexpr std::size_t client_id = 4;
inline constexpr std::size_t sid = 8;
inline constexpr std::size_t mac1 = 16;
inline constexpr std::size_t req_id = 20;
inline constexpr std::size_t nonce = 28;
inline constexpr std::size_t nonce_size = 12;
inline constexpr std::size_t size = 40;
}  // namespace header

/// Offsets in the body of QUERY and PING.
namespace query {
inline constexpr std::size_t qflags = 0;
inline constexpr std::size_t nkeys = 1;
inline constexpr std::size_t deadline_ms = 2;
inline constexpr std::size_t keys = 4;
}  // namespace query

/// Offsets in the status block, the head of the body of ANSWER and PONG.
namespace status_block {
inline constexpr std::size_t rcode = 0;
inline constexpr std::size_t nkeys = 1;
inline constexpr std::size_t sflags = 2;
inline constexpr std::size_t load = 3;
inline constexpr std::size_t qdelay = 4;
inline constexpr std::size_t retry_after_ms = 6;
inline constexpr std::size_t server_id = 8;
inline constexpr std::size_t data_epoch = 12;
inline constexpr std::size_t data_seq = 16;
inline constexpr std::size_t data_age_s = 24;
inline constexpr std::size_t salt_fp = 26;
inline constexpr std::size_t generation = 28;
inline constexpr std::size_t size = 32;
}  // namespace status_block

/// Where the verdicts of a plain answer begin.
inline constexpr std::size_t answers_offset = header::size + status_block::size;
static_assert(answers_offset == 72);

inline constexpr std::uint8_t sflag_drain = 1;
inline constexpr std::uint8_t sflag_stale = 2;
inline constexpr std::uint8_t sflag_overload = 4;
inline constexpr std::uint8_t sflag_loading = 8;
inline constexpr std::uint8_t sflag_session_ends = 16;

inline constexpr std::uint16_t data_age_none = 65535;  ///< no stream configured
inline constexpr std::uint16_t data_age_max = 65534;

/// TLV types; those >= tlv_skippable may be skipped by a reader that does not know them.
inline constexpr std::uint8_t tlv_end = 0;
inline constexpr std::uint8_t tlv_skippable = 0x80;
inline constexpr std::uint8_t tlv_campaign = 0x81;
inline constexpr std::uint8_t tlv_clock = 0x82;
inline constexpr std::uint8_t tlv_snapshot = 0x83;

inline constexpr std::uint8_t reject_version = 1;
inline constexpr std::size_t reject_size = header::size + 3;

inline constexpr std::uint8_t fetch_server_list = 1;
inline constexpr std::size_t fetch_body_size = 5;  ///< u8 what, u32 offset
inline constexpr std::size_t part_head_size = 12;  ///< u32 total, u32 offset, u32 version

}  // namespace repute::wire
