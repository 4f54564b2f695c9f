// SPDX-License-Identifier: Apache-2.0
// Drives lookup_core by hand: a clock that only the test moves, and actions as sentences, so that a
// failed expectation reads like a story.
#pragma once

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <vector>

#include "core/lookup_core.hpp"

namespace repute::test {

using story = std::vector<std::string>;

/// A HOST key told apart by its number.
[[nodiscard]] key key_number(std::uint32_t number);
[[nodiscard]] std::vector<key> keys_numbered(std::uint32_t first, std::uint32_t count);

/// LISTED spam with the score that belongs to the key: what fake servers answer.
[[nodiscard]] answer answer_for(const wire::key_view& key);
[[nodiscard]] answer answer_for(const key& key);

/// A reply to a request as a plain server would give it. With rcode OK its answers are
/// answer_for().
[[nodiscard]] std::vector<std::uint8_t> reply_to(byte_view request,
                                                 wire::server_status status = {});

/// Settings of a core that sends nothing but what lookups need, so that stories stay short.
[[nodiscard]] core::core_settings without_pings();

/// `server-0`, `server-1` and so on.
[[nodiscard]] std::vector<core::server_spec> specs_of(std::size_t servers, std::size_t sockets = 1);

class core_harness {
 public:
  explicit core_harness(std::size_t servers, core::core_settings settings = without_pings());

  // Each returns the actions as sentences: "send to 1: query, 2 keys", "complete 7: timeout".
  story submit(core::lookup_id id, const std::vector<key>& keys,
               std::chrono::milliseconds deadline = std::chrono::milliseconds{500});
  story ping(core::lookup_id id, std::size_t server, const std::vector<key>& canary,
             std::chrono::milliseconds deadline = std::chrono::milliseconds{500});
  story reply(std::size_t sent_index, wire::server_status status = {});
  story receive(std::size_t server, byte_view bytes, std::size_t socket = 0);
  story refuse(std::size_t server, std::size_t socket = 0);
  story replace(const std::vector<core::server_spec>& servers);
  story cancel(core::lookup_id id);
  /// Measures all servers: `fastest` answers in 100 us, the others in 1 ms. Lookups go to it then.
  void warm_up(std::size_t servers, std::size_t fastest);
  /// Moves the clock on and fires every timer that is due, one after the other.
  story pass(std::chrono::microseconds time);
  /// Moves the clock without firing anything: the process was held up, or time is short.
  void skip(std::chrono::microseconds time) { now_ += time; }

  /// Everything sent so far.
  std::vector<core::send_datagram> sent;
  /// Everything completed so far.
  std::vector<core::complete_lookup> completed;
  /// Every list of servers that arrived.
  std::vector<core::list_arrived> lists;

  [[nodiscard]] core::time_point now() const noexcept { return now_; }
  [[nodiscard]] core::lookup_core& core() noexcept { return core_; }

 private:
  story feed(const core::event& event);

  core::time_point now_ = core::time_point{} + std::chrono::hours{1};
  core::lookup_core core_;
};

[[nodiscard]] std::string name(errc value);

}  // namespace repute::test
