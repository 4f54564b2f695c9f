// SPDX-License-Identifier: Apache-2.0
// Shows that process() allocates nothing.
#include <gtest/gtest.h>

#include "support/allocation_counter.hpp"
#include "unit/query/memory_store.hpp"
#include "unit/query/query_fixture.hpp"

namespace repute::test {
namespace {

TEST(no_allocation_test, process_allocates_nothing) {
  const memory_store store(1000);
  core_fixture fixture;
  const std::vector<key> keys(store.keys().begin(), store.keys().begin() + wire::keys_max);
  octets version = make_query(keys);
  version[0] = wire::magic | 2;
  octets broken = make_query(keys);
  broken[wire::header::size + wire::query::nkeys] = 65;
  octets fewer = make_query(store.keys().first(2));  // than it says
  fewer[wire::header::size + wire::query::nkeys] = wire::keys_max;
  octets fetch(wire::request_size_max);
  ASSERT_NE(wire::encode_fetch(5, {.what = wire::fetch_server_list}, fetch), 0u);
  const std::vector<octets> packets{make_query(keys),
                                    make_request(wire::type::ping, {}),
                                    version,
                                    broken,
                                    fewer,
                                    octets(200, 0xd1),
                                    octets(5),
                                    fetch};
  std::vector<query::datagram> batch;
  while (batch.size() < query::batch_max) {
    batch.push_back(to_server(packets[batch.size() % packets.size()]));
  }
  const std::uint64_t before = allocations();
  for (int i = 0; i < 100; ++i) {
    (void)fixture.ask(batch, i % 10 == 0 ? nullptr : &store.view());
  }
  EXPECT_EQ(allocations(), before);
  EXPECT_GT(before, 0u);  // the hook does count
  EXPECT_GT(fixture.count(query::counter::keys_listed), 0u);
  EXPECT_GT(fixture.count(query::counter::formerr), 0u);
}

}  // namespace
}  // namespace repute::test
