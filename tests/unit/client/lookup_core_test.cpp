// SPDX-License-Identifier: Apache-2.0
#include "core/lookup_core.hpp"

#include <gtest/gtest.h>

#include <set>

#include "core_harness.hpp"

namespace repute::test {
namespace {

using namespace std::chrono_literals;

TEST(LookupCore, AsksOneServerAndCompletesWithItsAnswer) {
  core_harness h(1);
  EXPECT_EQ(h.submit(7, keys_numbered(1, 2)), story{"send to 0: query, 2 keys"});
  h.skip(250us);
  wire::server_status status;
  status.generation = 42;
  EXPECT_EQ(h.reply(0, status), story{"complete 7: 2 answers from server-0"});
  const lookup_result& result = h.completed[0].result;
  EXPECT_EQ(result.answers[0], answer_for(key_number(1)));
  EXPECT_EQ(result.answers[1], answer_for(key_number(2)));
  EXPECT_EQ(result.rtt, 250us);
  EXPECT_EQ(result.status.generation, 42u);
  EXPECT_EQ(result.sends, 1u);
  EXPECT_EQ(h.core().next_timer(), std::nullopt);
}

TEST(LookupCore, TellsTheServerHowMuchTimeIsLeft) {
  core_harness h(1);
  (void)h.submit(1, {key_number(1)}, 100ms);
  (void)h.pass(21ms);  // one retry at 20 ms
  ASSERT_EQ(h.sent.size(), 2u);
  EXPECT_EQ(wire::peek_deadline_ms(byte_view(h.sent[0].bytes).subspan(wire::header::size)), 100);
  EXPECT_EQ(wire::peek_deadline_ms(byte_view(h.sent[1].bytes).subspan(wire::header::size)), 80);
}

TEST(LookupCore, RetriesAtAnotherServerAfterTheRto) {
  core_harness h(2);
  h.warm_up(2, 0);
  EXPECT_EQ(h.submit(1, {key_number(1)}), story{"send to 0: query, 1 keys"});
  EXPECT_EQ(h.pass(1999us), story{});
  EXPECT_EQ(h.pass(1us), story{"send to 1: query, 1 keys"});
  EXPECT_EQ(h.reply(1), story{"complete 1: 1 answers from server-1"});
  EXPECT_EQ(h.completed[0].result.sends, 2u);
}

TEST(LookupCore, ALateAnswerOfTheFirstServerStillWins) {
  core_harness h(2);
  h.warm_up(2, 0);
  (void)h.submit(1, {key_number(1)});
  (void)h.pass(3ms);
  ASSERT_EQ(h.sent.size(), 2u);
  EXPECT_EQ(h.reply(0), story{"complete 1: 1 answers from server-0"});
  EXPECT_EQ(h.reply(1), story{});  // the other answer completes nothing
}

TEST(LookupCore, AServerThatStaysSilentIsSuspectUntilItAnswers) {
  core_harness h(2);
  h.warm_up(2, 0);
  (void)h.submit(1, {key_number(1)});
  (void)h.pass(3ms);
  (void)h.reply(1);
  EXPECT_EQ(h.submit(2, {key_number(1)}), story{"send to 1: query, 1 keys"});
  (void)h.reply(2);
  (void)h.reply(0);  // late, nobody waits: but it lives
  h.skip(1s);        // until this slow answer is forgotten
  EXPECT_EQ(h.submit(3, {key_number(1)}), story{"send to 0: query, 1 keys"});
}

TEST(LookupCore, SendsAtMostFiveTimesAndEndsAtTheDeadline) {
  core_harness h(2);
  (void)h.submit(1, {key_number(1)});
  (void)h.pass(499ms);
  EXPECT_EQ(h.sent.size(), core::sends_max);
  EXPECT_TRUE(h.completed.empty());
  EXPECT_EQ(h.pass(1ms), story{"complete 1: timeout"});
  EXPECT_TRUE(h.completed[0].result.answers.empty());
  EXPECT_EQ(h.completed[0].result.sends, core::sends_max);
}

TEST(LookupCore, WaitsLongerBeforeTheThirdAndFourthRetry) {
  core_harness h(1);
  (void)h.submit(1, {key_number(1)});
  std::vector<std::size_t> sends;
  for (int i = 0; i < 16; ++i) {
    (void)h.pass(10ms);
    sends.push_back(h.sent.size());
  }
  // Sent at 0, 20, 60 and 140 ms; the fourth is the last.
  EXPECT_EQ(sends, (std::vector<std::size_t>{1, 2, 2, 2, 2, 3, 3, 3, 3, 3, 3, 3, 3, 4, 4, 4}));
}

// A server that stalls for 15 ms would find four copies of the question and refuse them all.
TEST(LookupCore, DoesNotHurryALonelyServerHoweverFastItUsuallyIs) {
  core_harness h(1);
  h.warm_up(1, 0);
  (void)h.submit(1, {key_number(1)});
  (void)h.pass(19ms);
  EXPECT_EQ(h.sent.size(), 1u);
  (void)h.pass(1ms);
  EXPECT_EQ(h.sent.size(), 2u);
}

TEST(LookupCore, RetriesAreBudgeted) {
  core_harness h(1);
  for (core::lookup_id id = 1; id <= 100; ++id) {
    (void)h.submit(id, {key_number(static_cast<std::uint32_t>(id))}, 30ms);
  }
  (void)h.pass(30ms);
  // 10 tokens to start with and 0.2 for each of 100 lookups.
  EXPECT_EQ(h.sent.size(), 100u + 30u);
  EXPECT_EQ(h.completed.size(), 100u);
}

TEST(LookupCore, EveryAttemptHasAnIdOfItsOwn) {
  core_harness h(1);
  (void)h.submit(1, {key_number(1)});
  (void)h.pass(200ms);
  ASSERT_EQ(h.sent.size(), 4u);
  std::set<std::uint64_t> ids;
  for (const auto& datagram : h.sent) {
    ids.insert(load_le<std::uint64_t>(datagram.bytes.data() + wire::header::req_id));
  }
  EXPECT_EQ(ids.size(), 4u);
}

TEST(LookupCore, SplitsManyKeysAndPutsAnswersBackInOrder) {
  core_harness h(1);
  const auto keys = keys_numbered(0, 150);
  EXPECT_EQ(h.submit(1, keys), (story{"send to 0: query, 64 keys", "send to 0: query, 64 keys",
                                      "send to 0: query, 22 keys"}));
  EXPECT_EQ(h.reply(2), story{});
  EXPECT_EQ(h.reply(0), story{});
  EXPECT_EQ(h.reply(1), story{"complete 1: 150 answers from server-0"});
  for (std::size_t i = 0; i < keys.size(); ++i) {
    ASSERT_EQ(h.completed[0].result.answers[i], answer_for(keys[i])) << i;
  }
}

TEST(LookupCore, OneUnansweredPartFailsTheWholeLookupOnce) {
  core_harness h(1);
  (void)h.submit(1, keys_numbered(0, 65), 10ms);
  (void)h.reply(0);
  EXPECT_EQ(h.pass(10ms), story{"complete 1: timeout"});
  EXPECT_TRUE(h.completed[0].result.answers.empty());
}

TEST(LookupCore, AsksADuplicateOnceAndAnswersItTwice) {
  core_harness h(1);
  const std::vector<key> keys{key_number(5), key_number(6), key_number(5)};
  EXPECT_EQ(h.submit(1, keys), story{"send to 0: query, 2 keys"});
  (void)h.reply(0);
  const auto& answers = h.completed[0].result.answers;
  ASSERT_EQ(answers.size(), 3u);
  EXPECT_EQ(answers[0], answers[2]);
  EXPECT_NE(answers[0], answers[1]);
}

TEST(LookupCore, ACancelledLookupNeverCompletes) {
  core_harness h(1);
  (void)h.submit(1, {key_number(1)});
  EXPECT_EQ(h.cancel(1), story{});
  EXPECT_EQ(h.reply(0), story{});
  EXPECT_EQ(h.pass(1s), story{});
  EXPECT_EQ(h.core().next_timer(), std::nullopt);
}

TEST(LookupCore, APingAsksItsServerOnceAndTellsItsState) {
  core_harness h(2);
  EXPECT_EQ(h.ping(1, 1, keys_numbered(1, 2)), story{"send to 1: ping, 2 keys"});
  EXPECT_EQ(h.pass(400ms), story{});
  EXPECT_EQ(h.reply(0), story{"complete 1: 2 answers from server-1"});
  ASSERT_TRUE(h.completed[0].result.snapshot);
  EXPECT_EQ(h.completed[0].result.snapshot->kilo_keys, 12u);

  EXPECT_EQ(h.ping(2, 0, {}), story{"send to 0: ping, 0 keys"});
  wire::server_status loading;
  loading.rcode = wire::rcode::loading;
  EXPECT_EQ(h.reply(1, loading), story{"complete 2: 0 answers from server-0"});
  EXPECT_EQ(h.completed[1].result.status.rcode, wire::rcode::loading);

  (void)h.ping(3, 0, {});
  EXPECT_EQ(h.pass(500ms), story{"complete 3: timeout"});
  (void)h.ping(4, 0, {});
  EXPECT_EQ(h.refuse(0), story{"complete 4: unreachable"});
  EXPECT_EQ(h.ping(5, 2, {}), story{"complete 5: bad_request"});
  EXPECT_EQ(h.ping(6, 0, {key_number(1)}), story{"complete 6: bad_request"});
}

TEST(LookupCore, AProcessThatWasHeldUpDoesNotBlameTheServer) {
  core_harness h(2);
  h.warm_up(2, 0);
  (void)h.submit(1, {key_number(1)});
  h.skip(60ms);                     // far beyond the RTO, and nobody looked
  EXPECT_EQ(h.pass(0us), story{});  // so no retry yet
  EXPECT_EQ(h.reply(0), story{"complete 1: 1 answers from server-0"});
}

}  // namespace
}  // namespace repute::test
