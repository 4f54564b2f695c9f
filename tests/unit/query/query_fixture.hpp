// SPDX-License-Identifier: Apache-2.0
// Datagrams and endpoints for tests of the query core.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "query/query_core.hpp"
#include "repute/schema/message.hpp"

namespace repute::test {

using octets = std::vector<std::uint8_t>;

inline query::endpoint endpoint4(std::array<std::uint8_t, 4> address, std::uint16_t port) {
  query::endpoint out;
  out.address[10] = out.address[11] = 0xff;
  std::copy(address.begin(), address.end(), out.address.begin() + 12);
  out.port = port;
  return out;
}

inline const query::endpoint client_endpoint = endpoint4({192, 0, 2, 1}, 40000);
inline const query::endpoint server_endpoint = endpoint4({192, 0, 2, 53}, wire::default_port);

/// Everybody may ask in plain text.
inline const query::access_list open_to_all{
    {}, query::plain_client({*query::parse_network("0.0.0.0/0"), *query::parse_network("::/0")})};

/// A datagram from the client to the server; `bytes` must outlive it.
inline query::datagram to_server(byte_view bytes) {
  return {.bytes = bytes, .peer = client_endpoint, .local = server_endpoint};
}

inline octets make_request(wire::type type, std::span<const key> keys, std::uint64_t req_id = 1,
                           std::uint16_t deadline_ms = 0) {
  octets out(wire::request_size_max);
  out.resize(wire::encode_request(type, req_id, deadline_ms, keys, out));
  return out;
}

inline octets make_query(std::span<const key> keys, std::uint64_t req_id = 1,
                         std::uint16_t deadline_ms = 0) {
  return make_request(wire::type::query, keys, req_id, deadline_ms);
}

/// One core with its limiter.
struct core_fixture {
  query::reject_limiter limiter{1};
  query::query_core core{0x5eed, limiter};

  std::span<const query::reply> ask(std::span<const query::datagram> batch,
                                    const store::snapshot_view* view) {
    return core.process(
        batch, {.view = view, .access = open_to_all, .unix_ns = unix_ns, .now_ns = ++clock_ns});
  }
  std::span<const query::reply> ask(const query::datagram& one, const store::snapshot_view* view) {
    return ask(std::span(&one, 1), view);
  }
  [[nodiscard]] std::uint64_t count(query::counter which) const {
    return core.counters().value(which);
  }

  std::uint64_t clock_ns = 1'000'000'000'000;
  std::uint64_t unix_ns = 1'700'003'600'000'000'000;
};

}  // namespace repute::test
