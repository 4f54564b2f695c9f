// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "control/config.hpp"

namespace repute::control {

/// What main is to do.
struct command_line {
  std::filesystem::path config_file;  ///< empty: none
  control::config config;             ///< the file's choices, those of the command line over them
  bool check_config = false;          ///< all is well: say so and leave
  bool demo = false;                  ///< a temporary database of test points
  bool sandbox = true;                ///< enter_sandbox() when all is set up
};

/// Reads the arguments and the configuration file that they name. An exit code instead means that
/// the program is to leave now; whatever was to be said is said.
[[nodiscard]] std::optional<int> parse_command_line(int argc, const char* const* argv,
                                                    command_line& out);

}  // namespace repute::control
