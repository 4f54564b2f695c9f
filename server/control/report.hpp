// SPDX-License-Identifier: Apache-2.0
// What the daemon says about itself: lines of the control socket and of the log.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "control/adopter.hpp"
#include "control/config.hpp"
#include "control/worker_set.hpp"

namespace repute::control {

struct server_facts {
  std::vector<net::socket_address> listen;
  std::optional<store::snapshot_info> in_force;
  store::storage_mode store = store::storage_mode::mmap;
  std::size_t workers = 0;
  std::uint32_t server_id = 0;
  std::uint64_t uptime_s = 0;
  bool draining = false;
  bool sandboxed = false;  ///< enter_sandbox() was done
};

/// Answer to `status`. generation, keys, prefixes, records and created (unix seconds) are null
/// before the first snapshot.
[[nodiscard]] std::string status_json(const server_facts& facts);

/// Answer to `stats`: the sum of the workers' counters by name, `kernel_drops`, `campaigns`, and
/// reports of texts in force, `texts` and of these `ordinary_texts`: 8 numbers each, by the version
/// of the common phrases that were left out of them, 0 (none) .. 7.
[[nodiscard]] std::string stats_json(const worker_set& workers, const store::text_counts& texts);

/// Answer to `adopt`: {"generation":N,"changed":BOOL}, or an error with the reason of the refusal
/// and the generation that serves on.
[[nodiscard]] std::string adoption_json(const adoption& outcome);

/// `reputed 0.1.0  udp 127.0.0.1:7060  gen 3  131072 keys  ready in 0.04 s`.
[[nodiscard]] std::string ready_line(const server_facts& facts, double seconds);

}  // namespace repute::control
