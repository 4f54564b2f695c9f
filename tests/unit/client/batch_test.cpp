// SPDX-License-Identifier: Apache-2.0
#include "core/batch.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "core_harness.hpp"
#include "repute/schema/message.hpp"

namespace repute::test {
namespace {

std::vector<key> of_kind(kind kind, std::uint8_t count) {
  std::vector<key> keys;
  for (std::uint8_t i = 0; i < count; ++i) {
    keys.emplace_back(kind, std::vector<std::uint8_t>(key_size(kind), i));
  }
  return keys;
}

RC_GTEST_PROP(Deduplicate, EveryPositionLeadsToItsKeyAndNoKeyRepeats, ()) {
  const auto numbers =
      *rc::gen::container<std::vector<std::uint32_t>>(rc::gen::inRange<std::uint32_t>(0, 20));
  std::vector<key> keys;
  for (const auto number : numbers) {
    keys.push_back(key_number(number));
  }
  const auto unique = core::deduplicate(keys, 7);
  RC_ASSERT(unique.position.size() == keys.size());
  std::uint32_t seen = 0;  // keys are numbered in order of first appearance
  for (std::size_t i = 0; i < keys.size(); ++i) {
    RC_ASSERT(unique.position[i] <= seen);
    seen = std::max(seen, unique.position[i] + 1);
    RC_ASSERT(unique.keys.at(unique.position[i]) == keys[i]);
  }
  RC_ASSERT(seen == unique.keys.size());
  for (std::size_t i = 0; i < unique.keys.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      RC_ASSERT(!(unique.keys[i] == unique.keys[j]));
    }
  }
}

TEST(DatagramShare, KeepsWithinKeysSignaturesAndBytes) {
  EXPECT_EQ(core::datagram_share({}), 0u);
  EXPECT_EQ(core::datagram_share(of_kind(kind::ip4, 65)), 64u);
  EXPECT_EQ(core::datagram_share(of_kind(kind::text_sig, 3)), 2u);
  auto mixed = of_kind(kind::text_sig, 2);
  const auto hosts = keys_numbered(0, 64);
  mixed.insert(mixed.end(), hosts.begin(), hosts.end());
  const std::size_t share = core::datagram_share(mixed);
  EXPECT_GT(share, 2u);
  EXPECT_LT(share, 64u);
  EXPECT_TRUE(wire::request_size(std::span(mixed).first(share)));
  EXPECT_FALSE(wire::request_size(std::span(mixed).first(share + 1)));
}

}  // namespace
}  // namespace repute::test
