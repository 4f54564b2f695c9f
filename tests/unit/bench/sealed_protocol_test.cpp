// SPDX-License-Identifier: Apache-2.0
// What the generator seals is let in by the server's core, and what it spoils is not.
#include "load_generator/sealed_protocol.hpp"

#include <gtest/gtest.h>

#include "unit/query/memory_store.hpp"
#include "unit/query/query_fixture.hpp"

namespace {

using namespace repute;
using namespace repute::bench;

constexpr std::uint64_t unix_s = 1'700'003'600;

class sealed_protocol_test : public testing::Test {
 protected:
  sealed_protocol_test() {
    by_.client_id = 257;
    by_.keys = seal::derive_client_keys({}, by_.client_id);
    query::allowed_client client;
    client.id = by_.client_id;
    client.keys = by_.keys;
    client.kinds.set();
    access_ = std::make_unique<query::access_list>(std::vector{client}, query::allowed_client());
  }

  sealed_protocol speaks(spoilt wrong) {
    const std::array kinds{kind::host, kind::ip4};
    return {{.mix = request_mix::fixed(20, kinds), .held = std::nullopt}, by_, unix_s, wrong};
  }
  // The reply to request `n`, empty if there is none.
  std::vector<std::uint8_t> ask(sealed_protocol& with, std::uint64_t n) {
    std::vector<std::uint8_t> bytes(request_bytes_max);
    bytes.resize(with.make(n, bytes).bytes);
    const query::datagram one = test::to_server(bytes);
    const auto replies = core_.process({&one, 1}, {.view = &store_.view(),
                                                   .access = *access_,
                                                   .unix_ns = unix_s * 1'000'000'000,
                                                   .now_ns = ++now_ns_});
    return replies.empty() ? std::vector<std::uint8_t>()
                           : std::vector(replies[0].bytes.begin(), replies[0].bytes.end());
  }

  seal::credentials by_;
  std::unique_ptr<query::access_list> access_;
  test::memory_store store_{100};
  query::reject_limiter limiter_{1};
  query::query_core core_{7, limiter_};
  std::uint64_t now_ns_ = 1'000'000'000'000;
};

TEST_F(sealed_protocol_test, is_let_in_and_reads_the_reply) {
  sealed_protocol good = speaks(spoilt::no);
  for (std::uint64_t n = 1; n < 20; ++n) {
    auto reply = ask(good, n);
    judged_reply judged;
    ASSERT_EQ(good.judge(reply, judged), reply.size());
    EXPECT_EQ(judged.id, n);
    EXPECT_EQ(judged.keys, 20);
    EXPECT_FALSE(judged.error);
    reply.back() ^= 1;
    EXPECT_EQ(good.judge(reply, judged), 0u);
  }
}

TEST_F(sealed_protocol_test, spoilt_ones_are_dropped_for_what_is_wrong_with_them) {
  sealed_protocol bad_mac = speaks(spoilt::mac);
  sealed_protocol bad_tag = speaks(spoilt::tag);
  for (std::uint64_t n = 1; n <= 64; ++n) {
    EXPECT_FALSE(ask(bad_tag, n).empty()) << "of a session that the server knows";
  }
  for (std::uint64_t n = 65; n < 74; ++n) {
    EXPECT_TRUE(ask(bad_mac, n).empty());
    EXPECT_TRUE(ask(bad_tag, n).empty());
  }
  EXPECT_EQ(core_.counters().value(query::counter::dropped_mac), 9u);
  EXPECT_EQ(core_.counters().value(query::counter::dropped_tag), 9u);
}

}  // namespace
