// SPDX-License-Identifier: Apache-2.0
#include "session.hpp"

#include <gtest/gtest.h>

#include <future>
#include <vector>

#include "support/temporary_directory.hpp"

namespace repute::milter {
namespace {

/// Nobody listens at port 1 of loopback: every question fails at once.
constexpr const char* nobody = "servers = [\"127.0.0.1:1\"]\ndeadline_ms = 2000\n";

class MilterSession : public ::testing::Test {
 protected:
  void make(const std::string& config, const std::string& policy = "") {
    const auto rules = directory.write("p.toml", policy);
    const auto file =
        directory.write("m.toml", nobody + ("policy = \"" + rules.string() + "\"\n" + config));
    std::vector<std::string> problems;
    auto from = read_settings(file.string(), problems);
    ASSERT_TRUE(from) << problems.at(0);
    by = std::make_shared<service>(*std::move(from), counts, memory);
  }
  std::unique_ptr<session> begin(const std::string& client = "192.0.2.1") {
    return std::make_unique<session>(by, mail::envelope{client, "", "a@b.example", true, {}, {}});
  }
  static std::string status_of(const decision& made) { return made.added.at(0).value; }

  const test::temporary_directory directory;
  counters counts;
  memory_pool memory;
  std::shared_ptr<service> by;
};

TEST_F(MilterSession, WithoutAnAnswerMailIsTaggedAsNotProcessed) {
  make("");
  const auto message = begin();
  message->add_header("Subject", "hello");
  message->end_headers();
  message->add_body("text\r\n");
  const decision made = message->finish();
  EXPECT_EQ(made.action, action::tag);
  EXPECT_EQ(status_of(made), "not_detected");
  EXPECT_EQ(made.added.at(3), (mail::header_field{"X-Spamtest-Info", "Not processed (no server)"}));
  EXPECT_EQ(counts.unanswered, 1u);
  EXPECT_EQ(counts.messages, 1u);
}

TEST_F(MilterSession, ThePolicyAloneNeedsNoServer) {
  make("[actions]\nblacklisted = \"reject\"\n",
       "[block]\nnetworks = [\"192.0.2.0/24\"]\n"
       "[[group]]\nid = 1\nscan = false\nrecipients = [\"abuse@firm.example\"]\n");
  const decision refused = begin()->finish();
  EXPECT_EQ(refused.action, action::reject);
  EXPECT_EQ(refused.why, "Message refused as blacklisted");
  const auto abuse = begin();
  abuse->add_recipient("abuse@firm.example");
  EXPECT_EQ(status_of(abuse->finish()), "trusted");
  const auto both = begin();
  both->add_recipient("abuse@firm.example");
  both->add_recipient("user@firm.example");
  EXPECT_EQ(both->finish().action, action::reject);
  EXPECT_EQ(counts.rejected, 2u);
  EXPECT_EQ(counts.unanswered, 0u);
}

TEST_F(MilterSession, ForgedFieldsAreDeletedTheLastFirst) {
  make("", "[headers]\nspam_flag = true\nauthserv_id = \"mx.example\"\n");
  const auto message = begin();
  message->add_header("X-Spamtest-Rate", "0");
  message->add_header("Subject", "X-Spamtest-Rate: 0");
  message->add_header("x-spamtest-RATE", "0");
  message->add_header("X-Spam-Flag", "NO");
  message->add_header("Authentication-Results", "other.example; spf=pass");
  message->add_header("authentication-results", "MX.example; dnswl=pass");
  EXPECT_EQ(message->finish().deleted, (std::vector<field_place>{{"authentication-results", 2},
                                                                 {"X-Spam-Flag", 1},
                                                                 {"x-spamtest-RATE", 2},
                                                                 {"X-Spamtest-Rate", 1}}));
  EXPECT_EQ(counts.spoofed, 4u);
}

TEST_F(MilterSession, AFloodOfForgedFieldsIsRefused) {
  make("");
  const auto some = begin();
  const auto many = begin();
  for (std::size_t i = 0; i < spoofed_fields_max; ++i) {
    some->add_header("X-Spamtest-" + std::to_string(i), "");
    many->add_header("X-Spamtest-Rate", "");
  }
  for (int i = 0; i < 100'000; ++i) {
    many->add_header("X-Spamtest-Rate", "");
  }
  EXPECT_EQ(some->finish().deleted.size(), spoofed_fields_max);
  EXPECT_EQ(many->finish().action, action::reject);
  EXPECT_EQ(counts.spoofed, 2 * spoofed_fields_max + 1);
}

TEST_F(MilterSession, OfALongMessageTheBeginningIsKept) {
  make("message_bytes = 65536\n");
  const auto message = begin();
  message->add_header("Subject", "long");
  message->end_headers();
  for (int i = 0; i < 1000; ++i) {
    EXPECT_EQ(message->is_full(), i > 65) << i;
    message->add_body(std::string(1000, 'x'));
  }
  EXPECT_LE(memory.used(), std::size_t{128} << 10);
  const decision made = message->finish();
  EXPECT_EQ(counts.cut, 1u);
  bool said = false;
  for (const auto& field : made.added) {
    said = said || field.value == "Limits reached: message_bytes";
  }
  EXPECT_TRUE(said);
}

TEST_F(MilterSession, AllMessagesShareTheirMemory) {
  make("memory_bytes = 1048576\n");
  std::vector<std::unique_ptr<session>> open;
  for (int i = 0; i < 40; ++i) {
    open.push_back(begin());
    open.back()->add_body(std::string(60'000, 'x'));
  }
  EXPECT_EQ(memory.used(), 1048576u);
  EXPECT_FALSE(open.front()->is_full());
  EXPECT_TRUE(open.back()->is_full());
  EXPECT_EQ(counts.cut, 24u);
  EXPECT_EQ(status_of(open.back()->finish()), "not_detected");
  open.clear();
  EXPECT_EQ(memory.used(), 0u);
}

TEST_F(MilterSession, RecipientsAreBounded) {
  make("", "[[group]]\nid = 1\nscan = false\nrecipients = [\"firm.example\"]\n");
  const auto message = begin();
  for (std::size_t i = 0; i < 2 * recipients_max; ++i) {
    message->add_recipient("user@firm.example");
  }
  EXPECT_EQ(status_of(message->finish()), "trusted");
}

TEST_F(MilterSession, EveryMessageEndsThoughOnlyOneIsLookedAtAtATime) {
  make("concurrency = 1\n");
  std::vector<std::future<decision>> running;
  for (int i = 0; i < 8; ++i) {
    running.push_back(std::async(std::launch::async, [this] { return begin()->finish(); }));
  }
  for (auto& each : running) {
    EXPECT_EQ(status_of(each.get()), "not_detected");
  }
  EXPECT_EQ(counts.messages, 8u);
  EXPECT_EQ(counts.unanswered + counts.busy, 8u);
}

TEST(MilterCounters, AreOneLineOfNamesAndNumbers) {
  counters of;
  of.messages = 3;
  of.by_status[static_cast<std::size_t>(mail::message_status::spam)] = 2;
  const std::string text = to_text(of);
  EXPECT_EQ(text.find("connections=0 open_connections=0 messages=3 not_detected=0"), 0u) << text;
  EXPECT_NE(text.find(" spam=2 "), text.npos);
  EXPECT_EQ(text.find('\n'), text.npos);
}

}  // namespace
}  // namespace repute::milter
