// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "cmd_ping.hpp"

namespace repute::tool {
namespace {

constexpr std::array<std::uint8_t, 2> salt_fp{0x66, 0x68};

lookup_result healthy() {
  lookup_result result;
  result.answers = {{.status = status::listed, .verdict = verdict::spam}, {}};
  result.status.salt_fp = salt_fp;
  result.status.generation = 5;
  result.snapshot = wire::snapshot_tlv{61, 5000};
  return result;
}

TEST(PingReport, TellsTheStateOfAServer) {
  EXPECT_EQ(state_of(healthy(), salt_fp), server_state::ok);
  const std::pair<std::uint8_t, server_state> flags[] = {
      {wire::sflag_drain, server_state::draining},
      {wire::sflag_stale, server_state::stale},
      {wire::sflag_overload, server_state::overloaded}};
  for (const auto& [flag, state] : flags) {
    lookup_result result = healthy();
    result.status.sflags = flag;
    EXPECT_EQ(state_of(result, salt_fp), state);
  }
  const std::pair<wire::rcode, server_state> rcodes[] = {
      {wire::rcode::busy, server_state::busy},
      {wire::rcode::loading, server_state::loading},
      {wire::rcode::refused, server_state::refused},
      {wire::rcode::internal, server_state::failing}};
  for (const auto& [rcode, state] : rcodes) {
    lookup_result result = healthy();
    result.status.rcode = rcode;
    result.answers.clear();
    EXPECT_EQ(state_of(result, salt_fp), state);
  }
}

TEST(PingReport, SeesThroughAnEmptyOrForeignDatabase) {
  lookup_result empty = healthy();
  empty.answers[0] = {};
  EXPECT_EQ(state_of(empty, salt_fp), server_state::wrong_answer);
  lookup_result says_yes_to_all = healthy();
  says_yes_to_all.answers[1] = says_yes_to_all.answers[0];
  EXPECT_EQ(state_of(says_yes_to_all, salt_fp), server_state::wrong_answer);
  lookup_result other_verdict = healthy();
  other_verdict.answers[0].verdict = verdict::trusted;
  EXPECT_EQ(state_of(other_verdict, salt_fp), server_state::wrong_answer);
  lookup_result foreign = empty;
  foreign.status.salt_fp = {1, 2};
  EXPECT_EQ(state_of(foreign, salt_fp), server_state::foreign_salt);
}

TEST(PingReport, IsPrintedForMachinesAndPeople) {
  ping_report report;
  report.server = "192.0.2.1:7060";
  EXPECT_EQ(to_json(report),
            R"({"server":"192.0.2.1:7060","state":"no_answer","sent":0,"answered":0})");
  report.state = server_state::ok;
  report.sent = report.answered = 2;
  report.rtt_min = std::chrono::microseconds{80};
  report.rtt_mean = std::chrono::microseconds{90};
  report.rtt_max = std::chrono::microseconds{100};
  report.last = healthy();
  EXPECT_EQ(to_json(report),
            R"({"server":"192.0.2.1:7060","state":"ok","sent":2,"answered":2,"rtt_us":90,)"
            R"("rtt_us_min":80,"rtt_us_max":100,"generation":5,"server_id":0,"load":0.000,)"
            R"("queue_delay_us":0,"data_age_s":null,"snapshot_age_min":61,"kilo_keys":5000})");
  const std::string text = to_text({report});
  EXPECT_NE(text.find("0.08 / 0.09 / 0.10"), text.npos);
  EXPECT_NE(text.find("5000000"), text.npos);
}

}  // namespace
}  // namespace repute::tool
