// SPDX-License-Identifier: Apache-2.0
// What `repute-bench` was asked to do.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "repute/schema/kind.hpp"
#include "repute_bench/point.hpp"

namespace repute::bench {

/// `run`.
struct run_options {
  std::string server;  ///< HOST:PORT; empty: start servers here
  pid_t server_pid = 0;
  bool self = false;                    ///< start reputed
  bool sealed = false;                  ///< and ask it in sealed mode, too, by turns
  std::vector<std::string> echo_modes;  ///< echo servers to start
  std::string database;                 ///< kept there; empty: a temporary folder
  std::uint64_t records = 0;            ///< made-up ones held by the server, 0: not known
  std::string store = "mmap";
  std::vector<std::string> server_arguments;  ///< more of them for reputed
  std::vector<std::optional<std::size_t>> keys;
  std::vector<kind> kinds;
  std::uint32_t hit_percent = 10;
  std::uint16_t deadline_ms = 0;
  std::vector<drive> loads;
  std::uint32_t window = 256;
  std::size_t sockets = 1;
  double seconds = 2;
  unsigned repeats = 5;
  unsigned server_cpu = 0;
  unsigned generator_cpu = 1;
  std::string commit;  ///< of what is measured
  std::string json;
  std::string csv;
  std::string plot;
};

/// `drive`: one sample of any server.
struct drive_options {
  std::string protocol;
  std::string server;
  std::vector<pid_t> pids;
  std::uint64_t records = 0;
  std::uint32_t hit_percent = 10;
  unsigned keys = 1;
  std::uint64_t seed = 1;
  drive load;
  std::uint32_t window = 128;
  std::size_t sockets = 1;
  double seconds = 1;
  unsigned generator_cpu = 1;
  std::string credentials;  ///< of the sealed protocols
};

}  // namespace repute::bench
