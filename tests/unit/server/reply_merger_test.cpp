// SPDX-License-Identifier: Apache-2.0
#include "net/reply_merger.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <vector>

namespace repute::test {
namespace {

using net::departure;
using net::reply_merger;

// A batch in which reply i answers datagram i, from peer peers[i], with sizes[i] bytes.
class batch_of {
 public:
  batch_of(const std::vector<std::uint16_t>& peers, const std::vector<std::size_t>& sizes)
      : bytes_(100'000) {
    for (std::size_t i = 0; i < peers.size(); ++i) {
      query::datagram asked;
      asked.peer.port = peers[i];
      batch.push_back(asked);
      replies.push_back({.index = i, .bytes = byte_view(bytes_).first(sizes[i])});
    }
  }

  std::vector<query::datagram> batch;
  std::vector<query::reply> replies;

 private:
  std::vector<std::uint8_t> bytes_;
};

std::vector<departure> plan(reply_merger& merger, const batch_of& of, bool merge = true) {
  const auto made = merger.plan(of.replies, of.batch, merge);
  return {made.begin(), made.end()};
}

TEST(reply_merger, nothing_to_send) {
  reply_merger merger;
  EXPECT_TRUE(plan(merger, batch_of({}, {})).empty());
}

TEST(reply_merger, one_departure_a_peer) {
  reply_merger merger;
  const auto made = plan(merger, batch_of({7, 9, 7, 9, 7}, {60, 60, 60, 60, 60}));
  ASSERT_EQ(made.size(), 2u);
  EXPECT_EQ(made[0].count, 3);
  EXPECT_EQ(made[1].count, 2);
  EXPECT_EQ(made[0].piece_bytes, 60);
}

TEST(reply_merger, peers_that_asked_different_addresses_are_different) {
  batch_of two({7, 7}, {60, 60});
  two.batch[1].local.address[15] = 1;
  reply_merger merger;
  EXPECT_EQ(plan(merger, two).size(), 2u);
}

TEST(reply_merger, a_shorter_reply_ends_a_departure) {
  reply_merger merger;
  const auto made = plan(merger, batch_of({7, 7, 7, 7, 7}, {40, 60, 60, 50, 60}));
  ASSERT_EQ(made.size(), 3u);  // 40, 60 60 50, 60
  EXPECT_EQ(made[0].count, 1);
  EXPECT_EQ(made[1].count, 3);
  EXPECT_EQ(made[2].count, 1);
}

TEST(reply_merger, alone_if_asked_to) {
  reply_merger merger;
  const auto made = plan(merger, batch_of({7, 7, 7}, {60, 60, 60}), false);
  EXPECT_EQ(made.size(), 3u);
  EXPECT_TRUE(std::ranges::equal(merger.order(), std::vector<std::uint8_t>{0, 1, 2}));
}

// What the kernel takes, and that no reply is lost or sent twice.
RC_GTEST_PROP(reply_merger, departures_are_sound, (bool merge)) {
  const auto count = *rc::gen::inRange<std::size_t>(0, query::batch_max + 1);
  const auto peers =
      *rc::gen::container<std::vector<std::uint16_t>>(count, rc::gen::inRange<std::uint16_t>(1, 5));
  const auto sizes = *rc::gen::container<std::vector<std::size_t>>(
      count, rc::gen::element<std::size_t>(1, 40, 41, 1232, 30'000, 65'507, 70'000));
  const batch_of of(peers, sizes);
  reply_merger merger;
  std::vector<int> seen(count);
  std::size_t next = 0;
  for (const departure& each : plan(merger, of, merge)) {
    RC_ASSERT(each.first == next);
    RC_ASSERT(each.count >= 1);
    RC_ASSERT((merge || each.count == 1));
    std::size_t bytes = 0;
    for (std::size_t at = next; at < next + each.count; ++at) {
      const std::uint8_t place = merger.order()[at];
      ++seen[place];
      bytes += sizes[place];
      RC_ASSERT(peers[place] == peers[merger.order()[next]]);
      RC_ASSERT(at == next || place > merger.order()[at - 1]);
      const bool last = at + 1 == next + each.count;
      if (each.count > 1) {
        RC_ASSERT(sizes[place] == each.piece_bytes || (last && sizes[place] < each.piece_bytes));
      }
    }
    RC_ASSERT(each.count == 1 || bytes <= net::departure_bytes_max);
    next += each.count;
  }
  RC_ASSERT(next == count);
  RC_ASSERT(seen == std::vector<int>(count, 1));
}

}  // namespace
}  // namespace repute::test
