// SPDX-License-Identifier: Apache-2.0
#include "message_files.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <sstream>

#include "support/temporary_directory.hpp"

namespace repute::tool {
namespace {

using found = std::vector<std::pair<std::string, std::string>>;

found read(const std::string& text) {
  std::istringstream stream(text);
  message_reader reader(stream, "f");
  found out;
  std::uint64_t consumed = 0;
  while (auto next = reader.next()) {
    consumed += next->consumed;
    out.emplace_back(std::move(next->name), std::move(next->bytes));
  }
  EXPECT_EQ(consumed, text.size());
  EXPECT_FALSE(reader.failed());
  return out;
}

TEST(MessageReader, AFileIsOneMessageWhateverItHolds) {
  EXPECT_EQ(read("Subject: a\n\nFrom b\n"), (found{{"f", "Subject: a\n\nFrom b\n"}}));
  EXPECT_EQ(read(""), (found{{"f", ""}}));
  EXPECT_EQ(read("Fro"), (found{{"f", "Fro"}}));
  EXPECT_EQ(read(std::string("a\0b", 3)), (found{{"f", std::string("a\0b", 3)}}));
  const std::string large(200'000, 'x');
  EXPECT_EQ(read(large), (found{{"f", large}}));
}

TEST(MessageReader, AnMboxIsSplitAtItsLines) {
  EXPECT_EQ(read("From a@b Mon\nSubject: 1\n\none\n>From you\n>>From me\n> From\n\n"
                 "From c@d Tue\nSubject: 2\n\nFrom here on\nFrom behind a line\n\nFrom e\n"),
            (found{{"f:1", "Subject: 1\n\none\nFrom you\n>From me\n> From\n\n"},
                   {"f:2", "Subject: 2\n\n"},
                   {"f:3", "From behind a line\n\n"},
                   {"f:4", ""}}));
}

TEST(MessageReader, AnMboxWithOneMessageIsNamedAsItsFile) {
  EXPECT_EQ(read("From a@b Mon\nSubject: 1\n\ntext\n"), (found{{"f", "Subject: 1\n\ntext\n"}}));
  EXPECT_EQ(read("From a@b Mon"), (found{{"f", ""}}));
  EXPECT_EQ(read("From a\r\nSubject: 1\r\n\r\nx\r\n\r\nFrom b\r\n"),
            (found{{"f:1", "Subject: 1\r\n\r\nx\r\n\r\n"}, {"f:2", ""}}));
}

TEST(MessageReader, LongLinesAreReadInPiecesAndBeginNothingInside) {
  const std::string line = std::string(65'535, 'a') + "From b" + std::string(70'000, 'c');
  EXPECT_EQ(read("From x" + std::string(70'000, ' ') + "\n\n" + line + "\n\nFrom d\n"),
            (found{{"f:1", "\n" + line + "\n\n"}, {"f:2", ""}}));
}

TEST(MessageReader, TheRestOfAnOverlongMessageIsLeftOut) {
  std::istringstream stream("From a\n" + std::string(message_bytes_max + 10, 'x') +
                            "\n\nFrom b\ny");
  message_reader reader(stream, "f");
  EXPECT_EQ(reader.next()->bytes.size(), message_bytes_max);
  EXPECT_EQ(reader.next()->bytes, "y");
  EXPECT_FALSE(reader.next());
  std::istringstream whole(std::string(message_bytes_max + 10, 'x'));
  message_reader one(whole, "f");
  EXPECT_EQ(one.next()->bytes.size(), message_bytes_max);
  EXPECT_FALSE(one.next());
}

class FindMessages : public ::testing::Test {
 protected:
  void make(const std::string& name) {
    std::filesystem::create_directories((directory.path() / name).parent_path());
    (void)directory.write(name, "12345");
  }
  std::vector<std::string> find(const std::vector<std::string>& named) {
    for (const auto& each : named) {
      full.push_back((directory.path() / each).string());
    }
    seen = find_messages(full);
    std::vector<std::string> out;
    for (const std::string& each : seen.files) {
      out.push_back(std::filesystem::relative(each, directory.path()).string());
    }
    return out;
  }

  const test::temporary_directory directory;
  std::vector<std::string> full;
  message_paths seen;
};

TEST_F(FindMessages, FoldersAreWalkedByName) {
  for (const char* name : {"d/b", "d/a", "d/sub/c", "d/.hidden", "e"}) {
    make(name);
  }
  std::filesystem::create_directory_symlink(directory.path() / "d", directory.path() / "d/link");
  EXPECT_EQ(find({"d"}), (std::vector<std::string>{"d/a", "d/b", "d/sub/c"}));
  EXPECT_TRUE(seen.many);
  EXPECT_EQ(seen.bytes, 15u);
  EXPECT_EQ(find_messages({(directory.path() / "e").string()}).many, false);
  EXPECT_EQ(find_messages({"-"}).files, std::vector<std::string>{"-"});
}

TEST_F(FindMessages, OfAMaildirOnlyDeliveredMessagesAreRead) {
  for (const char* name : {"m/cur/1", "m/new/2", "m/tmp/3", "m/dovecot.index"}) {
    make(name);
  }
  EXPECT_EQ(find({"m"}), (std::vector<std::string>{"m/cur/1", "m/new/2"}));
}

TEST_F(FindMessages, WhatIsNotThereIsNamed) {
  EXPECT_TRUE(find({"nothing"}).empty());
  ASSERT_EQ(seen.problems.size(), 1u);
  EXPECT_NE(seen.problems[0].find("nothing: No such file"), std::string::npos);
}

}  // namespace
}  // namespace repute::tool
