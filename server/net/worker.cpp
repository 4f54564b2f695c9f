// SPDX-License-Identifier: Apache-2.0
#include "net/worker.hpp"

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <chrono>
#include <thread>

#include "net/receive_governor.hpp"
#include "query/query_core.hpp"

namespace repute::net {

namespace asio = boost::asio;

namespace {

// Batches before the loop may look at anything else, such as a request to stop.
constexpr int rounds_max = 16;

std::uint64_t steady_now_ns() noexcept {
  return static_cast<std::uint64_t>(
      std::chrono::nanoseconds(std::chrono::steady_clock::now().time_since_epoch()).count());
}

}  // namespace

class worker::loop {
 public:
  loop(serving& shared, std::size_t number, std::unique_ptr<datagram_io> io)
      : shared_(shared),
        number_(number),
        io_(std::move(io)),
        core_(shared.server_id, shared.limiter),
        load_(steady_now_ns()),
        governor_(io_->receive_buffer(), steady_now_ns()),
        ready_(context_, io_->native_handle()),
        thread_([this] { run(); }) {}

  ~loop() {
    asio::post(context_, [this] { context_.stop(); });
    thread_.join();
    // The back end owns the descriptor.
    ready_.release();
  }

  void poke() {
    alive_ = false;
    asio::post(context_, [this] { alive_ = true; });
  }
  [[nodiscard]] bool is_alive() const noexcept { return alive_; }

  [[nodiscard]] const query::worker_counters& counters() const noexcept { return core_.counters(); }
  [[nodiscard]] std::uint32_t kernel_drops() const noexcept { return io_->kernel_drops(); }

 private:
  void run() {
    wait();
    context_.run();
  }

  void wait() {
    if (io_->has_more()) {
      asio::post(context_, [this] {
        answer_what_waits();
        wait();
      });
      return;
    }
    ready_.async_wait(asio::posix::stream_descriptor::wait_read,
                      [this](const boost::system::error_code& error) {
                        if (!error) {
                          answer_what_waits();
                          wait();
                        }
                      });
  }

  void answer_what_waits() {
    const std::uint64_t began_ns = steady_now_ns();
    std::uint64_t now_ns = began_ns;
    for (int round = 0; round < rounds_max; ++round) {
      std::uint64_t realtime_ns = 0;
      const auto batch = io_->receive(realtime_ns);
      if (!batch.empty()) {
        answer_batch(batch, realtime_ns, now_ns);
      }
      now_ns = steady_now_ns();
      if (batch.size() < query::batch_max) {
        break;
      }
    }
    load_.add(now_ns - began_ns, now_ns);
    if (governor_.due(now_ns)) {
      govern(now_ns);
    }
  }

  void govern(std::uint64_t now_ns) {
    const auto bytes = governor_.look(core_.delay_us(), io_->waiting_bytes(), now_ns);
    if (bytes) {
      io_->set_receive_buffer(*bytes);
    }
  }

  void answer_batch(std::span<const query::datagram> batch, std::uint64_t realtime_ns,
                    std::uint64_t now_ns) {
    static const query::access_list nobody;
    const store::serving_state* pinned = shared_.states.pin(number_);
    const query::access_list* access = shared_.access.pin(number_);
    const auto replies =
        core_.process(batch, {.view = pinned != nullptr ? &pinned->view() : nullptr,
                              .live = pinned != nullptr ? pinned->live() : store::live_view(),
                              .access = access != nullptr ? *access : nobody,
                              .unix_ns = realtime_ns,
                              .now_ns = now_ns,
                              .load = load_.value(),
                              .draining = shared_.draining.load(std::memory_order_relaxed)});
    // Replies hold copies: the snapshot may go while they are sent.
    shared_.access.unpin(number_);
    shared_.states.unpin(number_);
    if (const std::size_t failed = io_->send(replies); failed != 0) {
      core_.counters().add(query::counter::send_failed, failed);
    }
  }

  serving& shared_;
  std::size_t number_;
  std::unique_ptr<datagram_io> io_;
  query::query_core core_;
  query::load_meter load_;
  receive_governor governor_;
  std::atomic<bool> alive_ = true;
  asio::io_context context_{1};
  asio::posix::stream_descriptor ready_;
  std::jthread thread_;
};

worker::worker(serving& shared, std::size_t number, std::unique_ptr<datagram_io> io)
    : loop_(std::make_unique<loop>(shared, number, std::move(io))) {}

worker::~worker() = default;

void worker::poke() {
  loop_->poke();
}

bool worker::is_alive() const noexcept {
  return loop_->is_alive();
}

const query::worker_counters& worker::counters() const noexcept {
  return loop_->counters();
}

std::uint32_t worker::kernel_drops() const noexcept {
  return loop_->kernel_drops();
}

}  // namespace repute::net
