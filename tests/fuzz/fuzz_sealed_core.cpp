// SPDX-License-Identifier: Apache-2.0
// The server's query core asked by a client that is let in. The input's first byte says how: its
// lowest bit, that the rest is the body of a request, which is sealed as it must be; otherwise the
// rest is laid over a sealed request and must not be answered with anything but a REJECT.

#include "fuzz/require.hpp"
#include "unit/query/memory_store.hpp"
#include "unit/query/query_fixture.hpp"
#include "unit/query/sealed_client.hpp"

using repute::fuzz::require;

namespace {

using namespace repute;

constexpr std::uint64_t unix_s = 1'700'003'600;

// A server and the client that it knows.
struct world {
  world() { client.begin(seal::hour_of(unix_s)); }

  test::octets ask(const test::octets& bytes) {
    const query::datagram one = test::to_server(bytes);
    now_ns += 1'000'000'000;
    const auto replies = core.process({&one, 1}, {.view = &store.view(),
                                                  .access = access,
                                                  .unix_ns = unix_s * 1'000'000'000,
                                                  .now_ns = now_ns});
    return replies.empty() ? test::octets()
                           : test::octets(replies[0].bytes.begin(), replies[0].bytes.end());
  }

  test::memory_store store{100};
  test::sealed_client client;
  query::access_list access{{client.entry()}, {}};
  query::reject_limiter limiter{1};
  query::query_core core{0x5eed, limiter};
  std::uint64_t now_ns = 1'000'000'000'000;
};

// A well-formed datagram with this body, as far as it fits.
void ask_sealed(world& with, byte_view body, wire::type type) {
  const test::octets plain = test::request_with_body(type, body);
  const test::octets reply = with.ask(with.client.seal(plain));
  require(reply.size() <= plain.size() + seal::tag_size);
  if (type == wire::type::fetch) {
    return;  // an unknown document is not answered
  }
  const auto got = with.client.answer(reply);
  require(got.has_value());
  require(got->status.rcode != wire::rcode::ok || !got->answers().empty() ||
          got->status.key_count == 0);
}

void ask_spoilt(world& with, byte_view over) {
  static const test::octets good =
      with.client.seal(test::make_query(with.store.keys().first(3), 9));
  test::octets spoilt = good;
  for (std::size_t i = 0; i < over.size(); ++i) {
    spoilt[i % spoilt.size()] ^= over[i];
  }
  if (spoilt == good) {
    return;
  }
  const test::octets reply = with.ask(spoilt);
  wire::packet_header header;
  require(reply.size() <= spoilt.size());
  require(reply.empty() || (wire::decode_reply_header(reply, header) == wire::header_check::ok &&
                            header.type == wire::type::reject));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static world with;
  if (size == 0) {
    return 0;
  }
  const byte_view rest(data + 1, size - 1);
  if ((data[0] & 1) == 0) {
    ask_spoilt(with, rest);
  } else {
    const wire::type type = (data[0] & 2) == 0   ? wire::type::query
                            : (data[0] & 4) == 0 ? wire::type::ping
                                                 : wire::type::fetch;
    ask_sealed(with, rest, type);
  }
  return 0;
}
