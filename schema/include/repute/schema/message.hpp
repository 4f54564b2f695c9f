// SPDX-License-Identifier: Apache-2.0
// Datagrams to structs and back; the page is ../../../wire_format.md.
// Every decoder is a pure function: no heap, no clock, no exception, bounded by 1232 bytes.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "repute/schema/bytes.hpp"
#include "repute/schema/key.hpp"
#include "repute/schema/verdict.hpp"
#include "repute/schema/wire.hpp"

namespace repute::wire {

/// The common header, 40 bytes. Suite 0 is plain; then slot, client_id, sid and mac1 mean nothing
/// and are written as zero. The flags byte is always written as zero and has no field here.
struct packet_header {
  wire::type type = wire::type::query;
  std::uint8_t suite = 0;  ///< 0 plain, 1 AES-128-GCM, 2 ChaCha20-Poly1305
  std::uint8_t slot = 0;   ///< master-key slot, 0..15
  std::uint32_t client_id = 0;
  std::uint64_t sid = 0;
  std::uint32_t mac1 = 0;
  std::uint64_t req_id = 0;
  std::array<std::uint8_t, header::nonce_size> nonce{};

  bool operator==(const packet_header&) const = default;
};

/// What to do with a datagram after a look at its header.
enum class header_check : std::uint8_t {
  ok,
  bad_size,      ///< outside 128..1232 (requests) or below its type's minimum (replies): drop
  bad_magic,     ///< not ours: drop
  other_major,   ///< ours, another major version: REJECT(VERSION), rate-limited
  unknown_type,  ///< not a request (or not a reply): drop
  bad_plain,     ///< a request of suite 0 with flags, client_id, sid or mac1 not zero: drop
};

/// Reads the header of a request (QUERY, PING, FETCH). Any other type gives `unknown_type` in every
/// major version, so that two servers can never talk to each other. `out` is filled for `ok`,
/// `other_major` (type and req_id serve the REJECT) and `bad_plain`, untouched otherwise. A suite
/// that is not 0 is left to the caller.
[[nodiscard]] header_check decode_request_header(byte_view datagram, packet_header& out) noexcept;

/// Reads the header of a reply (ANSWER, PONG, REJECT, PART) of 43..1232 bytes; a REJECT of any
/// major version. `out` is filled for `ok` only. Comparing req_id, suite and the sender is left to
/// the caller.
[[nodiscard]] header_check decode_reply_header(byte_view datagram, packet_header& out) noexcept;

/// Writes header::size bytes at `to`.
void encode_header(const packet_header& from, std::uint8_t* to) noexcept;

/// True for the IPv6 forms of IPv4 addresses: v4-mapped ::ffff:0:0/96 and NAT64 64:ff9b::/96. As
/// IP6 such a key could never match the address that it means. `address` has 16 bytes.
[[nodiscard]] bool is_v4_form(const std::uint8_t* address) noexcept;

/// A key inside a received datagram; valid as long as the datagram.
struct key_view {
  repute::kind kind{};  ///< may be a number that this version does not know
  byte_view bytes;

  /// True if the kind is known, the length is right for it and an IP6 key is not an IPv4 address.
  [[nodiscard]] bool well_formed() const noexcept {
    return is_known(kind) && bytes.size() == key_size(kind) &&
           (kind != repute::kind::ip6 || !is_v4_form(bytes.data()));
  }
};

/// Body of QUERY and PING.
struct query_view {
  std::uint16_t deadline_ms = 0;  ///< 0: no deadline told
  std::uint8_t key_count = 0;
  std::array<key_view, keys_max> storage;

  [[nodiscard]] std::span<const key_view> keys() const noexcept {
    return {storage.data(), key_count};
  }
};

/// Reads the body that follows the header of a QUERY or PING. False means FORMERR: no keys in a
/// QUERY, more than 64, a PING with other than 0 or 2 keys, a key or TLV beyond the end, an unknown
/// TLV below 0x80. Then `out` has no keys, and the deadline if the body is long enough for one.
/// Unknown kinds and wrong key lengths are left to the caller, key by key.
[[nodiscard]] bool decode_query(wire::type type, byte_view body, query_view& out) noexcept;

/// Deadline told in a request body without parsing its keys; 0 if the body is too short.
[[nodiscard]] std::uint16_t peek_deadline_ms(byte_view body) noexcept;

/// Bytes of a plain request for these keys, padding included: a multiple of 64, at least 128 and at
/// least 88 + 8n, so that the answer fits in every mode; nothing if it would exceed 1232 bytes or
/// there are more than 64 keys.
[[nodiscard]] std::optional<std::size_t> request_size(std::span<const key> keys) noexcept;

/// Writes a plain QUERY (or PING) and returns its size, 0 if request_size() gives nothing, `to` is
/// shorter than it, or the number of keys is not allowed for the type (see decode_query). All
/// padding is zero.
[[nodiscard]] std::size_t encode_request(wire::type type, std::uint64_t req_id,
                                         std::uint16_t deadline_ms, std::span<const key> keys,
                                         byte_span to) noexcept;

/// The server's state, in every ANSWER and PONG.
struct server_status {
  wire::rcode rcode = wire::rcode::ok;
  std::uint8_t key_count = 0;
  std::uint8_t sflags = 0;
  std::uint8_t load = 0;          ///< busy fraction of the worker, 255 = all
  std::uint16_t qdelay_10us = 0;  ///< queue delay in units of 10 us
  std::uint16_t retry_after_ms = 0;
  std::uint32_t server_id = 0;
  std::uint32_t data_epoch = 0;
  std::uint64_t data_seq = 0;
  std::uint16_t data_age_s = data_age_none;
  std::array<std::uint8_t, 2> salt_fp{};
  std::uint32_t generation = 0;

