// SPDX-License-Identifier: Apache-2.0
// The command line of repute-bench.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "repute_bench/run_options.hpp"

namespace repute::bench {

/// What each command does with its options; returns the exit code.
struct commands {
  std::function<int(const run_options&)> run;
  std::function<int(const drive_options&)> drive;
  std::function<int(const std::string& a, const std::string& b)> compare;
  std::function<int(const std::string& form, std::uint64_t records)> data;
  std::function<int(const std::string& folder, std::uint64_t records)> database;
};

/// Parses and calls one of them. Prints help and mistakes itself.
int dispatch(int argc, const char* const* argv, const commands& call);

}  // namespace repute::bench
