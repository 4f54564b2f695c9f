// SPDX-License-Identifier: Apache-2.0
// What the core does besides lookups: pings, lists of servers, sharing and caching.
#include <gtest/gtest.h>

#include "core/lookup_core.hpp"
#include "core_harness.hpp"

namespace repute::test {
namespace {

using namespace std::chrono_literals;

bool is_ping(const core::send_datagram& sent) {
  return sent.bytes[wire::header::type] == static_cast<std::uint8_t>(wire::type::ping);
}

/// Answers every datagram that `answers` says so for, 200 us after it was sent, for `time`.
void live(core_harness& h, std::chrono::microseconds time,
          const std::function<bool(const core::send_datagram&)>& answers) {
  const auto end = h.now() + time;
  while (h.now() < end) {
    const std::size_t before = h.sent.size();
    (void)h.pass(200us);
    for (std::size_t i = before; i < h.sent.size(); ++i) {
      if (answers(h.sent[i])) {
        (void)h.reply(i);
      }
    }
  }
}

TEST(LookupCorePings, PingsEveryServerAtOnceWithTestKeysAndThenNowAndThen) {
  core_harness h(2, {});
  EXPECT_EQ(h.pass(0us), (story{"send to 0: ping, 2 keys", "send to 1: ping, 2 keys"}));
  (void)h.reply(0);
  (void)h.reply(1);
  live(h, 60s, [](const auto&) { return true; });
  EXPECT_NEAR(static_cast<double>(h.sent.size()), 120, 30);
}

TEST(LookupCorePings, ADeadServerIsFoundAndComesBackWithoutLookups) {
  core_harness h(2, {});
  bool dead = true;
  const auto answers = [&](const core::send_datagram& sent) { return !dead || sent.server == 1; };
  live(h, 1s, answers);
  EXPECT_EQ(h.core().report(h.now())[0].tier, server_tier::down);
  EXPECT_EQ(h.core().report(h.now())[0].reason, "does not answer");
  live(h, 600s, answers);
  dead = false;
  live(h, 3s, answers);
  EXPECT_NE(h.core().report(h.now())[0].tier, server_tier::down);
}

TEST(LookupCorePings, AServerWithWrongTestAnswersIsDown) {
  core_harness h(1, {});
  (void)h.pass(0us);
  auto reply = reply_to(h.sent[0].bytes);
  reply[wire::answers_offset] = static_cast<std::uint8_t>(status::not_listed);  // must be listed
  (void)h.receive(0, reply);
  EXPECT_EQ(h.core().report(h.now())[0].reason, "answers test keys wrongly");
  live(h, 5s, [](const auto&) { return true; });
  EXPECT_EQ(h.core().report(h.now())[0].tier, server_tier::up);
}

TEST(LookupCorePings, AQuietSocketGetsANewPort) {
  core_harness h(0, {});
  (void)h.replace(specs_of(1, 4));
  std::size_t hung = 4;
  story told;
  const auto end = h.now() + 10s;
  while (h.now() < end) {
    const std::size_t before = h.sent.size();
    const story more = h.pass(200us);
    told.insert(told.end(), more.begin(), more.end());
    for (std::size_t i = before; i < h.sent.size(); ++i) {
      hung = hung == 4 ? h.sent[i].socket : hung;
      if (h.sent[i].socket != hung) {
        (void)h.reply(i);
      }
    }
  }
  EXPECT_NE(std::ranges::find(told, "rebind 0:" + std::to_string(hung)), told.end());
  EXPECT_EQ(h.core().report(h.now())[0].sockets_quiet, 1u);
}

TEST(LookupCorePings, AClientThatWasStoppedBlamesNobody) {
  core_harness h(2, {});
  live(h, 2s, [](const auto&) { return true; });
  for (int i = 0; i < 20; ++i) {
    (void)h.submit(100 + static_cast<core::lookup_id>(i),
                   {key_number(7u + static_cast<unsigned>(i))});
    h.skip(200ms);
    live(h, 50ms, [](const auto&) { return true; });
  }
  for (const auto& it : h.core().report(h.now())) {
    EXPECT_EQ(it.tier, server_tier::up);
    EXPECT_EQ(it.timeouts, 0u);
    EXPECT_LT(it.srtt, 1ms);  // what took so long was the client
  }
}

TEST(LookupCorePings, ServersThatAreGoneLoseNoLookup) {
  core_harness h(2);
  h.warm_up(2, 0);
  (void)h.submit(1, {key_number(1)});
  auto specs = specs_of(3);
  specs.erase(specs.begin());
  EXPECT_EQ(h.replace(specs), (story{"close 0", "open 0: server-2", "send to 1: query, 1 keys"}));
  EXPECT_EQ(h.reply(0), story{}) << "its attempt is forgotten";
  EXPECT_EQ(h.reply(1), story{"complete 1: 1 answers from server-1"});
}

TEST(LookupCorePings, IdenticalLookupsShareOneQuery) {
  core_harness h(1);
  EXPECT_EQ(h.submit(1, keys_numbered(1, 3), 10ms).size(), 1u);
  EXPECT_EQ(h.submit(2, keys_numbered(1, 3), 500ms), story{});
  EXPECT_EQ(h.submit(3, keys_numbered(1, 2)).size(), 1u) << "other keys";
  EXPECT_EQ(h.pass(10ms), story{"complete 1: timeout"});
  EXPECT_EQ(h.reply(0), story{"complete 2: 3 answers from server-0"});
}

TEST(LookupCorePings, WhoJoinsOutlivesTheFirstAndKeepsItsRetries) {
  core_harness h(1);
  (void)h.submit(1, {key_number(1)}, 10ms);
  (void)h.submit(2, {key_number(1)}, 500ms);
  (void)h.pass(15ms);
  EXPECT_EQ(h.completed.size(), 1u);
  EXPECT_EQ(h.pass(5ms), story{"send to 0: query, 1 keys"});
  EXPECT_EQ(h.submit(3, {key_number(1)}), story{"send to 0: query, 1 keys"}) << "tried already";
  EXPECT_EQ(h.cancel(2), story{});
  EXPECT_EQ(h.reply(1), story{});
  EXPECT_EQ(h.reply(2), story{"complete 3: 1 answers from server-0"});
}

TEST(LookupCorePings, TheCacheAnswersAtOnceAndAsksOnlyForTheRest) {
  core::core_settings settings = without_pings();
  settings.cache_keys = 100;
  core_harness h(1, settings);
  (void)h.submit(1, keys_numbered(1, 3));
  (void)h.reply(0);
  EXPECT_EQ(h.submit(2, keys_numbered(1, 2)), story{"complete 2: 2 answers from "});
  EXPECT_EQ(h.completed[1].result.sends, 0u);
  const std::vector<key> mixed{key_number(9), key_number(2), key_number(9), key_number(1)};
  EXPECT_EQ(h.submit(3, mixed), story{"send to 0: query, 1 keys"});
  (void)h.reply(1);
  for (std::size_t i = 0; i < mixed.size(); ++i) {
    EXPECT_EQ(h.completed[2].result.answers[i], answer_for(mixed[i]));
  }
  h.skip(61s);
  EXPECT_EQ(h.submit(4, {key_number(1)}), story{"send to 0: query, 1 keys"});
}

std::vector<std::uint8_t> part_for(byte_view request, const std::string& document,
                                   std::uint32_t version) {
  wire::packet_header header;
  wire::fetch_request asked;
  EXPECT_EQ(wire::decode_request_header(request, header), wire::header_check::ok);
  EXPECT_TRUE(wire::decode_fetch(request.subspan(wire::header::size), asked));
  const auto rest =
      byte_view(reinterpret_cast<const std::uint8_t*>(document.data()), document.size())
          .subspan(std::min<std::size_t>(asked.offset, document.size()));
  std::vector<std::uint8_t> out(wire::request_size_max);
  wire::reply_buffer reply(out, out.size());
  wire::encode_part(header,
                    {.total = static_cast<std::uint32_t>(document.size()),
                     .offset = asked.offset,
                     .version = version,
                     .bytes = rest.first(std::min<std::size_t>(rest.size(), 10))},
                    reply);
  out.resize(reply.size());
  return out;
}

TEST(LookupCorePings, FetchesTheListWhenAGenerationChangesAtMostOnceAMinute) {
  core::core_settings settings = without_pings();
  settings.follow_list = true;
  core_harness h(1, settings);
  const std::string document(25, 'x');
  wire::server_status status;
  const auto ask = [&](core::lookup_id id, std::uint32_t generation) {
    (void)h.submit(id, {key_number(1)});
    status.generation = generation;
    (void)h.reply(h.sent.size() - 1, status);
  };
  const auto fetched = [&](std::chrono::microseconds within) {
    const auto end = h.now() + within;
    while (h.now() < end) {
      const std::size_t before = h.sent.size();
      (void)h.pass(10ms);
      for (std::size_t i = before; i < h.sent.size(); ++i) {
        (void)h.receive(0, part_for(h.sent[i].bytes, document, 3));
      }
    }
    return h.lists.size();
  };
  ask(1, 5);
  EXPECT_EQ(fetched(2s), 1u);
  EXPECT_EQ(h.lists[0].document.size(), 25u);
  ask(2, 5);
  EXPECT_EQ(fetched(200s), 1u);
  ask(3, 6);
  ask(4, 7);
  EXPECT_EQ(fetched(2s), 2u);
  ask(5, 8);
  EXPECT_EQ(fetched(50s), 2u);
  EXPECT_EQ(fetched(20s), 3u);
}

TEST(LookupCorePings, BackgroundPingsAreNoLookups) {
  core_harness h(1, {});
  (void)h.pass(0us);
  ASSERT_TRUE(is_ping(h.sent[0]));
  (void)h.reply(0);
  EXPECT_TRUE(h.completed.empty());
  EXPECT_EQ(h.core().report(h.now())[0].srtt, 0us);
  EXPECT_EQ(h.core().report(h.now())[0].answers, 1u);
}

}  // namespace
}  // namespace repute::test
