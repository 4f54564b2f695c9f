// SPDX-License-Identifier: Apache-2.0
#include "load_generator/sealed_protocol.hpp"

#include <algorithm>

#include "repute/schema/message.hpp"

namespace repute::bench {

namespace {

using role = seal::packet_cipher::role;

constexpr std::uint64_t captured = 64;  // good ones, before spoilt ones

std::uint64_t new_sid(std::uint64_t unix_s) {
  std::array<std::uint8_t, 8> sid{};
  seal::fill_random(sid);
  store_le(sid.data(), seal::hour_of(unix_s));
  return load_le<std::uint64_t>(sid.data());
}

}  // namespace

sealed_protocol::sealed_protocol(repute_workload workload, const seal::credentials& by,
                                 std::uint64_t unix_s, spoilt wrong)
    : plain_(std::move(workload)),
      by_(by),
      unix_ns_(unix_s * 1'000'000'000),
      sid_(new_sid(unix_s)),
      wrong_(wrong),
      nonces_(1),
      seals_(role::seals, by.suite,
             seal::derive_session_keys(by.keys.psk, sid_, by.suite).to_server),
      opens_(role::opens, by.suite,
             seal::derive_session_keys(by.keys.psk, sid_, by.suite).to_client) {}

made_request sealed_protocol::make_plain(std::uint64_t n, byte_span to) noexcept {
  if (wrong_ == spoilt::no) {
    return plain_.make(n, to);
  }
  if (repeated_.bytes == 0) {
    repeated_ = plain_.make(n, repeated_bytes_);
  }
  std::copy_n(repeated_bytes_.begin(), repeated_.bytes, to.begin());
  return repeated_;
}

made_request sealed_protocol::make(std::uint64_t n, byte_span to) noexcept {
  made_request out = make_plain(n, to);
  if (out.bytes == 0) {
    return out;
  }
  out.bytes += seal::tag_size;
  wire::packet_header header;
  header.req_id = n;
  header.suite = static_cast<std::uint8_t>(by_.suite);
  header.slot = by_.slot;
  header.client_id = by_.client_id;
  header.sid = sid_;
  header.nonce = nonces_.next(unix_ns_);
  wire::encode_header(header, to.data());
  // Who has seen nothing guesses.
  header.mac1 =
      wrong_ == spoilt::mac ? load_le<std::uint32_t>(header.nonce.data()) : mac_(by_.keys.mac, to);
  wire::encode_header(header, to.data());
  // Who captures headers does so from a session that the server knows.
  const bool good = wrong_ == spoilt::no || (wrong_ == spoilt::tag && made_++ < captured);
  if (good && !seals_.seal(to.first(out.bytes))) {
    out.bytes = 0;
  }
  return out;
}

std::size_t sealed_protocol::judge(byte_view bytes, judged_reply& out) noexcept {
  if (bytes.size() < wire::answers_offset + seal::tag_size || bytes.size() > opened_.size()) {
    return 0;
  }
  const std::size_t plain = bytes.size() - seal::tag_size;
  std::copy_n(bytes.begin(), wire::header::size, opened_.begin());
  if (!opens_.open(bytes, byte_span(opened_).subspan(wire::header::size)) ||
      plain_.judge(byte_view(opened_).first(plain), out) == 0) {
    return 0;
  }
  return bytes.size();
}

}  // namespace repute::bench
