// SPDX-License-Identifier: Apache-2.0
#include "repute/schema/message.hpp"

#include <algorithm>
#include <cassert>
#include <cstring>

namespace repute::wire {

namespace {

// Bounded cursor with a sticky error: reads beyond the end give nothing, and ok() tells once.
class reader {
 public:
  explicit reader(byte_view from) noexcept : rest_(from) {}

  [[nodiscard]] bool ok() const noexcept { return ok_; }
  [[nodiscard]] bool at_end() const noexcept { return rest_.empty(); }

  byte_view take(std::size_t count) noexcept {
    if (count > rest_.size()) {
      ok_ = false;
      rest_ = {};
      return {};
    }
    const byte_view taken = rest_.first(count);
    rest_ = rest_.subspan(count);
    return taken;
  }

  std::uint8_t u8() noexcept {
    const byte_view byte = take(1);
    return byte.empty() ? std::uint8_t{0} : byte[0];
  }

 private:
  byte_view rest_;
  bool ok_ = true;
};

// Walks TLVs to the end of the body or to type 0; whatever follows type 0 is padding. `take_known`
// gets type and value and tells `true` unless it knows the type and finds the value wrong.
template <class TakeKnown>
bool read_tlvs(reader from, TakeKnown take_known) noexcept {
  while (!from.at_end()) {
    const std::uint8_t number = from.u8();
    if (number == tlv_end) {
      return true;
    }
    const byte_view value = from.take(from.u8());
    if (!from.ok() || number < tlv_skippable || !take_known(number, value)) {
      return false;
    }
  }
  return true;
}

constexpr std::size_t round_up(std::size_t size) noexcept {
  return (size + padding_unit - 1) / padding_unit * padding_unit;
}

bool is_request(std::uint8_t number) noexcept {
  const auto value = static_cast<type>(number);
  return value == type::query || value == type::ping || value == type::fetch;
}

// Smallest reply of a type, 0 for numbers that are no reply.
std::size_t reply_size_min(std::uint8_t number) noexcept {
  switch (static_cast<type>(number)) {
    case type::answer:
    case type::pong:
      return answers_offset;
    case type::part:
      return header::size + part_head_size;
    case type::reject:
      return reject_size;
    default:
      return 0;
  }
}

// `from` has header::size bytes.
packet_header read_header(const std::uint8_t* from) noexcept {
  packet_header out;
  out.type = static_cast<type>(from[header::type]);
  out.suite = from[header::suite_slot] >> 4;
  out.slot = from[header::suite_slot] & 15;
  out.client_id = load_le<std::uint32_t>(from + header::client_id);
  out.sid = load_le<std::uint64_t>(from + header::sid);
  out.mac1 = load_le<std::uint32_t>(from + header::mac1);
  out.req_id = load_le<std::uint64_t>(from + header::req_id);
  std::memcpy(out.nonce.data(), from + header::nonce, out.nonce.size());
  return out;
}

constexpr std::uint8_t major_of(std::uint8_t first) noexcept {
  return first & 0x0F;
}
constexpr bool is_ours(std::uint8_t first) noexcept {
  return (first & 0xF0) == magic;
}

bool plain_fields_are_zero(const packet_header& from, std::uint8_t flags) noexcept {
  return flags == 0 && from.client_id == 0 && from.sid == 0 && from.mac1 == 0;
}

packet_header reply_to(const packet_header& request, type reply_type) noexcept {
  packet_header out;
  out.type = reply_type;
  out.req_id = request.req_id;
  if (request.suite != 0 && reply_type != type::reject) {
    out.suite = request.suite;
    out.slot = request.slot;
    out.client_id = request.client_id;
    out.sid = request.sid;
  }
  return out;
}

bool key_count_allowed(type of, std::size_t count) noexcept {
  if (of == type::ping) {
    return count == 0 || count == 2;
  }
  return count >= 1 && count <= keys_max;
}

void write_status(const server_status& from, std::uint8_t* to) noexcept {
  to[status_block::rcode] = static_cast<std::uint8_t>(from.rcode);
  to[status_block::nkeys] = from.key_count;
  to[status_block::sflags] = from.sflags;
  to[status_block::load] = from.load;
  store_le(to + status_block::qdelay, from.qdelay_10us);
  store_le(to + status_block::retry_after_ms, from.retry_after_ms);
  store_le(to + status_block::server_id, from.server_id);
  store_le(to + status_block::data_epoch, from.data_epoch);
  store_le(to + status_block::data_seq, from.data_seq);
  store_le(to + status_block::data_age_s, from.data_age_s);
  std::memcpy(to + status_block::salt_fp, from.salt_fp.data(), from.salt_fp.size());
  store_le(to + status_block::generation, from.generation);
}

server_status read_status(const std::uint8_t* from) noexcept {
  server_status out;
  out.rcode = static_cast<rcode>(from[status_block::rcode]);
  out.key_count = from[status_block::nkeys];
  out.sflags = from[status_block::sflags];
  out.load = from[status_block::load];
  out.qdelay_10us = load_le<std::uint16_t>(from + status_block::qdelay);
  out.retry_after_ms = load_le<std::uint16_t>(from + status_block::retry_after_ms);
  out.server_id = load_le<std::uint32_t>(from + status_block::server_id);
  out.data_epoch = load_le<std::uint32_t>(from + status_block::data_epoch);
  out.data_seq = load_le<std::uint64_t>(from + status_block::data_seq);
  out.data_age_s = load_le<std::uint16_t>(from + status_block::data_age_s);
  std::memcpy(out.salt_fp.data(), from + status_block::salt_fp, out.salt_fp.size());
  out.generation = load_le<std::uint32_t>(from + status_block::generation);
  return out;
}

constexpr std::size_t snapshot_tlv_size = 8;

// Optional by nature (type >= 0x80), so a full reply goes without it.
void append_snapshot(const snapshot_tlv& from, reply_buffer& reply) noexcept {
  std::uint8_t* to = reply.extend(2 + snapshot_tlv_size);
  if (to == nullptr) {
    return;
  }
  to[0] = tlv_snapshot;
  to[1] = snapshot_tlv_size;
  store_le(to + 2, from.age_minutes);
  store_le(to + 6, from.kilo_keys);
}

bool read_snapshot(byte_view value, std::optional<snapshot_tlv>& out) noexcept {
  if (value.size() != snapshot_tlv_size) {
    return false;
  }
  out = {load_le<std::uint32_t>(value.data()), load_le<std::uint32_t>(value.data() + 4)};
  return true;
}

void append_clock(std::uint64_t unix_ms, reply_buffer& reply) noexcept {
  if (std::uint8_t* to = reply.extend(2 + sizeof unix_ms); to != nullptr) {
    to[0] = tlv_clock;
    to[1] = sizeof unix_ms;
    store_le(to + 2, unix_ms);
  }
}

bool read_clock(byte_view value, std::optional<std::uint64_t>& out) noexcept {
  if (value.size() != sizeof(std::uint64_t)) {
    return false;
  }
  out = load_le<std::uint64_t>(value.data());
  return true;
}

// Zeros up to the next multiple of 64; a reply whose request is too short for that stays unpadded.
void append_padding(reply_buffer& reply) noexcept {
  const std::size_t padding = round_up(reply.size()) - reply.size();
  if (std::uint8_t* to = reply.extend(padding); to != nullptr) {
    std::memset(to, 0, padding);
  }
}

}  // namespace

header_check decode_request_header(byte_view datagram, packet_header& out) noexcept {
  if (datagram.size() < request_size_min || datagram.size() > request_size_max) {
    return header_check::bad_size;
  }
  const std::uint8_t first = datagram[header::magic_major];
  if (!is_ours(first)) {
    return header_check::bad_magic;
  }
  if (!is_request(datagram[header::type])) {
    return header_check::unknown_type;
  }
  out = read_header(datagram.data());
  if (major_of(first) != major) {
    return header_check::other_major;
  }
  if (out.suite == 0 && !plain_fields_are_zero(out, datagram[header::flags])) {
    return header_check::bad_plain;
  }
  return header_check::ok;
}

header_check decode_reply_header(byte_view datagram, packet_header& out) noexcept {
  if (datagram.size() < reject_size || datagram.size() > request_size_max) {
    return header_check::bad_size;
  }
  const std::uint8_t first = datagram[header::magic_major];
  if (!is_ours(first)) {
    return header_check::bad_magic;
  }
  const std::uint8_t number = datagram[header::type];
  // REJECT has one layout in every major version: it is how a server of another one says so.
  if (major_of(first) != major && static_cast<type>(number) != type::reject) {
    return header_check::other_major;
  }
  const std::size_t size_min = reply_size_min(number);
  if (size_min == 0) {
    return header_check::unknown_type;
  }
  if (datagram.size() < size_min) {
    return header_check::bad_size;
  }
  out = read_header(datagram.data());
  return header_check::ok;
}

void encode_header(const packet_header& from, std::uint8_t* to) noexcept {
  assert(from.suite < 16 && from.slot < 16);
  to[header::magic_major] = magic | major;
  to[header::type] = static_cast<std::uint8_t>(from.type);
  to[header::flags] = 0;
  to[header::suite_slot] = static_cast<std::uint8_t>(from.suite << 4 | from.slot);
  store_le(to + header::client_id, from.client_id);
  store_le(to + header::sid, from.sid);
  store_le(to + header::mac1, from.mac1);
  store_le(to + header::req_id, from.req_id);
  std::memcpy(to + header::nonce, from.nonce.data(), from.nonce.size());
}

bool is_v4_form(const std::uint8_t* address) noexcept {
  constexpr std::array<std::uint8_t, 12> mapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  constexpr std::array<std::uint8_t, 12> nat64{0, 0x64, 0xff, 0x9b};
  return std::equal(mapped.begin(), mapped.end(), address) ||
         std::equal(nat64.begin(), nat64.end(), address);
}

bool decode_query(type type, byte_view body, query_view& out) noexcept {
  out.key_count = 0;
  out.deadline_ms = peek_deadline_ms(body);
  if (body.size() < query::keys || !key_count_allowed(type, body[query::nkeys])) {
    return false;
  }
  reader from(body.subspan(query::keys));
  const std::uint8_t count = body[query::nkeys];
  for (std::size_t i = 0; i < count; ++i) {
    const auto number = from.u8();
    out.storage[i] = {static_cast<kind>(number), from.take(from.u8())};
  }
  const auto skip = [](std::uint8_t, byte_view) noexcept { return true; };
  if (!from.ok() || !read_tlvs(from, skip)) {
    return false;
  }
  out.key_count = count;
  return true;
}

std::uint16_t peek_deadline_ms(byte_view body) noexcept {
  return body.size() < query::keys ? std::uint16_t{0}
                                   : load_le<std::uint16_t>(body.data() + query::deadline_ms);
}

std::optional<std::size_t> request_size(std::span<const key> keys) noexcept {
  if (keys.size() > keys_max) {
    return std::nullopt;
  }
  std::size_t size = header::size + query::keys;
  for (const key& item : keys) {
    size += 2 + item.bytes().size();
  }
  constexpr std::size_t seal_tag_size = 16;
  const std::size_t answer = answers_offset + seal_tag_size + answer_size * keys.size();
  size = round_up(std::max({size, answer, request_size_min}));
  return size <= request_size_max ? std::optional(size) : std::nullopt;
}

std::size_t encode_request(type type, std::uint64_t req_id, std::uint16_t deadline_ms,
                           std::span<const key> keys, byte_span to) noexcept {
  assert(is_request(static_cast<std::uint8_t>(type)) && type != type::fetch);
  const auto size = request_size(keys);
  if (!size || to.size() < *size || !key_count_allowed(type, keys.size())) {
    return 0;
  }
  std::fill_n(to.begin(), *size, std::uint8_t{0});
  packet_header head;
  head.type = type;
  head.req_id = req_id;
  encode_header(head, to.data());
  std::uint8_t* at = to.data() + header::size;
  at[query::nkeys] = static_cast<std::uint8_t>(keys.size());
  store_le(at + query::deadline_ms, deadline_ms);
  at += query::keys;
  for (const key& item : keys) {
    const byte_view bytes = item.bytes();
    *at++ = static_cast<std::uint8_t>(item.kind());
    *at++ = static_cast<std::uint8_t>(bytes.size());
    at = std::copy(bytes.begin(), bytes.end(), at);
  }
  assert(at <= to.data() + *size);
  return *size;
}

void encode_answer_packet(const packet_header& request, const server_status& status,
                          std::span<const answer> answers, const answer_tlvs& tlvs,
                          reply_buffer& reply) noexcept {
  assert(reply.size() == 0 && reply.capacity() >= answers_offset);
  assert(status.rcode != rcode::ok || answers.size() == status.key_count);
  server_status block = status;
  std::size_t answer_bytes = block.rcode == rcode::ok ? answers.size() * answer_size : 0;
  if (answers_offset + answer_bytes > reply.capacity()) {
    block.rcode = rcode::toosmall;
    answer_bytes = 0;
  }
  std::uint8_t* at = reply.extend(answers_offset + answer_bytes);
  const bool is_ping = request.type == type::ping;
  encode_header(reply_to(request, is_ping ? type::pong : type::answer), at);
  write_status(block, at + header::size);
  for (std::size_t i = 0; i < answer_bytes / answer_size; ++i) {
    encode_answer(answers[i], at + answers_offset + i * answer_size);
  }
  if (tlvs.snapshot && block.rcode != rcode::toosmall) {
    append_snapshot(*tlvs.snapshot, reply);
  }
  if (tlvs.clock_ms) {
    append_clock(*tlvs.clock_ms, reply);
  }
  append_padding(reply);
}

void encode_reject_version(const packet_header& request, reply_buffer& reply) noexcept {
  assert(reply.size() == 0 && reply.capacity() >= reject_size);
  std::uint8_t* at = reply.extend(reject_size);
  encode_header(reply_to(request, type::reject), at);
  at[header::size] = reject_version;
  at[header::size + 1] = major;
  at[header::size + 2] = major;
}

bool decode_answer_packet(byte_view body, answer_view& out) noexcept {
  out.answer_count = 0;
  out.snapshot.reset();
  out.clock_ms.reset();
  if (body.size() < status_block::size) {
    return false;
  }
  out.status = read_status(body.data());
  if (out.status.rcode > rcode::internal || out.status.key_count > keys_max) {
    return false;
  }
  const std::uint8_t count = out.status.rcode == rcode::ok ? out.status.key_count : std::uint8_t{0};
  reader from(body.subspan(status_block::size));
  const byte_view answers = from.take(count * answer_size);
  answer_tlvs tlvs;
  const auto take_known = [&tlvs](std::uint8_t number, byte_view value) noexcept {
    return number == tlv_snapshot ? read_snapshot(value, tlvs.snapshot)
           : number == tlv_clock  ? read_clock(value, tlvs.clock_ms)
                                  : true;
  };
  if (!from.ok() || !read_tlvs(from, take_known)) {
    return false;
  }
  for (std::size_t i = 0; i < count; ++i) {
    out.storage[i] = decode_answer(answers.data() + i * answer_size);
  }
  out.answer_count = count;
  out.snapshot = tlvs.snapshot;
  out.clock_ms = tlvs.clock_ms;
  return true;
}

bool decode_fetch(byte_view body, fetch_request& out) noexcept {
  if (body.size() < fetch_body_size) {
    return false;
  }
  out = {body[0], load_le<std::uint32_t>(body.data() + 1)};
  return true;
}

std::size_t encode_fetch(std::uint64_t req_id, const fetch_request& fetch, byte_span to) noexcept {
  if (to.size() < request_size_min) {
    return 0;
  }
  const byte_span datagram = to.first(std::min(to.size(), request_size_max));
  std::ranges::fill(datagram, std::uint8_t{0});
  packet_header head;
  head.type = type::fetch;
  head.req_id = req_id;
  encode_header(head, to.data());
  to[header::size] = fetch.what;
  store_le(to.data() + header::size + 1, fetch.offset);
  return datagram.size();
}

bool decode_part(byte_view body, part_view& out) noexcept {
  if (body.size() < part_head_size || body.size() > part_head_size + part_bytes_max) {
    return false;
  }
  const std::uint8_t* from = body.data();
  out = {load_le<std::uint32_t>(from), load_le<std::uint32_t>(from + 4),
         load_le<std::uint32_t>(from + 8), body.subspan(part_head_size)};
  // No bytes where some are left would let a client ask for the same offset for ever.
  const std::uint32_t left = out.offset < out.total ? out.total - out.offset : 0;
  return out.bytes.size() <= left && out.bytes.empty() == (left == 0);
}

void encode_part(const packet_header& request, const part_view& part,
                 reply_buffer& reply) noexcept {
  constexpr std::size_t fixed = header::size + part_head_size;
  assert(reply.size() == 0 && reply.capacity() >= fixed);
  const std::size_t count = std::min({part.bytes.size(), part_bytes_max, reply.capacity() - fixed});
  std::uint8_t* at = reply.extend(fixed + count);
  encode_header(reply_to(request, type::part), at);
  at += header::size;
  store_le(at, part.total);
  store_le(at + 4, part.offset);
  store_le(at + 8, part.version);
  std::copy_n(part.bytes.begin(), count, at + part_head_size);
}

bool decode_reject(byte_view body, reject_view& out) noexcept {
  if (body.size() < reject_size - header::size) {
    return false;
  }
  out = {body[0], body[1], body[2]};
  return true;
}

}  // namespace repute::wire
