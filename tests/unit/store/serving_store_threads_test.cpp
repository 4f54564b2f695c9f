// SPDX-License-Identifier: Apache-2.0
// Workers read while one thread changes entries and another adopts snapshots: no answer is ever
// older than the number it comes with, and none is torn.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "unit/store/live_world.hpp"

namespace repute::test {
namespace {

using store::live_entry;
using store::live_layer;

constexpr std::size_t keys = 16;
constexpr std::size_t readers = 3;
constexpr int rounds = 1500;

store::snapshot_content empty_feed() {
  content_builder made;
  made.add_key(kind::host, numbered(200), made.verdict_of(listing(1)));
  made.add_record(kind::host, numbered(200), 1, "key.example");
  return std::move(made.content());
}

// Change number n puts key n mod 16, with n in the answer: score n mod 1000, category n mod 4096,
// and every fourth of them a network too.
std::vector<live_entry> change(std::uint64_t n) {
  live_entry entry =
      put_of(numbered(static_cast<std::uint8_t>(n % keys)), static_cast<std::int16_t>(n % 1000));
  entry.category = static_cast<std::uint16_t>(n % 4096);
  return {entry};
}

class reading {
 public:
  reading(store::serving_slot& slot, std::size_t number) : slot_(slot), number_(number) {}

  // False if an answer is impossible.
  bool once() {
    const store::serving_state* state = slot_.pin(number_);
    const store::live_view live = state->live();
    bool good = live.data_seq >= seen_;  // never backwards
    seen_ = live.data_seq;
    for (std::uint64_t n = live.data_seq; good && n > 0 && n + keys > live.data_seq; --n) {
      const fingerprint key = numbered(static_cast<std::uint8_t>(n % keys));
      const store::probe wanted = state->view().make_probe(kind::host, key.data());
      answer got;
      live.lookup(state->view(), {&wanted, 1}, now_s, {&got, 1});
      good = got.status == status::listed && newer_or(n, got);
    }
    slot_.unpin(number_);
    return good;
  }

 private:
  // The answer is that of change n, or of a later one of the same key.
  static bool newer_or(std::uint64_t n, const answer& got) {
    for (std::uint64_t m = n; m < n + 4096; m += keys) {
      if (got.score == static_cast<int>(m % 1000) && got.category == m % 4096) {
        return true;
      }
    }
    return false;
  }

  store::serving_slot& slot_;
  std::size_t number_;
  std::uint64_t seen_ = 0;
};

TEST(serving_store_threads_test, readers_see_every_change_up_to_the_number_they_are_told) {
  const temporary_directory folder;
  store::serving_slot slot(readers);
  auto opened = store::serving_store::open(folder.path(), {0xaa, 0xbb}, {}, slot);
  ASSERT_TRUE(opened) << opened.error().message;
  store::serving_store& live = **opened;
  const auto publish_and_adopt = [&] {
    {
      const auto lock = store::write_lock::acquire(folder.path());
      ASSERT_TRUE(lock);
      ASSERT_TRUE(store::publish_snapshot(folder.path(), empty_feed()));
    }
    auto snapshot = store::snapshot::open(folder.path(), *store::read_current(folder.path()),
                                          store::storage_mode::memory);
    ASSERT_TRUE(snapshot);
    ASSERT_TRUE(live.adopt(std::move(*snapshot)));
  };
  publish_and_adopt();
  std::atomic<bool> wrong{false};
  std::atomic<std::uint64_t> reads{0};
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < readers; ++i) {
      threads.emplace_back([&, i](const std::stop_token& stop) {
        reading reader(slot, i);
        while (!stop.stop_requested()) {
          wrong = !reader.once() || wrong;
          ++reads;
        }
      });
    }
    std::jthread adopting([&](const std::stop_token& stop) {
      while (!stop.stop_requested()) {
        publish_and_adopt();
        live.reclaim();
      }
    });
    for (std::uint64_t n = 1; n <= rounds && !wrong; ++n) {
      std::vector<live_entry> changes = change(n);
      ASSERT_TRUE(live.change(std::move(changes), now_s));
      if (n % 64 == 0) {
        live.reclaim();
      }
    }
  }
  EXPECT_FALSE(wrong);
  EXPECT_GT(reads, 0u);
  EXPECT_EQ(live.reclaim(), 0u);
}

}  // namespace
}  // namespace repute::test
