// SPDX-License-Identifier: Apache-2.0
// The shell: sockets, a timer and completion handlers around core::lookup_core. Decides nothing.
#include "repute/client/client.hpp"

#include <sys/random.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/ip/udp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <chrono>
#include <optional>
#include <random>
#include <sstream>
#include <unordered_map>

#include "core/lookup_core.hpp"
#include "server_address.hpp"

namespace repute {

namespace asio = boost::asio;
using asio::ip::udp;
using boost::system::error_code;

namespace {

constexpr std::chrono::milliseconds deadline_min{1};
constexpr std::chrono::milliseconds deadline_max{60000};
/// Datagrams read from one socket before the others have their turn.
constexpr int receives_in_a_row = 64;

std::vector<std::string> names_of(const std::vector<udp::endpoint>& endpoints) {
  std::vector<std::string> names;
  for (const udp::endpoint& endpoint : endpoints) {
    std::ostringstream name;
    name << endpoint;
    names.push_back(name.str());
  }
  return names;
}

std::uint64_t random_seed() {
  std::random_device device;
  return std::uint64_t{device()} << 32 | device();
}

// Numbers from the kernel, 64 at a time. Kept in the process only until they are used.
class secure_numbers {
 public:
  std::uint64_t operator()() {
    if (left_ == 0) {
      auto* at = reinterpret_cast<char*>(numbers_.data());
      for (std::size_t filled = 0; filled < sizeof numbers_;) {
        const ssize_t got = ::getrandom(at + filled, sizeof numbers_ - filled, 0);
        filled += static_cast<std::size_t>(std::max<ssize_t>(got, 0));
      }
      left_ = numbers_.size();
    }
    return std::exchange(numbers_[--left_], 0);
  }

 private:
  std::array<std::uint64_t, 64> numbers_{};
  std::size_t left_ = 0;
};

core::time_point now() noexcept {
  return std::chrono::steady_clock::now();
}

/// The socket has nothing to give at the moment, or no room; the timers take care of what is lost.
bool is_pause(const error_code& error) noexcept {
  return error == asio::error::would_block || error == asio::error::try_again ||
         error == asio::error::no_buffer_space || error == asio::error::interrupted;
}

}  // namespace

namespace detail {

/// Lives as long as the client or an operation of the event loop needs it. All but `ids_` and what
/// is constant after construction is touched on the strand only.
class client_impl : public std::enable_shared_from_this<client_impl> {
 public:
  client_impl(const asio::any_io_executor& executor, const client_options& options,
              const std::vector<udp::endpoint>& endpoints)
      : executor_(executor),
        endpoints_(endpoints),
        names_(names_of(endpoints)),
        deadline_(std::clamp(options.deadline, deadline_min, deadline_max)),
        strand_(asio::make_strand(executor)),
        timer_(strand_),
        core_({names_, options.salt_fp, random_seed(), secure_numbers()}) {
    for (const udp::endpoint& endpoint : endpoints) {
      udp::socket& socket = sockets_.emplace_back(strand_, endpoint.protocol());
      socket.non_blocking(true);
      error_code ignored;  // an unreachable network is the lookups' business, not the constructor's
      socket.connect(endpoint, ignored);
    }
  }

  [[nodiscard]] const asio::any_io_executor& executor() const noexcept { return executor_; }
  [[nodiscard]] const std::vector<std::string>& names() const noexcept { return names_; }
  [[nodiscard]] std::uint64_t next_id() noexcept { return ++ids_; }

  void open() {
    asio::post(strand_, [self = shared_from_this()] {
      for (std::size_t i = 0; i < self->sockets_.size(); ++i) {
        self->wait_readable(i);
      }
    });
  }

  void close() {
    asio::post(strand_, [self = shared_from_this()] {
      self->closed_ = true;
      self->timer_.cancel();
      self->sockets_.clear();
      for (auto& [id, handler] : std::exchange(self->handlers_, {})) {
        handler->complete(asio::error::operation_aborted, {});
      }
    });
  }

  void start(operation op) {
    // The deadline counts from the call, not from when the loop finds time for it.
    const core::time_point deadline = now() + deadline_;
    asio::post(strand_, [self = shared_from_this(), op = std::move(op), deadline]() mutable {
      if (self->closed_) {
        return op.handler->complete(asio::error::operation_aborted, {});
      }
      self->handlers_.emplace(op.id, std::move(op.handler));
      if (op.ping) {
        self->feed(core::ping_submitted{op.id, op.server, op.keys, deadline});
      } else {
        self->feed(core::lookup_submitted{op.id, op.keys, deadline});
      }
    });
  }

