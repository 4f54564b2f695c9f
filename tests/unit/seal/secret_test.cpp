// SPDX-License-Identifier: Apache-2.0
#include "repute/seal/secret.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <new>

#include "repute/seal/sealing.hpp"

namespace repute::seal {
namespace {

// What stays in the memory of a T that is no more.
template <class T>
std::size_t bytes_left_of(T* living, const volatile std::uint8_t* memory, std::uint8_t mark) {
  std::destroy_at(living);
  return static_cast<std::size_t>(std::count(memory, memory + sizeof(T), mark));
}

TEST(secret_test, is_wiped_when_it_goes) {
  constexpr std::uint8_t mark = 0xa7;
  std::array<std::uint8_t, 32> bytes{};
  bytes.fill(mark);
  alignas(secret<32>) std::array<std::uint8_t, sizeof(secret<32>)> memory{};
  auto* const key = new (memory.data()) secret<32>(bytes);
  EXPECT_EQ(std::ranges::count(memory, mark), 32);
  EXPECT_EQ(bytes_left_of(key, memory.data(), mark), 0u);
}

TEST(secret_test, so_are_the_keys_of_clients_and_sessions) {
  constexpr std::uint8_t mark = 0xa7;
  alignas(client_keys) std::array<std::uint8_t, sizeof(client_keys)> of_client{};
  auto* const client = new (of_client.data()) client_keys;
  std::ranges::fill(client->psk.bytes(), mark);
  std::ranges::fill(client->mac.bytes(), mark);
  EXPECT_EQ(bytes_left_of(client, of_client.data(), mark), 0u);
  alignas(session_keys) std::array<std::uint8_t, sizeof(session_keys)> of_session{};
  auto* const session = new (of_session.data()) session_keys;
  std::ranges::fill(session->to_server.bytes(), mark);
  std::ranges::fill(session->to_client.bytes(), mark);
  EXPECT_EQ(bytes_left_of(session, of_session.data(), mark), 0u);
}

TEST(secret_test, compares_as_bytes_do) {
  std::array<std::uint8_t, 16> bytes{};
  const secret<16> zero(bytes);
  EXPECT_TRUE(zero == secret<16>());
  bytes[15] = 1;
  EXPECT_FALSE(zero == secret<16>(bytes));
  EXPECT_FALSE(equal_secret(zero.view(), zero.view().first(15)));
}

}  // namespace
}  // namespace repute::seal
