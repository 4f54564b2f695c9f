// SPDX-License-Identifier: Apache-2.0
// The servers and what is on its way to them: sends, matches answers, notices silence, pings.
// Knows nothing of lookups.
#pragma once

#include <optional>
#include <random>
#include <span>
#include <vector>

#include "core/attempt_table.hpp"
#include "core/events.hpp"
#include "core/list_watch.hpp"
#include "core/server_selector.hpp"
#include "repute/schema/message.hpp"

namespace repute::core {

/// A client that finds its timers this late was held up itself: servers are not to blame.
inline constexpr std::chrono::milliseconds stall{50};

/// An answer that was waited for.
struct arrival {
  question_id question = 0;
  std::size_t server = 0;
  microseconds rtt{0};
  bool open = false;            ///< its attempt had not failed yet
  bool ask_again = false;       ///< CLOCK, and the hour is another one now
  defect found = defect::none;  ///< of a server whose rcode is OK all the same
  wire::answer_view view;
};

class fleet {
 public:
  /// `actions` is where everything to be done goes; both outlive this object.
  fleet(const core_settings& settings, std::vector<action>& actions);

  /// Call first at each event. Notices that the process was held up.
  void wake(time_point now);
  /// Timers set to fire before this, and attempts sent before, say nothing about servers.
  [[nodiscard]] time_point awake_since() const noexcept { return awake_since_; }

  /// Takes the configured servers. Returns the questions that lost an attempt, sorted,
  /// each as often as it lost one.
  [[nodiscard]] std::vector<question_id> replace(std::span<const server_spec> servers);
  [[nodiscard]] std::optional<std::size_t> find(std::string_view name) const;
  [[nodiscard]] std::size_t size() const noexcept { return selector_.order().size(); }
  [[nodiscard]] const std::string& name(std::size_t server) const {
    return selector_.at(server).spec().name;
  }

  [[nodiscard]] std::optional<std::size_t> pick(const server_set& tried) {
    return selector_.pick(tried, now_, random_);
  }
  [[nodiscard]] bool exhausted(const server_set& tried) const { return selector_.exhausted(tried); }
  [[nodiscard]] time_point free_at() const { return selector_.free_at(now_); }
  [[nodiscard]] microseconds rto(std::size_t server) const {
    return selector_.at(server).rto(now_);
  }

  struct question_to_send {
    question_id id = 0;
    wire::type type = wire::type::query;
    std::span<const key> keys;
    time_point deadline;
    bool first = true;  ///< no retry
  };
  void send(const question_to_send& what, std::size_t server);

  /// Nothing if it answers nothing that was asked.
  [[nodiscard]] std::optional<arrival> receive(const datagram_received& e);
  /// As replace().
  [[nodiscard]] std::vector<question_id> refuse(const send_refused& e);
  void list_adopted(std::uint32_t version) { list_.adopted(version); }

  /// Blames servers for attempts that are due, sends pings and fetches that are.
  void pass_time();
  /// When pass_time() has something to do.
  [[nodiscard]] std::optional<time_point> next_timer();

  [[nodiscard]] std::vector<server_report> report(time_point now) { return selector_.report(now); }
  [[nodiscard]] std::uint64_t random() { return random_(); }

 private:
  void blame_late();
  void send_pings();
  void send_fetch();
  void ping(std::size_t server);
  void emit(attempt made, std::vector<std::uint8_t> bytes, req_id id, bool first);
  [[nodiscard]] std::optional<byte_view> body_of(byte_view reply, const wire::packet_header& header,
                                                 const attempt& a);
  [[nodiscard]] req_id fresh_req_id();
  [[nodiscard]] std::optional<arrival> receive_answer(byte_view body, req_id id, const attempt& a);
  void receive_part(byte_view body, req_id id, const attempt& a);
  [[nodiscard]] defect judge(const attempt& a, const wire::answer_view& view) const;

  const core_settings& settings_;
  std::vector<action>& actions_;
  std::mt19937_64 random_;
  server_selector selector_;
  attempt_table attempts_;
  std::optional<sealed_channel> channel_;  ///< nothing: plain
  list_watch list_;
  bool started_ = false;
  time_point now_;
  time_point awake_since_;
};

}  // namespace repute::core
