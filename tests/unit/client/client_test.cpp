// SPDX-License-Identifier: Apache-2.0
#include "repute/client/client.hpp"

#include <gtest/gtest.h>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <thread>

#include "fake_server.hpp"

namespace repute::test {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using boost::system::error_code;

client_options options_for(std::vector<std::string> servers) {
  client_options options;
  options.servers = std::move(servers);
  options.deadline = 5s;  // long, so that a slow machine fails no test; short ones say so
  return options;
}

struct completion {
  error_code error;
  lookup_result result;
};

/// A handler that stores what it is called with, and counts.
auto store_in(std::vector<completion>& into) {
  return [&into](error_code error, lookup_result result) {
    into.push_back({error, std::move(result)});
  };
}

TEST(Client, CallsBackWithAnswersInOrder) {
  asio::io_context context;
  fake_server server(context);
  client asker(context.get_executor(), options_for({server.address()}));
  std::vector<completion> done;
  const auto keys = keys_numbered(0, 100);
  asker.async_lookup(keys, store_in(done));
  EXPECT_TRUE(done.empty());  // never from within the call
  while (done.empty()) {
    context.run_one();
  }
  EXPECT_FALSE(done[0].error);
  EXPECT_EQ(done[0].result.server, server.address());
  ASSERT_EQ(done[0].result.answers.size(), 100u);
  for (std::size_t i = 0; i < keys.size(); ++i) {
    EXPECT_EQ(done[0].result.answers[i], answer_for(keys[i]));
  }
}

TEST(Client, WorksWithFuturesAndManyThreads) {
  asio::io_context context;
  fake_server server(context);
  std::optional<client> asker(std::in_place, context.get_executor(),
                              options_for({server.address()}));
  // The server and the strand of the client share two threads, the callers have three of their own.
  auto guard = asio::make_work_guard(context);
  std::jthread first([&] { context.run(); });
  std::jthread second([&] { context.run(); });
  std::vector<std::jthread> callers;
  std::atomic<int> good{0};
  for (std::uint32_t caller = 0; caller < 3; ++caller) {
    callers.emplace_back([&, caller] {
      for (std::uint32_t i = 0; i < 100; ++i) {
        const auto keys = keys_numbered(1000 * caller + i, 3);
        const lookup_result result = asker->async_lookup(keys, asio::use_future).get();
        good += result.answers.size() == 3 && result.answers[2] == answer_for(keys[2]) ? 1 : 0;
      }
    });
  }
  callers.clear();
  EXPECT_EQ(good, 300);
  asker.reset();
  guard.reset();
  context.stop();
}

TEST(Client, WorksWithCoroutines) {
  asio::io_context context;
  fake_server server(context);
  client asker(context.get_executor(), options_for({server.address()}));
  std::size_t answers = 0;
  asio::co_spawn(
      context,
      [&]() -> asio::awaitable<void> {
        const auto first = co_await asker.async_lookup(keys_numbered(1, 2), asio::use_awaitable);
        const auto second = co_await asker.async_lookup(keys_numbered(9, 1), asio::use_awaitable);
        answers = first.answers.size() + second.answers.size();
        context.stop();
      },
      asio::detached);
  context.run();
  EXPECT_EQ(answers, 3u);
}

TEST(Client, AcceptsHandlersThatCanOnlyBeMoved) {
  asio::io_context context;
  fake_server server(context);
  client asker(context.get_executor(), options_for({server.address()}));
  auto owned = std::make_unique<int>(3);
  int seen = 0;
  asker.async_lookup({key_number(1)},
                     [&, owned = std::move(owned)](error_code, const lookup_result&) {
                       seen = *owned;
                       context.stop();
                     });
  context.run();
  EXPECT_EQ(seen, 3);
}

TEST(Client, OneOperationIsCancelledAndTheOtherGoesOn) {
  asio::io_context context;
  bool hold_back = true;
  fake_server server(context, [&](byte_view request) {
    return hold_back ? std::vector<std::uint8_t>() : reply_to(request);
  });
  client asker(context.get_executor(), options_for({server.address()}));
  asio::cancellation_signal signal;
  std::vector<completion> cancelled;
  std::vector<completion> other;
  asker.async_lookup({key_number(1)},
                     asio::bind_cancellation_slot(signal.slot(), store_in(cancelled)));
  asker.async_lookup({key_number(2)}, store_in(other));
  while (server.received() < 2) {
    context.run_one();
  }
  signal.emit(asio::cancellation_type::terminal);
  while (cancelled.empty()) {
    context.run_one();
  }
  EXPECT_EQ(cancelled[0].error, asio::error::operation_aborted);
  EXPECT_TRUE(other.empty());
  hold_back = false;
  while (other.empty()) {
    context.run_one();
  }
  EXPECT_FALSE(other[0].error);
  signal.emit(asio::cancellation_type::terminal);  // too late for anything
  context.poll();
  EXPECT_EQ(cancelled.size(), 1u);
}

TEST(Client, ItsEndCompletesWhatIsPendingAndLetsTheLoopReturn) {
  asio::io_context context;
  std::optional<client> asker(std::in_place, context.get_executor(),
                              options_for({deserted_address(context), "127.0.0.1:9"}));
  std::vector<completion> done;
  asker->async_lookup({key_number(1)}, store_in(done));
  asker->async_ping("127.0.0.1:9", {}, store_in(done));
  asker->async_report([](error_code, const client_report&) {});
  asker.reset();
  context.run();
  ASSERT_EQ(done.size(), 2u);
  for (const completion& one : done) {
    EXPECT_TRUE(one.error);
    EXPECT_TRUE(one.result.answers.empty());
  }
}

TEST(Client, AHandlerMayDestroyTheClient) {
  asio::io_context context;
  fake_server server(context);
  auto asker = std::make_unique<client>(context.get_executor(), options_for({server.address()}));
  std::vector<completion> done;
  asker->async_lookup({key_number(1)}, [&](error_code error, lookup_result result) {
    asker.reset();
    done.push_back({error, std::move(result)});
  });
  while (done.empty()) {
    context.run_one();
  }
  EXPECT_FALSE(done[0].error);
}

TEST(Client, AContextThatEndsFirstRunsNoHandler) {
  std::vector<completion> done;
  {
    asio::io_context context;
    client asker(context.get_executor(), options_for({"127.0.0.1:9"}));
    asker.async_lookup({key_number(1)}, store_in(done));
  }
  EXPECT_TRUE(done.empty());
}

TEST(Client, ADeadServerInTheListLosesNoLookup) {
  asio::io_context context;
  fake_server alive(context);
  fake_server mute(context, silent);
  client asker(context.get_executor(),
               options_for({deserted_address(context), mute.address(), alive.address()}));
  for (std::uint32_t i = 0; i < 50; ++i) {
    std::vector<completion> done;
    asker.async_lookup({key_number(i)}, store_in(done));
    while (done.empty()) {
      context.run_one();
    }
    ASSERT_FALSE(done[0].error) << done[0].error.message();
    EXPECT_EQ(done[0].result.server, alive.address());
  }
}

TEST(Client, AMuteServerEndsInATimeoutAtTheDeadline) {
  asio::io_context context;
  fake_server mute(context, silent);
  client_options options = options_for({mute.address()});
  options.deadline = 60ms;
  client asker(context.get_executor(), options);
  std::vector<completion> done;
  const auto start = std::chrono::steady_clock::now();
  asker.async_lookup({key_number(1)}, store_in(done));
  while (done.empty()) {
    context.run_one();
  }
  EXPECT_EQ(done[0].error, errc::timeout);
  EXPECT_GE(std::chrono::steady_clock::now() - start, 60ms);
}

TEST(Client, PingTellsTheServersState) {
  asio::io_context context;
  fake_server server(context);
  client asker(context.get_executor(), options_for({server.address()}));
  std::vector<completion> done;
  asker.async_ping(server.address(), keys_numbered(1, 2), store_in(done));
  asker.async_ping("192.0.2.1:7060", {}, store_in(done));
  while (done.size() < 2) {
    context.run_one();
  }
  const auto failed = done[0].error ? 0u : 1u;
  EXPECT_EQ(done[failed].error, errc::bad_request);
  EXPECT_EQ(done[1 - failed].result.answers.size(), 2u);
  EXPECT_TRUE(done[1 - failed].result.snapshot);
}

TEST(Client, RefusesServersItCannotUnderstand) {
  asio::io_context context;
  for (const std::vector<std::string>& bad :
       {std::vector<std::string>{}, {"127.0.0.1:0"}, {"127.0.0.1:99999"}, {":7060"}}) {
    EXPECT_THROW(client(context.get_executor(), options_for(bad)), boost::system::system_error);
  }
}

}  // namespace
}  // namespace repute::test
