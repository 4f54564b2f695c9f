// SPDX-License-Identifier: Apache-2.0
// The parts of feeds.toml that set guards. Private to its reader.
#pragma once

#include <toml++/toml.h>

#include <filesystem>
#include <string>
#include <vector>

#include "load/feed_spec.hpp"
#include "load/guard/guard_rule.hpp"

namespace repute::load {

/// Mistakes of one TOML file with their places.
struct toml_problems {
  const std::string& path;
  std::vector<spec_problem>& found;

  [[nodiscard]] std::string place(const toml::source_region& at) const;
  void say(const toml::source_region& at, std::string what) const;
};

/// A feed's `limits`.
void read_limits(const toml::node& value, const toml_problems& problems, feed_limits& out);

/// The table `guards`. Relative allow lists are relative to `folder`.
void read_guards(const toml::node& value, const std::filesystem::path& folder,
                 const toml_problems& problems, guard_settings& out);

}  // namespace repute::load
