// SPDX-License-Identifier: Apache-2.0
// `repute common-phrases`: word pairs of ordinary mail, which text signatures leave out.
#pragma once

#include <string>
#include <vector>

#include "environment.hpp"

namespace repute::tool {

struct common_phrases_options {
  std::vector<std::string> files;  ///< FILE, DIR, `-`
  std::string out;
  connection_options connection;  ///< for its salt
  bool no_progress = false;
};

/// Reads ordinary mail and writes the file that `text_signature.common_phrases` of a policy names;
/// schema/text_signature.md, section 6. One that is there is replaced, wholly or not at all, by the
/// version after it, but never by what fewer than 300 mails say. Returns 0, 65 if they are so few,
/// 66 if something cannot be read or has no text at all (nothing is written then), 73 if what is
/// there is no such file or cannot be replaced.
[[nodiscard]] int cmd_common_phrases(const common_phrases_options& options);

}  // namespace repute::tool
