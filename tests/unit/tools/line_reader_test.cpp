// SPDX-License-Identifier: Apache-2.0
#include "line_reader.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <thread>
#include <vector>

namespace repute::tool {
namespace {

using namespace std::chrono_literals;
using result = line_reader::result;

class LineReader : public ::testing::Test {
 protected:
  LineReader() { EXPECT_EQ(::pipe2(ends_.data(), O_CLOEXEC), 0); }
  ~LineReader() override {
    close_input();
    ::close(ends_[0]);
  }
  void write(std::string_view text) {
    ASSERT_EQ(::write(ends_[1], text.data(), text.size()), static_cast<ssize_t>(text.size()));
  }
  void close_input() {
    if (ends_[1] >= 0) {
      ::close(ends_[1]);
      ends_[1] = -1;
    }
  }
  std::array<int, 2> ends_{-1, -1};
};

TEST_F(LineReader, SplitsLinesAndKeepsWhatIsNotFinished) {
  line_reader reader(ends_[0]);
  std::string line;
  write("one\r\n\ntwo");
  EXPECT_EQ(reader.next(line, {}), result::line);
  EXPECT_EQ(line, "one");
  EXPECT_EQ(reader.next(line, {}), result::line);
  EXPECT_EQ(line, "");
  EXPECT_EQ(reader.next(line, std::chrono::steady_clock::now() + 1ms), result::nothing_yet);
  write("!\nthree");
  EXPECT_EQ(reader.next(line, {}), result::line);
  EXPECT_EQ(line, "two!");
  close_input();
  EXPECT_EQ(reader.next(line, {}), result::line);
  EXPECT_EQ(line, "three");
  EXPECT_EQ(reader.next(line, {}), result::end);
  EXPECT_EQ(reader.next(line, {}), result::end);
}

TEST_F(LineReader, TakesNoHeadOfALineForAWholeOne) {
  line_reader reader(ends_[0], 4);
  write("one\r\ntwo\r\r\nthree\n");
  close_input();
  std::string line;
  for (const char* expected : {"one", "two\r", "thre"}) {
    EXPECT_EQ(reader.next(line, {}), result::line);
    EXPECT_EQ(line, expected);
  }
  EXPECT_EQ(reader.next(line, {}), result::end);
}

TEST_F(LineReader, CutsOverlongLinesAndFindsTheNextOne) {
  line_reader reader(ends_[0]);
  std::jthread writer([this] {  // more than a pipe holds
    const std::string part(50000, 'x');
    for (int i = 0; i < 25; ++i) {
      write(part);
    }
    write("\nnext\n");
    close_input();
  });
  std::string line;
  EXPECT_EQ(reader.next(line, {}), result::line);
  EXPECT_EQ(line, std::string(line_reader::line_max, 'x'));
  EXPECT_EQ(reader.next(line, {}), result::line);
  EXPECT_EQ(line, "next");
  EXPECT_EQ(reader.next(line, {}), result::end);
}

}  // namespace
}  // namespace repute::tool
