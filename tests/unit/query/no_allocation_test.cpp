// SPDX-License-Identifier: Apache-2.0
// Counts every operator new of this test binary and shows that process() calls none.
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <new>

#include "unit/query/memory_store.hpp"
#include "unit/query/query_fixture.hpp"

namespace {
std::atomic<std::uint64_t> allocations{0};

void* counted(std::size_t size) {
  allocations.fetch_add(1, std::memory_order_relaxed);
  if (void* memory = std::malloc(size); memory != nullptr) {
    return memory;
  }
  throw std::bad_alloc();
}

void* counted_aligned(std::size_t size, std::align_val_t alignment) {
  const auto unit = static_cast<std::size_t>(alignment);
  allocations.fetch_add(1, std::memory_order_relaxed);
  if (void* memory = std::aligned_alloc(unit, (size + unit - 1) / unit * unit); memory != nullptr) {
    return memory;
  }
  throw std::bad_alloc();
}
}  // namespace

void* operator new(std::size_t size) {
  return counted(size);
}
void* operator new[](std::size_t size) {
  return counted(size);
}
void* operator new(std::size_t size, std::align_val_t alignment) {
  return counted_aligned(size, alignment);
}
void* operator new[](std::size_t size, std::align_val_t alignment) {
  return counted_aligned(size, alignment);
}
void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete[](void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}
void operator delete[](void* memory, std::size_t) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::align_val_t) noexcept {
  std::free(memory);
}
void operator delete[](void* memory, std::align_val_t) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept {
  std::free(memory);
}
void operator delete[](void* memory, std::size_t, std::align_val_t) noexcept {
  std::free(memory);
}

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
  octets fetch(wire::request_size_max);
  ASSERT_NE(wire::encode_fetch(5, {.what = wire::fetch_server_list}, fetch), 0u);
  const std::vector<octets> packets{make_query(keys),
                                    make_request(wire::type::ping, {}),
                                    version,
                                    broken,
                                    octets(200, 0xd1),
                                    octets(5),
                                    fetch};
  std::vector<query::datagram> batch;
  while (batch.size() < query::batch_max) {
    batch.push_back(to_server(packets[batch.size() % packets.size()]));
  }
  const std::uint64_t before = allocations.load();
  for (int i = 0; i < 100; ++i) {
    (void)fixture.ask(batch, i % 10 == 0 ? nullptr : &store.view());
  }
  EXPECT_EQ(allocations.load(), before);
  EXPECT_GT(before, 0u);  // the hook does count
  EXPECT_GT(fixture.count(query::counter::keys_listed), 0u);
}

}  // namespace
}  // namespace repute::test
