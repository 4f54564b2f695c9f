// SPDX-License-Identifier: Apache-2.0
// Sealed datagrams and the keys they are sealed with; the page is ../../../../sealed_mode.md.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "repute/schema/bytes.hpp"
#include "repute/schema/wire.hpp"
#include "repute/seal/secret.hpp"

namespace repute::seal {

/// How a sealed datagram is encrypted. Persistent numbers; 0 on the wire is plain.
enum class cipher_suite : std::uint8_t {
  aes_128_gcm = 1,        ///< NIST SP 800-38D
  chacha20_poly1305 = 2,  ///< RFC 8439
};
[[nodiscard]] std::optional<cipher_suite> to_cipher_suite(std::uint8_t number) noexcept;
/// `aes-128-gcm`, `chacha20-poly1305`.
[[nodiscard]] std::string_view word(cipher_suite suite) noexcept;
[[nodiscard]] std::optional<cipher_suite> parse_cipher_suite(std::string_view word) noexcept;

/// Bytes that a sealed datagram has beyond the plain one: its tag, at the end.
inline constexpr std::size_t tag_size = 16;
/// Datagrams of one session in one direction, at most.
inline constexpr std::uint32_t session_packets_max = 1U << 24;
/// The session's end is told so many datagrams before.
inline constexpr std::uint32_t session_packets_spare = 1U << 16;

using master_key = secret<32>;

/// What one client has, and a server makes for it.
struct client_keys {
  secret<32> psk;
  secret<16> mac;
};
/// HKDF-Expand (RFC 5869, SHA-256).
[[nodiscard]] client_keys derive_client_keys(const master_key& master, std::uint32_t client_id);

/// Keys of one session. The first key_size(suite) bytes of each count, the others are zero.
struct session_keys {
  secret<32> to_server;
  secret<32> to_client;
};
[[nodiscard]] constexpr std::size_t key_size(cipher_suite suite) noexcept {
  return suite == cipher_suite::aes_128_gcm ? 16 : 32;
}
/// HKDF (RFC 5869, SHA-256). `sid` as in packet_header. Some microseconds.
[[nodiscard]] session_keys derive_session_keys(const secret<32>& psk, std::uint64_t sid,
                                               cipher_suite suite);

/// A session's hour: whole hours since 1970, modulo 65536.
[[nodiscard]] constexpr std::uint16_t hour_of(std::uint64_t unix_s) noexcept {
  return static_cast<std::uint16_t>(unix_s / 3600);
}
/// The hour in which a session was begun.
[[nodiscard]] constexpr std::uint16_t hour_of_session(std::uint64_t sid) noexcept {
  return static_cast<std::uint16_t>(sid);
}

/// Between two hours, over the end of their count, too.
[[nodiscard]] constexpr int hours_apart(std::uint16_t a, std::uint16_t b) noexcept {
  const int apart = static_cast<std::int16_t>(static_cast<std::uint16_t>(a - b));
  return apart < 0 ? -apart : apart;
}

/// SipHash-2-4 over headers (J.-P. Aumasson, D. J. Bernstein, 2012). One thread; the call allocates
/// nothing.
class header_mac {
 public:
  header_mac();
  ~header_mac();
  header_mac(header_mac&&) noexcept;
  header_mac& operator=(header_mac&&) noexcept;

  /// mac1 of the header that `datagram` begins with. The bytes of mac1 itself do not count.
  [[nodiscard]] std::uint32_t operator()(const secret<16>& key, byte_view datagram) noexcept;

 private:
  struct state;
  std::unique_ptr<state> state_;
};

namespace detail {
class cipher;
}

/// One direction of one session: a key that is worked in once. One thread; seal() and open()
/// allocate nothing.
class packet_cipher {
 public:
  enum class role : std::uint8_t { seals, opens };

  /// Throws std::runtime_error if OpenSSL does not have the suite.
  packet_cipher(role as, cipher_suite suite, const secret<32>& key);
  ~packet_cipher();
  packet_cipher(packet_cipher&&) noexcept;
  packet_cipher& operator=(packet_cipher&&) noexcept;

  /// Seals in place: a complete header, the plain body, and tag_size bytes of room. False only if
  /// OpenSSL fails; then the datagram must not be sent.
  [[nodiscard]] bool seal(byte_span datagram) noexcept;

  /// Puts the body of `datagram` into `body`, which has at least body_size() bytes. False if the
  /// tag is wrong: then nothing of `body` may be looked at.
  [[nodiscard]] bool open(byte_view datagram, byte_span body) noexcept;

 private:
  std::unique_ptr<detail::cipher> cipher_;
};

/// Bytes of the body in a sealed datagram of `size` bytes, at least header and tag.
[[nodiscard]] constexpr std::size_t body_size(std::size_t size) noexcept {
  return size - wire::header::size - tag_size;
}

}  // namespace repute::seal
