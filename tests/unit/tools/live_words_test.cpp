// SPDX-License-Identifier: Apache-2.0
#include "live_words.hpp"

#include <gtest/gtest.h>

namespace repute::tool {
namespace {

const std::string entry =
    R"({"layer":"override","action":"put","kind":1,"key":"c0000200","prefix":24,"seq":9,)"
    R"("verdict":"none","score":-5,"category":3,"ttl":60,"expires":0,"time":5,"who":"me",)"
    R"("text":"192.0.2.0/24","reason":"ours"})";

TEST(live_words, reads_what_a_server_says) {
  std::vector<store::live_entry> got;
  std::string note;
  ASSERT_TRUE(read_live_words(R"({"keys":[{"override":)" + entry +
                                  R"(,"live":null,"now":{}},{"override":null,"live":null}]})",
                              got, note))
      << note;
  ASSERT_EQ(got.size(), 1U);
  EXPECT_EQ(got[0].layer, store::live_layer::override);
  EXPECT_EQ(got[0].kind, kind::ip4);
  EXPECT_EQ(got[0].prefix_length, 24);
  EXPECT_EQ(got[0].key, (fingerprint{192, 0, 2}));
  EXPECT_EQ(got[0].seq, 9U);
  EXPECT_EQ(got[0].score, -5);
  EXPECT_EQ(got[0].reason, "ours");
}

TEST(live_words, says_why_a_reply_cannot_be_read) {
  std::vector<store::live_entry> got;
  std::string note;
  EXPECT_FALSE(read_live_words(R"({"error":"unknown command"})", got, note));
  EXPECT_NE(note.find("unknown command"), std::string::npos);
  std::string cut = entry;
  cut.replace(cut.find("c0000200"), 8, "c00002");
  for (const std::string& reply :
       {std::string("["), std::string("{}"), std::string(R"({"keys":[{"override":1}]})"),
        R"({"keys":[{"override":)" + cut + R"(,"live":null}]})"}) {
    note.clear();
    EXPECT_FALSE(read_live_words(reply, got, note)) << reply;
    EXPECT_FALSE(note.empty());
  }
  EXPECT_TRUE(got.empty());
}

}  // namespace
}  // namespace repute::tool
