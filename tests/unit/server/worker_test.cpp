// SPDX-License-Identifier: Apache-2.0
// A worker with its socket, event loop and snapshot: it asks for no memory, and leaves nothing.
#include <gtest/gtest.h>
#include <sys/eventfd.h>

#include <array>
#include <chrono>
#include <future>
#include <thread>
#include <vector>

#include "repute/schema/message.hpp"
#include "support/allocation_counter.hpp"
#include "unit/server/one_key_database.hpp"
#include "unit/server/udp_client.hpp"

namespace repute::test {
namespace {

// Waits for as many answers. Allocates nothing.
bool hear(udp_client& client, int answers) {
  std::array<std::uint8_t, wire::request_size_max> reply;
  for (int i = 0; i < answers; ++i) {
    if (client.receive_into(reply) == 0) {
      return false;
    }
  }
  return true;
}

TEST(worker_test, a_whole_worker_allocates_nothing) {
  const one_key_server server(1);
  udp_client client;
  const key one = the_one_key();
  std::array<std::uint8_t, wire::request_size_max> question{};
  const auto size = wire::encode_request(wire::type::query, 7, 0, {&one, 1}, question);
  const byte_view asked = byte_view(question).first(size);
  constexpr int burst = 40;
  constexpr int bursts = 3;
  std::vector<std::uint8_t> many;
  for (int i = 0; i < burst; ++i) {
    many.insert(many.end(), asked.begin(), asked.end());
  }
  // One, so that the worker sleeps and wakes; some at once, so that replies are merged; and bursts
  // that come as one message of more than it answers at a time.
  const auto round = [&] {
    client.send(server.address(), asked);
    const bool first = hear(client, 1);
    for (int i = 0; i < burst; ++i) {
      client.send(server.address(), asked);
    }
    const bool second = hear(client, burst);
    for (int i = 0; i < bursts; ++i) {
      client.send_burst(server.address(), many, static_cast<int>(size));
    }
    return first && second && hear(client, bursts * burst);
  };
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(round());
  }
  const std::uint64_t before = allocations();
  for (int i = 0; i < 50; ++i) {
    ASSERT_TRUE(round());
  }
  EXPECT_EQ(allocations(), before);
  EXPECT_GT(before, 0u);  // the hook does count
  EXPECT_EQ(server.workers().kernel_drops(), 0u);
}

// Has so many batches to give, and tells of the first one only through its descriptor.
class many_batches : public net::datagram_io {
 public:
  many_batches(int batches, std::promise<void>& all_taken)
      : left_(batches), all_taken_(all_taken), ready_(::eventfd(1, EFD_CLOEXEC | EFD_NONBLOCK)) {}

  std::span<const query::datagram> receive(std::uint64_t& realtime_ns) override {
    std::uint64_t told = 0;
    (void)!::read(ready_.get(), &told, sizeof told);
    realtime_ns = 1;
    if (left_ == 0) {
      return {};
    }
    if (--left_ == 0) {
      all_taken_.set_value();
    }
    return batch_;
  }
  bool has_more() const noexcept override { return left_ != 0; }
  std::size_t send(std::span<const query::reply> /*replies*/) override { return 0; }
  int receive_buffer() const noexcept override { return 1 << 20; }
  int waiting_bytes() const noexcept override { return 0; }
  void set_receive_buffer(int /*bytes*/) noexcept override {}
  std::uint32_t kernel_drops() const noexcept override { return 0; }
  int native_handle() const noexcept override { return ready_.get(); }

 private:
  std::array<query::datagram, query::batch_max> batch_{};  // empty ones, which nobody answers
  int left_;
  std::promise<void>& all_taken_;
  net::file_descriptor ready_;
};

TEST(worker_test, what_the_kernel_has_handed_over_is_not_waited_for) {
  constexpr int batches = 100;
  net::serving serving(1, 1, 1);
  std::promise<void> all_taken;
  const net::worker worker(serving, 0, std::make_unique<many_batches>(batches, all_taken));
  EXPECT_EQ(all_taken.get_future().wait_for(std::chrono::seconds(10)), std::future_status::ready);
}

// Takes its batch only when it may: a worker that is stuck until then.
class stuck_io final : public many_batches {
 public:
  stuck_io(std::promise<void>& taken, std::future<void> freed)
      : many_batches(1, taken), freed_(std::move(freed)) {}

  std::span<const query::datagram> receive(std::uint64_t& realtime_ns) override {
    const auto batch = many_batches::receive(realtime_ns);
    if (!batch.empty()) {
      freed_.wait();
    }
    return batch;
  }

 private:
  std::future<void> freed_;
};

bool comes_alive(const net::worker& worker) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (!worker.is_alive() && std::chrono::steady_clock::now() < end) {
    std::this_thread::yield();
  }
  return worker.is_alive();
}

TEST(worker_test, gives_a_sign_of_life_unless_it_is_stuck) {
  net::serving serving(2, 1, 1);
  std::promise<void> taken;
  std::promise<void> freed;
  net::worker worker(serving, 0, std::make_unique<stuck_io>(taken, freed.get_future()));
  taken.get_future().wait();
  EXPECT_TRUE(worker.is_alive());  // not asked yet
  worker.poke();
  EXPECT_FALSE(worker.is_alive());
  freed.set_value();
  EXPECT_TRUE(comes_alive(worker));
  worker.poke();  // it sleeps now
  EXPECT_TRUE(comes_alive(worker));
}

}  // namespace
}  // namespace repute::test