  void cancel(std::uint64_t id) {
    asio::post(strand_, [self = shared_from_this(), id] {
      if (const auto node = self->handlers_.extract(id)) {
        self->feed(core::lookup_cancelled{id});
        node.mapped()->complete(asio::error::operation_aborted, {});
      }
    });
  }

 private:
  void wait_readable(std::size_t server) {
    sockets_[server].async_wait(udp::socket::wait_read,
                                [self = shared_from_this(), server](error_code error) {
                                  if (!error && !self->closed_) {
                                    self->drain(server);
                                    self->wait_readable(server);
                                  }
                                });
  }

  void drain(std::size_t server) {
    for (int i = 0; i < receives_in_a_row; ++i) {
      error_code error;
      const std::size_t size = sockets_[server].receive(asio::buffer(buffer_), 0, error);
      if (is_pause(error)) {
        return;
      }
      if (error) {
        return feed(core::send_refused{server});
      }
      feed(core::datagram_received{server, {buffer_.data(), size}});
    }
  }

  void feed(const core::event& e) {
    perform(core_.resume(e, now()));
    // A send that is refused is an event, too, and its retry may be refused in turn.
    while (!refusals_.empty()) {
      const std::size_t server = refusals_.back();
      refusals_.pop_back();
      perform(core_.resume(core::send_refused{server}, now()));
    }
    arm_timer();
  }

  void perform(std::span<core::action> actions) {
    for (core::action& action : actions) {
      if (const auto* datagram = std::get_if<core::send_datagram>(&action)) {
        send(*datagram);
      } else {
        complete(std::get<core::complete_lookup>(action));
      }
    }
  }

  void send(const core::send_datagram& datagram) {
    udp::socket& socket = sockets_[datagram.server];
    error_code error;
    socket.send(asio::buffer(datagram.bytes), 0, error);
    if (!error || is_pause(error)) {
      return;
    }
    const bool refused = error == asio::error::connection_refused;
    if (!refused) {
      // No route, or the address that the socket had is gone: look for a way anew.
      socket.connect(endpoints_[datagram.server], error);
    }
    // After a refusal the kernel only reported what befell an earlier datagram, and sent nothing.
    socket.send(asio::buffer(datagram.bytes), 0, error);
    if (refused || (error && !is_pause(error))) {
      refusals_.push_back(datagram.server);
    }
  }

  void complete(core::complete_lookup& action) {
    if (const auto node = handlers_.extract(action.id)) {
      const error_code error = action.error ? make_error_code(*action.error) : error_code();
      node.mapped()->complete(error, std::move(action.result));
    }
  }

  void arm_timer() {
    const auto next = core_.next_timer();
    if (!next || (armed_ && *armed_ <= *next)) {
      return;  // a timer that fires early costs less than moving it for every answer
    }
    armed_ = next;
    timer_.expires_at(*next);
    timer_.async_wait([self = shared_from_this()](error_code error) {
      if (error || self->closed_) {
        return;  // closed, or moved to an earlier time
      }
      self->armed_.reset();
      // Answers first: a process that was held up must not blame the servers.
      for (std::size_t i = 0; i < self->sockets_.size(); ++i) {
        self->drain(i);
      }
      self->feed(core::time_passed{});
    });
  }

  const asio::any_io_executor executor_;
  const std::vector<udp::endpoint> endpoints_;
  const std::vector<std::string> names_;
  const std::chrono::milliseconds deadline_;
  std::atomic<std::uint64_t> ids_{0};

  asio::strand<asio::any_io_executor> strand_;
  std::vector<udp::socket> sockets_;
  asio::steady_timer timer_;
  std::optional<core::time_point> armed_;
  core::lookup_core core_;
  std::vector<std::size_t> refusals_;
  std::unordered_map<std::uint64_t, std::unique_ptr<lookup_handler>> handlers_;
  std::array<std::uint8_t, wire::request_size_max + 1>
      buffer_{};  ///< one more shows what is too long
  bool closed_ = false;
};

std::uint64_t next_operation_id(client_impl& impl) noexcept {
  return impl.next_id();
}

const asio::any_io_executor& executor_of(const client_impl& impl) noexcept {
  return impl.executor();
}

void start(const std::shared_ptr<client_impl>& impl, operation op) {
  impl->start(std::move(op));
}

void cancel(const std::weak_ptr<client_impl>& impl, std::uint64_t id) {
  if (const auto alive = impl.lock()) {
    alive->cancel(id);
  }
}

}  // namespace detail

client::client(const executor_type& executor, const client_options& options)
    : impl_(std::make_shared<detail::client_impl>(executor, options,
                                                  resolve_servers(options.servers))) {
  impl_->open();
}

client::~client() {
  impl_->close();
}

std::span<const std::string> client::servers() const noexcept {
  return impl_->names();
}

}  // namespace repute
