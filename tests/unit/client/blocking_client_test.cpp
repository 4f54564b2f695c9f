// SPDX-License-Identifier: Apache-2.0
#include "repute/client/blocking_client.hpp"

#include <gtest/gtest.h>

#include <thread>

#include "fake_server.hpp"

namespace repute::test {
namespace {

using namespace std::chrono_literals;

/// A fake server with a thread of its own.
class served {
 public:
  served() : thread_([this] { context_.run(); }) {}
  ~served() { context_.stop(); }
  served(const served&) = delete;
  served& operator=(const served&) = delete;

  [[nodiscard]] std::string address() const { return server_.address(); }

 private:
  boost::asio::io_context context_;
  fake_server server_{context_};
  std::jthread thread_;
};

TEST(BlockingClient, LooksUpOneAfterTheOther) {
  const served server;
  client_options options;
  options.servers = {server.address()};
  options.deadline = 5s;
  blocking_client asker(options);
  ASSERT_EQ(asker.servers().size(), 1u);
  for (std::uint32_t i = 0; i < 20; ++i) {
    const auto result = asker.lookup(keys_numbered(i, 2));
    ASSERT_TRUE(result) << result.error().message();
    EXPECT_EQ(result->answers[1], answer_for(key_number(i + 1)));
  }
  EXPECT_TRUE(asker.ping(server.address(), {}));
}

TEST(BlockingClient, NobodyThereIsAnErrorByTheDeadline) {
  boost::asio::io_context context;
  client_options options;
  options.servers = {deserted_address(context)};
  blocking_client asker(options);
  const auto result = asker.lookup({key_number(1)});
  ASSERT_FALSE(result);
  EXPECT_TRUE(result.error() == errc::unreachable || result.error() == errc::timeout);
  EXPECT_EQ(asker.lookup({}).error(), errc::bad_request);
}

}  // namespace
}  // namespace repute::test
