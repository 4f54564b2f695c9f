// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>
#include <vector>

#include "load_generator/clock.hpp"
#include "load_generator/load_run.hpp"
#include "load_generator/sockets.hpp"

namespace repute::bench {

namespace {

constexpr std::size_t send_buffer_bytes = 1 << 18;
constexpr std::size_t receive_buffer_bytes = 1 << 20;
constexpr std::size_t pipeline_max = 1 << 16;

[[noreturn]] void fail(int error, const char* step) {
  throw std::system_error(error, std::generic_category(), step);
}

// One connection: bytes on their way out, requests unanswered in their order, bytes not yet read.
class connection {
 public:
  explicit connection(const target& to)
      : socket_(connect_socket(to, SOCK_STREAM)),
        out_(send_buffer_bytes),
        in_(receive_buffer_bytes),
        waiting_(pipeline_max) {}

  [[nodiscard]] std::size_t unanswered() const noexcept { return last_ - first_; }
  [[nodiscard]] bool has_room() const noexcept {
    return out_.size() - queued_ >= request_bytes_max && unanswered() < pipeline_max;
  }
  void add(load_run& run, std::uint64_t now_ns);
  void flush();
  bool receive(load_run& run, protocol& speaks);

 private:
  void take_replies(load_run& run, protocol& speaks, std::uint64_t now_ns);

  descriptor socket_;
  std::vector<std::uint8_t> out_;
  std::size_t queued_ = 0;
  std::vector<std::uint8_t> in_;
  std::size_t received_ = 0;
  std::vector<std::uint64_t> waiting_;  // numbers, a ring
  std::size_t first_ = 0;
  std::size_t last_ = 0;
};

void connection::add(load_run& run, std::uint64_t now_ns) {
  waiting_[last_++ % pipeline_max] = run.made();
  const made_request made = run.next(byte_span(out_).subspan(queued_, request_bytes_max), now_ns);
  if (made.bytes == 0) {
    fail(EMSGSIZE, "a request of these keys");
  }
  queued_ += made.bytes;
}

void connection::flush() {
  if (queued_ == 0) {
    return;
  }
  const ssize_t sent = ::send(socket_.get(), out_.data(), queued_, MSG_DONTWAIT | MSG_NOSIGNAL);
  if (sent < 0 && errno != EAGAIN) {
    fail(errno, "send");
  }
  const auto done = static_cast<std::ptrdiff_t>(std::max<ssize_t>(sent, 0));
  std::copy(out_.begin() + done, out_.begin() + static_cast<std::ptrdiff_t>(queued_), out_.begin());
  queued_ -= static_cast<std::size_t>(done);
}

bool connection::receive(load_run& run, protocol& speaks) {
  const ssize_t got =
      ::recv(socket_.get(), in_.data() + received_, in_.size() - received_, MSG_DONTWAIT);
  if (got == 0) {
    fail(ECONNRESET, "the server ended the connection");
  }
  if (got < 0) {
    if (errno != EAGAIN) {
      fail(errno, "recv");
    }
    return false;
  }
  received_ += static_cast<std::size_t>(got);
  take_replies(run, speaks, monotonic_ns());
  return true;
}

void connection::take_replies(load_run& run, protocol& speaks, std::uint64_t now_ns) {
  std::size_t used = 0;
  while (first_ != last_) {
    judged_reply reply;
    const std::size_t size = speaks.judge(byte_view(in_).subspan(used, received_ - used), reply);
    if (size == 0) {
      break;
    }
    used += size;
    reply.id = waiting_[first_++ % pipeline_max];
    run.answered(reply, size, now_ns);
  }
  std::copy(in_.begin() + static_cast<std::ptrdiff_t>(used),
            in_.begin() + static_cast<std::ptrdiff_t>(received_), in_.begin());
  received_ -= used;
  if (received_ == in_.size()) {
    fail(EPROTO, "a reply larger than the buffer");
  }
}

class tcp_engine {
 public:
  tcp_engine(const target& to, protocol& speaks, const load_options& load)
      : speaks_(speaks),
        depth_(std::max<std::size_t>(load.window / load.sockets, 1)),
        run_(speaks, load, monotonic_ns()) {
    for (std::size_t i = 0; i < load.sockets; ++i) {
      connections_.emplace_back(to);
    }
  }

  outcome run() {
    for (std::uint64_t now = monotonic_ns(); run_.go_on(now); now = monotonic_ns()) {
      run_.open_loop() ? add_due(now) : fill(now);
      bool received = false;
      for (connection& each : connections_) {
        each.flush();
        received = each.receive(run_, speaks_) || received;
      }
      if (!received) {
        relax();
      }
    }
    return run_.take_result();
  }

 private:
  // Half a pipeline at a time, so that the server reads several requests at once.
  void fill(std::uint64_t now_ns) {
    for (connection& each : connections_) {
      if (each.unanswered() <= depth_ / 2) {
        while (run_.sending() && each.unanswered() < depth_ && each.has_room()) {
          each.add(run_, now_ns);
        }
      }
    }
  }

  // A full connection makes requests late, and their latency tells it.
  void add_due(std::uint64_t now_ns) {
    for (std::uint32_t left = run_.allowed(now_ns); left != 0; --left) {
      connection& next = connections_[turn_];
      if (!next.has_room()) {
        return;
      }
      next.add(run_, now_ns);
      turn_ = (turn_ + 1) % connections_.size();
    }
  }

  protocol& speaks_;
  std::size_t depth_;
  std::size_t turn_ = 0;
  std::vector<connection> connections_;
  load_run run_;
};

}  // namespace

outcome run_tcp(const target& to, protocol& speaks, const load_options& load) {
  return tcp_engine(to, speaks, load).run();
}

}  // namespace repute::bench
