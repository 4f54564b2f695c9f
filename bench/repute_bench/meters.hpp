// SPDX-License-Identifier: Apache-2.0
// What Linux tells about a running server, from outside.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace repute::bench {

/// CPU time that all threads of these processes ever had, in nanoseconds (schedstat, which counts
/// what runs, not ticks). Processes that are gone count nothing.
[[nodiscard]] std::uint64_t cpu_ns_of(std::span<const pid_t> processes);

/// Memory of these processes in KiB, from smaps_rollup; pages shared by n processes count 1/n.
struct memory_use {
  std::uint64_t pss_kib = 0;             ///< everything
  std::uint64_t anonymous_huge_kib = 0;  ///< of it in huge pages: plain memory
  std::uint64_t file_huge_kib = 0;       ///< of it in huge pages: files
};
[[nodiscard]] memory_use memory_of(std::span<const pid_t> processes);

/// Value in KiB of a line `Name:  123 kB`; 0 if there is none. Pure.
[[nodiscard]] std::uint64_t smaps_value(std::string_view text, std::string_view name);

/// Datagrams that the kernel threw away at sockets bound to this UDP port, since they were opened:
/// the receive buffer was full.
[[nodiscard]] std::uint64_t udp_drops(std::uint16_t port);

/// The same from the text of /proc/net/udp or udp6. Pure.
[[nodiscard]] std::uint64_t udp_drops_in(std::string_view text, std::uint16_t port);

/// The machine, for the heads of reports.
struct machine_facts {
  std::string cpu;
  unsigned cores = 0;
  std::string kernel;
  std::uint64_t memory_mib = 0;
  std::string huge_pages;  ///< policy for plain memory: always, madvise, never
};
[[nodiscard]] machine_facts this_machine();

/// All of a small file, empty if it cannot be read.
[[nodiscard]] std::string read_text(const std::string& path);

}  // namespace repute::bench