  bool operator==(const server_status&) const = default;
};

/// Reply under construction. Its capacity is the length of the request it answers: no code path can
/// write a reply longer than its question.
class reply_buffer {
 public:
  reply_buffer(byte_span storage, std::size_t request_bytes) noexcept
      : storage_(storage.first(std::min(storage.size(), request_bytes))) {}

  [[nodiscard]] std::size_t capacity() const noexcept { return storage_.size(); }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] byte_view bytes() const noexcept { return storage_.first(size_); }

  /// The next `count` bytes, to be filled by the caller, or null if they do not fit.
  [[nodiscard]] std::uint8_t* extend(std::size_t count) noexcept {
    if (count > storage_.size() - size_) {
      return nullptr;
    }
    std::uint8_t* at = storage_.data() + size_;
    size_ += count;
    return at;
  }

 private:
  byte_span storage_;
  std::size_t size_ = 0;
};

/// What a PONG tells of the snapshot in force.
struct snapshot_tlv {
  std::uint32_t age_minutes = 0;
  std::uint32_t kilo_keys = 0;

  bool operator==(const snapshot_tlv&) const = default;
};

/// What may follow the answers.
struct answer_tlvs {
  std::optional<snapshot_tlv> snapshot;   ///< in a PONG
  std::optional<std::uint64_t> clock_ms;  ///< with CLOCK: the server's time since 1970
};

/// Writes ANSWER or PONG: header, status block, answers (only with rcode OK), those TLVs that fit,
/// zero padding to a multiple of 64 where that stays within the request. If the answers do not fit
/// the rcode becomes TOOSMALL. `reply` must be empty and at least 72 bytes. The header names the
/// session of a sealed request; its nonce is left to who seals the reply. The status block's
/// key_count is written as given (the request's, or 0 if the request was not parsed); with rcode OK
/// it must be the number of answers.
void encode_answer_packet(const packet_header& request, const server_status& status,
                          std::span<const answer> answers, const answer_tlvs& tlvs,
                          reply_buffer& reply) noexcept;

/// Writes REJECT(VERSION, min, max): header and 3 bytes, plain whatever the request was.
void encode_reject_version(const packet_header& request, reply_buffer& reply) noexcept;

/// Body of ANSWER and PONG.
struct answer_view {
  server_status status;
  std::uint8_t answer_count = 0;  ///< 0 unless rcode is OK
  std::array<answer, keys_max> storage;
  std::optional<snapshot_tlv> snapshot;
  std::optional<std::uint64_t> clock_ms;

  [[nodiscard]] std::span<const answer> answers() const noexcept {
    return {storage.data(), answer_count};
  }
};

/// Reads the body of an ANSWER or PONG. False: too short for its own counts, an unknown rcode, more
/// than 64 keys, or a malformed TLV; then `out` has no answers and no snapshot.
[[nodiscard]] bool decode_answer_packet(byte_view body, answer_view& out) noexcept;

/// FETCH body: {u8 what, u32 offset}; PART body: {u32 total, u32 offset, u32 version, bytes}. The
/// bytes of a PART reach to the end of the datagram, which is therefore never padded.
struct fetch_request {
  std::uint8_t what = 0;
  std::uint32_t offset = 0;

  bool operator==(const fetch_request&) const = default;
};
struct part_view {
  std::uint32_t total = 0;    ///< bytes of the whole document, 0 = there is none
  std::uint32_t offset = 0;   ///< of `bytes` in the document; echoes the FETCH
  std::uint32_t version = 0;  ///< of the document
  byte_view bytes;            ///< empty if, and only if, offset >= total
};

[[nodiscard]] bool decode_fetch(byte_view body, fetch_request& out) noexcept;
/// Writes a FETCH that fills `to`, of 128 to 1232 bytes: the piece that comes back is no longer.
/// Returns its size, 0 if `to` is too short.
[[nodiscard]] std::size_t encode_fetch(std::uint64_t req_id, const fetch_request& fetch,
                                       byte_span to) noexcept;
/// False if it carries more than 1024 bytes, bytes beyond the total, or none although some are left
/// at this offset (a client would ask for it for ever).
[[nodiscard]] bool decode_part(byte_view body, part_view& out) noexcept;
/// `part.bytes` beyond 1024 or beyond the reply's capacity are not sent; the client asks on from
/// where they end.
void encode_part(const packet_header& request, const part_view& part, reply_buffer& reply) noexcept;

/// Body of REJECT. Hint for people and logs only: it is not authenticated and fails no lookup.
struct reject_view {
  std::uint8_t code = 0;
  std::uint8_t major_min = 0;
  std::uint8_t major_max = 0;
};
[[nodiscard]] bool decode_reject(byte_view body, reject_view& out) noexcept;

}  // namespace repute::wire
