// SPDX-License-Identifier: Apache-2.0
// The client library's own core as a policy of load_world.
#pragma once

#include <memory>
#include <unordered_map>
#include <unordered_set>

#include "core/lookup_core.hpp"
#include "sim/load_world.hpp"

namespace repute::sim {

class core_policy final : public policy {
 public:
  core_policy(actions& out, std::size_t servers, std::uint64_t seed);

  void on_lookup(std::uint64_t lookup, micros now, micros deadline) override;
  void on_answer(std::size_t server, std::uint64_t token, const told& status, micros now) override;
  void on_refused(std::size_t server, std::uint64_t token, micros now) override;
  void on_time(micros now) override;
  [[nodiscard]] std::optional<micros> next_timer() override;

  [[nodiscard]] std::vector<server_report> report(micros now);

 private:
  void feed(const core::event& e, micros now);
  void emit(core::send_datagram& sent);

  actions& out_;
  core::lookup_core core_;
  std::unordered_map<std::uint64_t, std::vector<std::uint8_t>> sent_;  ///< requests by token
  std::unordered_set<std::uint64_t> firsts_;  ///< keys that were asked before: now it is a retry
  std::uint64_t last_key_ = 0;
};

/// For load_world: a client as we build it.
[[nodiscard]] std::unique_ptr<policy> make_core_policy(actions& out, std::size_t servers,
                                                       std::uint64_t seed);

}  // namespace repute::sim
