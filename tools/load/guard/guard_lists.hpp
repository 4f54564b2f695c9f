// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "load/feed_spec.hpp"
#include "load/guard/allow_list.hpp"
#include "load/guard/guard_rule.hpp"

namespace repute::load {

/// The lists that settings name, read and understood.
struct guard_lists {
  struct file {
    std::string path;
    std::vector<list_entry> entries;
  };
  std::vector<list_entry> own;  ///< names with all names under them
  std::vector<file> allow;
};

/// Reads the allow lists and takes the own names and networks apart. All mistakes at once; the
/// result is of use only if there are none.
[[nodiscard]] guard_lists read_guard_lists(const guard_settings& settings,
                                           const canon::canonicalizer& canon,
                                           std::vector<spec_problem>& problems);

}  // namespace repute::load
