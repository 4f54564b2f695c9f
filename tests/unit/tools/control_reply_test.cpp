// SPDX-License-Identifier: Apache-2.0
// What servers may say to the tools, good and strange.
#include <gtest/gtest.h>

#include "cmd_counters.hpp"
#include "cmd_override.hpp"
#include "cmd_report.hpp"
#include "control_client.hpp"
#include "fold_request.hpp"
#include "live_changes.hpp"
#include "query/counters.hpp"

namespace repute::tool {
namespace {

TEST(ControlReply, AnErrorIsNeverSuccess) {
  EXPECT_EQ(error_in(R"({"error":"no","code":65})")->exit_code, 65);
  for (const char* code : {"0", "-1", "256", "\"x\""}) {
    const auto error = error_in(std::string(R"({"error":"no","code":)") + code + "}");
    ASSERT_TRUE(error) << code;
    EXPECT_EQ(error->exit_code, 74) << code;
    EXPECT_EQ(error->message, "no");
  }
  EXPECT_FALSE(error_in(R"({"seq":1})"));
}

TEST(ControlReply, AGenerationHas32Bits) {
  EXPECT_EQ(generation_in(R"({"generation":7})"), 7u);
  EXPECT_EQ(generation_in(R"({"generation":4294967303})"), 0u);
  EXPECT_EQ(generation_in("{}"), 0u);
  EXPECT_EQ(generation_in("{"), std::nullopt);
}

TEST(ControlReply, TheFileOfAFoldIsNoPath) {
  const auto is_place = [](const char* file) {
    const auto read = read_fold_reply(std::string(R"({"file":")") + file +
                                      R"(","seq":1,"overlay":2,"salt":"0102"})");
    const auto* place = std::get_if<std::optional<load::fold_place>>(&read);
    return place != nullptr && place->has_value();
  };
  EXPECT_TRUE(is_place("fold-12"));
  EXPECT_FALSE(is_place("../fold-12"));
  EXPECT_FALSE(is_place("fold-12/x"));
  EXPECT_FALSE(is_place("fold-"));
}

TEST(ControlReply, OverridesAreShownFitForATerminal) {
  const auto page =
      read_override_page(R"({"entries":[{"text":"a\u001b[2J","verdict":"\u001b[31mspam","time":1,)"
                         R"("expires":4600000000000000000,"who":"x","reason":"y"}],"next":"n"})",
                         false);
  ASSERT_TRUE(std::holds_alternative<override_page>(page));
  const auto& shown = std::get<override_page>(page);
  EXPECT_EQ(shown.text.find('\x1b'), std::string::npos) << shown.text;
  EXPECT_NE(shown.text.find("4600000000000000000"), std::string::npos) << shown.text;
  EXPECT_EQ(shown.next, "n");
}

TEST(ControlReply, ChangesAreAllOrNone) {
  const std::vector<named_key> sent{{{}, "one", {}}, {{}, "two", {}}};
  const std::string good = R"({"was_in_force":false,"now":null})";
  const auto reply = [](const std::string& changes) {
    return R"({"seq":1,"changes":[)" + changes + "]}";
  };
  const auto both = read_changes(reply(good + "," + good), sent);
  ASSERT_TRUE(std::holds_alternative<std::vector<changed_key>>(both));
  EXPECT_EQ(std::get<std::vector<changed_key>>(both)[1].of.shown, "two");
  for (const std::string& changes : {good, good + ",{}", good + "," + good + "," + good}) {
    EXPECT_TRUE(std::holds_alternative<change_failure>(read_changes(reply(changes), sent)))
        << changes;
  }
}

TEST(ControlReply, EachCounterHasAMeaning) {
  std::vector<std::string_view> names(query::counter_names.begin(), query::counter_names.end());
  names.insert(names.end(), {"kernel_drops", "campaigns"});
  for (const std::string_view name : names) {
    const auto shown = show_counters("{\"" + std::string(name) + "\":1234567}");
    ASSERT_TRUE(std::holds_alternative<std::string>(shown));
    const auto& line = std::get<std::string>(shown);
    EXPECT_EQ(line.find(name), 0u) << line;
    const std::size_t number = line.find("1 234 567  ");
    ASSERT_NE(number, std::string::npos) << line;
    EXPECT_GT(line.size(), number + 12) << line;
  }
}

TEST(ControlReply, CountersAboveZeroAreShown) {
  const auto shown = show_counters(R"({"received":0,"made_up\u001b":7,"texts":[1,2]})");
  ASSERT_TRUE(std::holds_alternative<std::string>(shown));
  EXPECT_EQ(std::get<std::string>(shown), "made_up\\x1b                     7\n");
  for (const char* wrong : {"", "[]", "7", R"({"received":)", R"({"error":"no"})"}) {
    EXPECT_TRUE(std::holds_alternative<change_failure>(show_counters(wrong))) << wrong;
  }
}

TEST(ControlReply, CountsOfTextsAreThereOrNot) {
  const auto read = read_known_texts(R"({"campaigns":1,"texts":[2,3],"ordinary_texts":[4]})");
  ASSERT_TRUE(read);
  EXPECT_EQ(read->all, (std::vector<std::uint64_t>{2, 3}));
  EXPECT_FALSE(read_known_texts(R"({"campaigns":1})"));
}

}  // namespace
}  // namespace repute::tool
