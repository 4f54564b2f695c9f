// SPDX-License-Identifier: Apache-2.0
// Servers that answer with errors, networks that refuse, strangers that answer unasked.
#include <gtest/gtest.h>

#include "core/lookup_core.hpp"
#include "core_harness.hpp"

namespace repute::test {
namespace {

using namespace std::chrono_literals;

wire::server_status with(wire::rcode rcode, std::uint16_t retry_after_ms = 0) {
  wire::server_status status;
  status.rcode = rcode;
  status.retry_after_ms = retry_after_ms;
  return status;
}

std::string to_other(const core_harness& h) {
  return "send to " + std::to_string(1 - h.sent[0].server) + ": query, 1 keys";
}

TEST(LookupCoreErrors, EmptyAndHugeLookupsAreRefused) {
  core_harness h(1);
  EXPECT_EQ(h.submit(1, {}), story{"complete 1: bad_request"});
  EXPECT_EQ(h.submit(2, keys_numbered(0, 1025)), story{"complete 2: too_many_keys"});
  EXPECT_EQ(h.submit(3, keys_numbered(0, 1024)).size(), 16u);
}

TEST(LookupCoreErrors, BusyGoesToAnotherServerAtOnce) {
  core_harness h(2);
  (void)h.submit(1, {key_number(1)});
  EXPECT_EQ(h.reply(0, with(wire::rcode::busy, 50)), story{to_other(h)});
  EXPECT_EQ(h.reply(1).size(), 1u);
  EXPECT_FALSE(h.completed[0].error);
}

TEST(LookupCoreErrors, ALonelyBusyServerIsAskedAgainAfterRetryAfter) {
  core_harness h(1);
  (void)h.submit(1, {key_number(1)});
  for (std::size_t attempt = 0; attempt + 1 < core::sends_max; ++attempt) {
    EXPECT_EQ(h.reply(attempt, with(wire::rcode::busy, 90)), story{});
    EXPECT_EQ(h.pass(89ms), story{});
    EXPECT_EQ(h.pass(1ms), story{"send to 0: query, 1 keys"});
  }
  EXPECT_EQ(h.reply(core::sends_max - 1, with(wire::rcode::busy, 90)),
            story{"complete 1: overloaded"});
}

TEST(LookupCoreErrors, ALonelyBusyServerIsAskedAgainEverMoreSlowly) {
  core_harness h(1);
  (void)h.submit(1, {key_number(1)});
  std::size_t attempt = 0;
  for (const auto wait : {5ms, 20ms, 80ms}) {
    EXPECT_EQ(h.reply(attempt++, with(wire::rcode::busy, 1)), story{});
    EXPECT_EQ(h.pass(wait - 1ms), story{});
    EXPECT_EQ(h.pass(1ms), story{"send to 0: query, 1 keys"});
  }
}

TEST(LookupCoreErrors, RetryAfterBeyondTheDeadlineFailsAtOnceAndIsClamped) {
  core_harness h(1);
  (void)h.submit(1, {key_number(1)});
  EXPECT_EQ(h.reply(0, with(wire::rcode::busy, 600)), story{"complete 1: overloaded"});
  h.skip(700ms);
  (void)h.submit(2, {key_number(1)}, 2000ms);
  EXPECT_EQ(h.reply(1, with(wire::rcode::busy, 60000)), story{});
  EXPECT_EQ(h.pass(999ms), story{});
  EXPECT_EQ(h.pass(1ms), story{"send to 0: query, 1 keys"});  // a minute became a second
}

TEST(LookupCoreErrors, ABusyServerIsLeftAloneByNewLookups) {
  core_harness h(1);
  (void)h.submit(1, {key_number(1)}, 20ms);
  (void)h.reply(0, with(wire::rcode::busy, 100));
  EXPECT_EQ(h.submit(2, {key_number(1)}), story{});
  EXPECT_EQ(h.pass(100ms), story{"send to 0: query, 1 keys"});
}

TEST(LookupCoreErrors, AnErrorAnswerIsAFailedAttemptNeverAVerdict) {
  const std::pair<wire::rcode, const char*> errors[] = {{wire::rcode::loading, "loading"},
                                                        {wire::rcode::internal, "server_failure"},
                                                        {wire::rcode::refused, "refused"},
                                                        {wire::rcode::clock, "server_failure"}};
  for (const auto& [rcode, name] : errors) {
    core_harness h(2);
    (void)h.submit(1, {key_number(1)});
    EXPECT_EQ(h.reply(0, with(rcode)), story{to_other(h)});
    EXPECT_EQ(h.reply(1, with(rcode)), story{std::string("complete 1: ") + name});
    EXPECT_TRUE(h.completed[0].result.answers.empty());
  }
}

TEST(LookupCoreErrors, FormerrAndToosmallFailTheLookup) {
  for (const auto rcode : {wire::rcode::formerr, wire::rcode::toosmall}) {
    core_harness h(2);
    (void)h.submit(1, {key_number(1)});
    EXPECT_EQ(h.reply(0, with(rcode)), story{"complete 1: bad_request"});
  }
}

TEST(LookupCoreErrors, AnErrorWhileAnotherServerMayStillAnswerIsNotTheEnd) {
  core_harness h(2);
  (void)h.submit(1, {key_number(1)});
  (void)h.pass(20ms);
  ASSERT_EQ(h.sent.size(), 2u);
  EXPECT_EQ(h.reply(1, with(wire::rcode::loading)), story{});
  EXPECT_EQ(h.reply(0).size(), 1u);
  EXPECT_FALSE(h.completed[0].error);
}

TEST(LookupCoreErrors, AnotherSaltIsALoudError) {
  core::core_settings settings = without_pings();
  settings.salt_fp = {{0xaa, 0xbb}};
  core_harness h(1, settings);
  (void)h.submit(1, {key_number(1)});
  EXPECT_EQ(h.reply(0), story{"complete 1: salt_mismatch"});
  EXPECT_TRUE(h.completed[0].result.answers.empty());
  EXPECT_EQ(h.completed[0].result.server, "server-0");

  (void)h.submit(2, {key_number(1)});
  wire::server_status same;
  same.salt_fp = {{0xaa, 0xbb}};
  EXPECT_EQ(h.reply(1, same), story{"complete 2: 1 answers from server-0"});

  (void)h.submit(3, {key_number(1)});  // a server without a snapshot has no salt to compare
  EXPECT_EQ(h.reply(2, with(wire::rcode::loading)), story{"complete 3: loading"});
}

TEST(LookupCoreErrors, ARefusedSendFailsOverAtOnce) {
  core_harness h(2);
  (void)h.submit(1, {key_number(1)});
  EXPECT_EQ(h.refuse(h.sent[0].server), story{to_other(h)});
  EXPECT_EQ(h.reply(1).size(), 1u);
}

TEST(LookupCoreErrors, NobodyThereEndsBeforeTheDeadline) {
  core_harness h(1);
  (void)h.submit(1, {key_number(1)});
  EXPECT_EQ(h.refuse(0), story{});  // the same server again, but not at once
  for (const auto wait : {20ms, 40ms, 80ms}) {
    EXPECT_EQ(h.pass(wait), story{"send to 0: query, 1 keys"});
    EXPECT_EQ(h.refuse(0), story{});
  }
  EXPECT_EQ(h.pass(160ms), story{"send to 0: query, 1 keys"});
  EXPECT_EQ(h.refuse(0), story{"complete 1: unreachable"});
}

TEST(LookupCoreErrors, StrangersAndOldAnswersAreIgnored) {
  core_harness h(2);
  (void)h.submit(1, {key_number(1)});
  const std::size_t asked = h.sent[0].server;
  const auto good = reply_to(h.sent[0].bytes);

  EXPECT_EQ(h.receive(1 - asked, good), story{}) << "another server's answer";
  auto changed = good;
  changed[wire::header::req_id] ^= 1;
  EXPECT_EQ(h.receive(asked, changed), story{}) << "an id that was never sent";
  changed = good;
  changed[wire::header::type] = static_cast<std::uint8_t>(wire::type::pong);
  EXPECT_EQ(h.receive(asked, changed), story{}) << "a pong to a query";
  changed = good;
  changed[wire::header::size + wire::status_block::nkeys] = 2;
  EXPECT_EQ(h.receive(asked, changed), story{}) << "another number of keys";
  EXPECT_EQ(h.receive(asked, h.sent[0].bytes), story{}) << "our own question, echoed";
  for (std::size_t size = 0; size < wire::answers_offset + answer_size; ++size) {
    EXPECT_EQ(h.receive(asked, byte_view(good).first(size)), story{}) << "cut to " << size;
  }
  EXPECT_EQ(h.receive(asked, good).size(), 1u);
  EXPECT_EQ(h.receive(asked, good), story{}) << "a duplicate";
}

TEST(LookupCoreErrors, ARejectFailsNothing) {
  core_harness h(1);
  (void)h.submit(1, {key_number(1)});
  wire::packet_header header;
  ASSERT_EQ(wire::decode_request_header(h.sent[0].bytes, header), wire::header_check::ok);
  std::array<std::uint8_t, wire::request_size_min> storage{};
  wire::reply_buffer reply(storage, storage.size());
  wire::encode_reject_version(header, reply);
  EXPECT_EQ(h.receive(0, reply.bytes()), story{});
  EXPECT_EQ(h.reply(0).size(), 1u);
}

}  // namespace
}  // namespace repute::test
