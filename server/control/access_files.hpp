// SPDX-License-Identifier: Apache-2.0
// From DIR/access to the list that workers look clients up in.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "query/access_list.hpp"

namespace repute::control {

/// What became of reading DIR/access.
struct access_reading {
  std::unique_ptr<const query::access_list> list;  ///< null if none can be made
  std::vector<std::string> problems;               ///< each names its file, and no secret
  int exit_code = 0;                               ///< for a start that fails
  std::vector<std::string> notes;                  ///< about clients who are not let in
};

/// Reads DIR/access/master.keys and DIR/access/clients.toml. Without them nobody is in the list,
/// and only `plain` may ask. Who is in `before` too, if it is not null, goes on with what he has
/// used up; if the keys cannot be read, those of them that are still allowed are the list.
[[nodiscard]] access_reading read_access(const std::filesystem::path& database,
                                         query::allowed_client plain,
                                         const query::access_list* before);

}  // namespace repute::control
