// SPDX-License-Identifier: Apache-2.0
#include "control/live_commands.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "control/adopter.hpp"
#include "support/temporary_directory.hpp"
#include "unit/server/one_key_database.hpp"

namespace repute::test {
namespace {

using control::command;

constexpr std::uint64_t now_s = 1'700'000'000;

class live_commands_test : public testing::Test {
 protected:
  std::string ask(command command, std::string_view rest) {
    return control::answer_live_command(command, fmt::format(R"({{"cmd":"?",{}}})", rest), *live_,
                                        now_s, seal::salt_fingerprint(seal::deployment_salt{}))
        .line;
  }
  static std::string entries(std::string_view more) {
    return fmt::format(
        R"("salt":"6668","entries":[{{"kind":16,"key":"{}","text":"one.example"{}}}])",
        std::string(32, '1'), more);
  }

  temporary_directory directory_;
  store::serving_slot slot_{1};
  std::unique_ptr<store::serving_store> live_ = open_live(directory_.path(), slot_);
};

TEST_F(live_commands_test, a_change_a_list_an_entry_a_fold) {
  EXPECT_EQ(ask(command::put, entries(R"(,"verdict":"spam","score":3)")),
            R"({"seq":1,"changes":[{"was_in_force":false,"now":null}]})");
  publish_one_key(directory_.path(), 1);
  control::adopter adopter(directory_.path(), store::storage_mode::mmap, *live_);
  ASSERT_TRUE(adopter.adopt().changed);
  EXPECT_EQ(
      ask(command::override_add, entries(R"(,"verdict":"none","who":"dba","reason":"\"why\"")")),
      R"({"seq":2,"changes":[{"was_in_force":false,"now":{"status":"listed","verdict":"none",)"
      R"("score":0,"category":0,"ttl":60,"override":true}}]})");
  EXPECT_EQ(ask(command::list, R"("layer":"override")"),
            fmt::format(R"({{"entries":[{{"layer":"override","action":"put","kind":16,"key":"{}",)"
                        R"("prefix":0,"seq":2,"verdict":"none","score":0,"category":0,"ttl":60,)"
                        R"("expires":0,"time":{},"who":"dba","text":"one.example",)"
                        R"("reason":"\"why\""}}],"next":null}})",
                        std::string(32, '1'), now_s));
  const std::string said = ask(
      command::entry, fmt::format(R"("keys":[{{"kind":16,"key":"{}"}}])", std::string(32, '1')));
  EXPECT_NE(said.find(R"("live":{"layer":"live")"), std::string::npos) << said;
  EXPECT_NE(said.find(R"("now":{"status":"listed","verdict":"none")"), std::string::npos) << said;
  EXPECT_EQ(ask(command::fold, R"("x":1)"),
            fmt::format(R"({{"file":"fold-2","seq":2,"overlay":{},"salt":"6668"}})",
                        live_->overlay_id()));
}

TEST_F(live_commands_test, refusals_tell_an_exit_code) {
  EXPECT_EQ(ask(command::put, R"("salt":"0000","entries":[{"kind":1,"key":"c0000201",)"
                              R"("verdict":"spam"}])"),
            R"({"error":"the keys were made under another salt than the server started with",)"
            R"("code":78})");
  EXPECT_EQ(ask(command::put, entries("")),
            R"({"error":"entries[0].verdict: not a verdict","code":65})");
  EXPECT_EQ(ask(command::list, R"("layer":"x")"),
            R"({"error":"layer: neither live nor override","code":65})");
}

}  // namespace
}  // namespace repute::test
