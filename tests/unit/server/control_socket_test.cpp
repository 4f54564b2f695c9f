// SPDX-License-Identifier: Apache-2.0
// Sessions of DIR/control.sock: who is answered, and who is closed when there are too many.
#include "control/control_socket.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <list>
#include <vector>

#include "support/temporary_directory.hpp"

namespace repute::test {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using unix_stream = asio::local::stream_protocol;

// One thread for both ends: what one has written the other can read at once, so the loop runs until
// nothing is left to do.
class control_socket_test : public testing::Test {
  temporary_directory directory_;
  asio::io_context context_;

 protected:
  struct connection {
    explicit connection(asio::io_context& context) : socket(context) {}
    unix_stream::socket socket;
    std::string input;
    std::vector<std::string> lines;
    bool open = true;
  };

  connection& connect() {
    connection& made = connections_.emplace_back(context_);
    made.socket.connect(unix_stream::endpoint((directory_.path() / "control.sock").string()));
    hear(made);
    settle();
    return made;
  }
  void say(connection& on, std::string_view text) {
    error_code ignored;
    asio::write(on.socket, asio::buffer(text), ignored);
    settle();
  }
  void settle() {
    context_.restart();
    while (context_.poll() != 0) {
    }
  }
  std::size_t open_ones() const {
    return static_cast<std::size_t>(std::count_if(connections_.begin(), connections_.end(),
                                                  [](const auto& each) { return each.open; }));
  }

  std::list<connection> connections_;
  std::vector<control::control_socket::reply_callback> owed_;  ///< to lines that begin with "later"

 private:
  void hear(connection& on) {
    asio::async_read_until(on.socket, asio::dynamic_buffer(on.input), '\n',
                           [this, &on](const error_code& error, std::size_t size) {
                             if (error) {
                               on.open = false;
                               return;
                             }
                             on.lines.push_back(on.input.substr(0, size - 1));
                             on.input.erase(0, size);
                             hear(on);
                           });
  }
  void answer(std::string_view line, control::control_socket::reply_callback reply) {
    if (line.starts_with("later")) {
      owed_.push_back(std::move(reply));
    } else {
      reply("heard " + std::string(line));
    }
  }

  control::control_socket socket_{
      context_, directory_.path(),
      [this](std::string_view line, auto reply) { answer(line, std::move(reply)); }};
};

TEST_F(control_socket_test, lines_are_answered_in_order) {
  connection& one = connect();
  say(one, "a\nlater b\nc\n");
  EXPECT_EQ(one.lines, std::vector<std::string>{"heard a"});
  ASSERT_EQ(owed_.size(), 1u);
  owed_[0]("done b");
  settle();
  EXPECT_EQ(one.lines, (std::vector<std::string>{"heard a", "done b", "heard c"}));
}

TEST_F(control_socket_test, the_longest_idle_one_makes_room) {
  connection& used = connect();
  connection& forgotten = connect();
  while (open_ones() < control::control_socket::sessions_max) {
    connect();
  }
  say(used, "a\n");
  EXPECT_TRUE(connect().open);
  EXPECT_FALSE(forgotten.open);
  EXPECT_TRUE(used.open);
  EXPECT_EQ(open_ones(), control::control_socket::sessions_max);
}

TEST_F(control_socket_test, one_at_work_is_not_idle) {
  connection& at_work = connect();
  say(at_work, "later\n");
  for (std::size_t i = 0; i < 2 * control::control_socket::sessions_max; ++i) {
    connect();
  }
  owed_[0]("done");
  settle();
  EXPECT_EQ(at_work.lines, std::vector<std::string>{"done"});
}

TEST_F(control_socket_test, one_that_has_ended_makes_no_room) {
  // Whoever owes it a reply keeps its session for a while.
  connection& ended = connect();
  say(ended, "later\n");
  const auto reply = owed_[0];
  reply("done");
  settle();
  ended.socket.close();
  ended.open = false;
  settle();
  for (std::size_t i = 0; i < 2 * control::control_socket::sessions_max; ++i) {
    connect();
  }
  // The ended one counts until it is let go, and so one less is open; a newcomer always is.
  EXPECT_TRUE(connections_.back().open);
  EXPECT_EQ(open_ones(), control::control_socket::sessions_max - 1);
}

}  // namespace
}  // namespace repute::test
