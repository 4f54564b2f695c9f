// SPDX-License-Identifier: Apache-2.0
#include "store/snapshot_slot.hpp"

#include <gtest/gtest.h>

#include <thread>

namespace repute::store {
namespace {

// Tells how many live, and whether a reader touches a dead one.
class canary {
 public:
  explicit canary(std::uint64_t number) : number_(number), copy_(number) { ++alive; }
  ~canary() {
    copy_ = number_ + 1;
    --alive;
  }
  canary(const canary&) = delete;
  canary& operator=(const canary&) = delete;

  [[nodiscard]] bool sings() const noexcept { return number_ == copy_; }
  [[nodiscard]] std::uint64_t number() const noexcept { return number_; }

  static inline std::atomic<int> alive{0};

 private:
  std::uint64_t number_;
  std::uint64_t copy_;
};

TEST(snapshot_slot_test, nothing_is_in_force_at_first) {
  hazard_slot<canary> slot(1);
  EXPECT_EQ(slot.pin(0), nullptr);
  slot.unpin(0);
  EXPECT_EQ(slot.reclaim(), 0u);
}

TEST(snapshot_slot_test, what_is_pinned_lives_on) {
  {
    hazard_slot<canary> slot(2);
    slot.publish(std::make_unique<canary>(1));
    const canary* first = slot.pin(0);
    slot.publish(std::make_unique<canary>(2));
    EXPECT_EQ(slot.pin(1)->number(), 2u);
    EXPECT_EQ(slot.reclaim(), 1u);
    EXPECT_TRUE(first->sings());
    slot.unpin(0);
    EXPECT_EQ(slot.reclaim(), 0u);
    EXPECT_EQ(canary::alive, 1);
  }
  EXPECT_EQ(canary::alive, 0);
}

TEST(snapshot_slot_test, readers_never_see_a_dead_object_nor_an_older_one_after_a_newer) {
  constexpr std::uint64_t publications = 20'000;
  constexpr std::size_t readers = 3;
  std::atomic<std::uint64_t> dead{0};
  std::atomic<std::uint64_t> backwards{0};
  {
    hazard_slot<canary> slot(readers);
    slot.publish(std::make_unique<canary>(0));
    std::vector<std::jthread> threads;
    for (std::size_t reader = 0; reader < readers; ++reader) {
      threads.emplace_back([&, reader] {
        for (std::uint64_t last = 0; last < publications;) {
          const canary* seen = slot.pin(reader);
          dead += seen->sings() ? 0 : 1;
          backwards += seen->number() < last ? 1 : 0;
          last = seen->number();
          slot.unpin(reader);
        }
      });
    }
    for (std::uint64_t number = 1; number <= publications; ++number) {
      slot.publish(std::make_unique<canary>(number));
      // Two for each reader at most: one that it lets go of while reclaim() looks, and one that it
      // read before it was replaced and holds until its next look at what is in force.
      EXPECT_LE(slot.reclaim(), 2 * readers);
    }
    threads.clear();
    EXPECT_EQ(slot.reclaim(), 0u);
  }
  EXPECT_EQ(dead, 0u);
  EXPECT_EQ(backwards, 0u);
  EXPECT_EQ(canary::alive, 0);
}

}  // namespace
}  // namespace repute::store
