// SPDX-License-Identifier: Apache-2.0
// Private to the loader: how a load ends early.
#pragma once

#include <string>
#include <vector>

#include "load/guard/guard_rule.hpp"
#include "store/snapshot.hpp"

namespace repute::load {

// Exit codes after sysexits.
inline constexpr int exit_bad_data = 65;
inline constexpr int exit_no_input = 66;
inline constexpr int exit_software = 70;
inline constexpr int exit_os = 71;
inline constexpr int exit_cannot_create = 73;
inline constexpr int exit_io = 74;
inline constexpr int exit_config = 78;

/// Thrown inside a load and caught at its end: nothing is half done by then.
struct load_error {
  int exit_code;
  std::string message;
  std::vector<guard_report> objections = {};
  bool in_force = false;  ///< what was loaded is in force all the same
};

[[noreturn]] inline void fail(const store::failure& why) {
  throw load_error{
      store::exit_code(why.code), why.message, {}, why.code == store::store_error::unsynced};
}

}  // namespace repute::load
