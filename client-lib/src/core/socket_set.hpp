// SPDX-License-Identifier: Apache-2.0
// The sockets of one server. The server's kernel ties each to one of its threads, so that one hung
// thread is one silent socket beside others that answer: suspicion is kept for each socket.
#pragma once

#include <array>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <random>

#include "core/clock.hpp"

namespace repute::core {

inline constexpr std::size_t sockets_max = 8;  ///< of one server
/// So many timeouts of one socket in a row, and nothing heard for so long, give it a new port, and
/// so maybe another thread. What is still on its way to the old port is lost then: a crowd of
/// questions that times out at once is no reason.
inline constexpr unsigned timeouts_to_rebind = 3;
inline constexpr microseconds silence_to_rebind{200'000};

class socket_set {
 public:
  explicit socket_set(std::size_t count) noexcept : count_(count) {
    assert(count >= 1 && count <= sockets_max);
  }

  [[nodiscard]] std::size_t size() const noexcept { return count_; }

  /// One that is not suspect, if there is any.
  [[nodiscard]] std::size_t pick(std::mt19937_64& random) const noexcept {
    if (count_ == 1) {
      return 0;
    }
    const auto first = static_cast<std::size_t>(random() % count_);
    for (std::size_t i = 0; i < count_; ++i) {
      if (const std::size_t at = (first + i) % count_; sockets_[at].timeouts == 0) {
        return at;
      }
    }
    return first;
  }

  /// In turns, suspects first: only an answer clears them, and lookups do not go there.
  [[nodiscard]] std::size_t pick_for_ping() noexcept {
    for (std::size_t i = 1; i <= count_; ++i) {
      if (const std::size_t at = (pinged_ + i) % count_; sockets_[at].timeouts > 0) {
        return pinged_ = at;
      }
    }
    return pinged_ = (pinged_ + 1) % count_;
  }

  void on_answer(std::size_t socket, time_point now) noexcept {
    sockets_[socket] = {.answered_at = now};
  }

  /// Nobody answered what was sent then. True if the socket should get a new port.
  [[nodiscard]] bool on_timeout(std::size_t socket, time_point sent_at, time_point now) noexcept {
    state& it = sockets_[socket];
    if (it.answered_at >= sent_at) {
      return false;  // a lost datagram: the socket has answered others since
    }
    if (it.timeouts++ == it.timeouts_before) {
      it.silent_since = sent_at;
    }
    const bool rebind = it.timeouts - it.timeouts_before >= timeouts_to_rebind &&
                        now - it.silent_since >= silence_to_rebind;
    it.timeouts_before = rebind ? it.timeouts : it.timeouts_before;
    return rebind;
  }

  [[nodiscard]] std::size_t suspects() const noexcept {
    std::size_t count = 0;
    for (std::size_t i = 0; i < count_; ++i) {
      count += sockets_[i].timeouts > 0 ? 1u : 0u;
    }
    return count;
  }

 private:
  struct state {
    unsigned timeouts = 0;         ///< in a row
    unsigned timeouts_before = 0;  ///< of these, at the port before
    time_point silent_since{};     ///< when the first of the others was sent
    time_point answered_at{};
  };

  std::size_t count_;
  std::size_t pinged_ = 0;
  std::array<state, sockets_max> sockets_{};
};

}  // namespace repute::core
