// SPDX-License-Identifier: Apache-2.0
// The protocols of the servers that Repute is compared with, as far as asking needs them.
#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "load_generator/made_up_keys.hpp"
#include "load_generator/protocol.hpp"

namespace repute::bench {

struct peer_workload {
  std::uint64_t held = 0;  ///< records 0 .. held - 1 are in the server
  std::uint32_t hit_percent = 10;
  std::uint64_t seed = 1;
  unsigned keys = 1;  ///< of a request, where the protocol can: 1..64
};

/// A name of 32 hexadecimal digits, or an address in reversed octets, under zone_name, type A, over
/// UDP (RFC 1035, RFC 5782). NXDOMAIN is "not listed", any rcode but it and NOERROR an error.
class dns_protocol final : public protocol {
 public:
  enum class names { hex, addresses };
  dns_protocol(names asked, const peer_workload& load) noexcept
      : names_(asked), held_(load.held), draw_(load.hit_percent, load.seed) {}

  [[nodiscard]] unsigned id_bits() const noexcept override { return 16; }
  [[nodiscard]] made_request make(std::uint64_t n, byte_span to) noexcept override;
  [[nodiscard]] std::size_t judge(byte_view bytes, judged_reply& out) noexcept override;

 private:
  names names_;
  std::uint64_t held_;
  key_draw draw_;
};

/// `get NAME...` of memcached: over UDP with its 8-byte frame header (one key), or over TCP.
class memcached_protocol final : public protocol {
 public:
  enum class transport { udp, tcp };
  memcached_protocol(transport over, const peer_workload& load) noexcept
      : udp_(over == transport::udp), load_(load), draw_(load.hit_percent, load.seed) {}

  [[nodiscard]] unsigned id_bits() const noexcept override { return udp_ ? 16 : 0; }
  [[nodiscard]] made_request make(std::uint64_t n, byte_span to) noexcept override;
  [[nodiscard]] std::size_t judge(byte_view bytes, judged_reply& out) noexcept override;

 private:
  bool udp_;
  peer_workload load_;
  key_draw draw_;
};

/// GET (one key) or MGET in RESP2 of redis.
class redis_protocol final : public protocol {
 public:
  explicit redis_protocol(const peer_workload& load) noexcept
      : load_(load), draw_(load.hit_percent, load.seed) {}

  [[nodiscard]] unsigned id_bits() const noexcept override { return 0; }
  [[nodiscard]] made_request make(std::uint64_t n, byte_span to) noexcept override;
  [[nodiscard]] std::size_t judge(byte_view bytes, judged_reply& out) noexcept override;

 private:
  peer_workload load_;
  key_draw draw_;
};

/// CHECK of rspamd's fuzzy storage, protocol version 4, without encryption and shingles: one digest
/// a request (rspamd's src/fuzzy_wire.h).
class fuzzy_protocol final : public protocol {
 public:
  explicit fuzzy_protocol(const peer_workload& load) noexcept
      : held_(load.held), draw_(load.hit_percent, load.seed) {}

  [[nodiscard]] unsigned id_bits() const noexcept override { return 32; }
  [[nodiscard]] made_request make(std::uint64_t n, byte_span to) noexcept override;
  [[nodiscard]] std::size_t judge(byte_view bytes, judged_reply& out) noexcept override;

 private:
  std::uint64_t held_;
  key_draw draw_;
};

/// A protocol by its word on the command line: `dns`, `dns-ip`, `memcached-udp`, `memcached-tcp`,
/// `redis`, `fuzzy`. Nothing for other words.
struct peer_choice {
  std::unique_ptr<bench::protocol> protocol;
  bool stream = false;
};
[[nodiscard]] std::optional<peer_choice> choose_peer(std::string_view word,
                                                     const peer_workload& load);

}  // namespace repute::bench
