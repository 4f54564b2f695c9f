// SPDX-License-Identifier: Apache-2.0
// The whole way of a datagram through the server: no reply is longer than its question, and none
// draws a reply from another server.

#include "fuzz/require.hpp"
#include "unit/query/memory_store.hpp"
#include "unit/query/query_fixture.hpp"

using repute::fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace repute;
  static const test::memory_store store(100);
  static test::core_fixture first;
  static test::core_fixture second;
  first.clock_ns += 1'000'000'000;
  const query::datagram asked = test::to_server({data, size});
  for (const query::reply& reply : first.ask(asked, &store.view())) {
    require(reply.bytes.size() <= size);
    require(second.ask(test::to_server(reply.bytes), &store.view()).empty());
  }
  return 0;
}
