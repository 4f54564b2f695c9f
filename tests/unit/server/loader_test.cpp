// SPDX-License-Identifier: Apache-2.0
#include "control/loader.hpp"

#include <gtest/gtest.h>

#include <future>

#include "support/temporary_directory.hpp"
#include "unit/server/one_key_database.hpp"

namespace repute::test {
namespace {

control::adoption adopt_with(control::loader& loader) {
  std::promise<control::adoption> done;
  auto result = done.get_future();
  loader.request([&](const control::adoption& outcome) { done.set_value(outcome); });
  return result.get();
}

TEST(loader_test, adopts_on_request_on_its_own_thread) {
  const temporary_directory directory;
  store::serving_slot slot(1);
  const auto live = open_live(directory.path(), slot);
  control::loader loader(control::adopter(directory.path(), store::storage_mode::mmap, *live));
  EXPECT_TRUE(adopt_with(loader).refusal);
  publish_one_key(directory.path(), 1);
  EXPECT_TRUE(adopt_with(loader).changed);
  const store::serving_state* pinned = slot.pin(0);
  publish_one_key(directory.path(), 2);
  EXPECT_EQ(adopt_with(loader).in_force->generation, 2u);
  EXPECT_EQ(pinned->view().info.generation, 1u);
  slot.unpin(0);
}

TEST(loader_test, stops_while_idle) {
  const temporary_directory directory;
  store::serving_slot slot(1);
  const auto live = open_live(directory.path(), slot);
  const control::loader loader(
      control::adopter(directory.path(), store::storage_mode::mmap, *live));
}

}  // namespace
}  // namespace repute::test
