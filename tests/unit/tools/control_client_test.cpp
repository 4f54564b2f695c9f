// SPDX-License-Identifier: Apache-2.0
// The control client against a socket that answers as told.
#include "control_client.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <functional>
#include <thread>

#include "support/temporary_directory.hpp"

namespace repute::tool {
namespace {

// Answers every line of every connection with what `reply` gives, until it is destroyed.
class control_server {
 public:
  control_server(const std::filesystem::path& db, std::function<std::string()> reply)
      : reply_(std::move(reply)), listener_(::socket(AF_UNIX, SOCK_STREAM, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::string path = (db / "control.sock").string();
    std::copy(path.begin(), path.end(), std::begin(address.sun_path));
    EXPECT_EQ(::bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    EXPECT_EQ(::listen(listener_, 8), 0);
    thread_ = std::jthread([this] { serve(); });
  }
  ~control_server() {
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
  }
  control_server(const control_server&) = delete;
  control_server& operator=(const control_server&) = delete;

 private:
  void serve() const {
    for (int fd = 0; (fd = ::accept(listener_, nullptr, nullptr)) >= 0; ::close(fd)) {
      std::array<char, 4096> buffer{};
      ssize_t got = 0;
      while ((got = ::recv(fd, buffer.data(), buffer.size(), 0)) > 0 &&
             buffer[static_cast<std::size_t>(got) - 1] == '\n') {
        const std::string line = reply_();
        if (::send(fd, line.data(), line.size(), MSG_NOSIGNAL) < 0 || !line.ends_with('\n')) {
          break;
        }
      }
    }
  }

  std::function<std::string()> reply_;
  int listener_;
  std::jthread thread_;
};

class control_client_test : public testing::Test {
 protected:
  [[nodiscard]] std::string db() const { return folder_.path().string(); }
  repute::test::temporary_directory folder_;
};

TEST_F(control_client_test, asks_several_times_over_one_connection) {
  int asked = 0;
  const control_server server(folder_.path(), [&] { return std::to_string(++asked) + "\n"; });
  auto control = control_client::connect(db());
  ASSERT_TRUE(std::holds_alternative<control_client>(control));
  auto& client = std::get<control_client>(control);
  EXPECT_EQ(std::get<std::string>(client.ask("a")), "1");
  EXPECT_EQ(std::get<std::string>(client.ask("b")), "2");
}

TEST_F(control_client_test, says_that_nobody_serves) {
  const auto control = control_client::connect(db());
  ASSERT_TRUE(std::holds_alternative<control_failure>(control));
  EXPECT_TRUE(std::get<control_failure>(control).nobody);
  EXPECT_FALSE(served_generation(db()));
  const auto long_name = control_client::connect(db() + std::string(200, 'x'));
  EXPECT_FALSE(std::get<control_failure>(long_name).nobody);
}

TEST_F(control_client_test, a_reply_cut_short_is_a_failure) {
  const control_server server(folder_.path(), [] { return "half a line"; });
  auto control = control_client::connect(db());
  const auto reply = std::get<control_client>(control).ask("a");
  EXPECT_TRUE(std::holds_alternative<control_failure>(reply));
}

TEST_F(control_client_test, waits_until_a_generation_is_served) {
  int asked = 0;
  const control_server server(folder_.path(), [&] {
    ++asked;
    return asked < 3 ? "{\"generation\":null}\n" : "{\"generation\":7}\n";
  });
  std::string problem;
  EXPECT_TRUE(wait_until_served(db(), 7, std::chrono::seconds(60), problem));
  EXPECT_EQ(served_generation(db()), 7U);
  EXPECT_FALSE(wait_until_served(db(), 8, std::chrono::milliseconds(50), problem));
  EXPECT_NE(problem.find("serves generation 7"), std::string::npos) << problem;
}

TEST_F(control_client_test, waiting_for_nobody_ends) {
  std::string problem;
  EXPECT_FALSE(wait_until_served(db(), 1, std::chrono::milliseconds(30), problem));
  EXPECT_NE(problem.find("no reputed"), std::string::npos) << problem;
}

}  // namespace
}  // namespace repute::tool
