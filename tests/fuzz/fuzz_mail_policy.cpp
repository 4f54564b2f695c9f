// SPDX-License-Identifier: Apache-2.0
// A policy without problems has thresholds and weights in their ranges, and groups that can be told
// apart.
#include <algorithm>
#include <cstdlib>
#include <set>

#include "repute/mail/policy.hpp"

namespace {

void require(bool holds) {
  if (!holds) {
    std::abort();
  }
}

void require_share(double value) {
  require(value >= 0 && value <= 1);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const repute::canon::canonicalizer canon;
  std::vector<std::string> problems;
  const auto read =
      repute::mail::read_policy({reinterpret_cast<const char*>(data), size}, "f", canon, problems);
  if (!problems.empty()) {
    return 0;
  }
  require(read.probable_spam_rate >= 1 && read.probable_spam_rate <= read.spam_rate &&
          read.spam_rate <= 100);
  require(read.acting_votes >= 4 && read.acting_votes <= 85);
  std::ranges::for_each(read.role_weight, require_share);
  std::ranges::for_each(read.kind_weight, require_share);
  require_share(read.limit_weight);
  std::set<std::uint32_t> ids;
  for (const auto& group : read.groups) {
    require(group.id != 0 && ids.insert(group.id).second);
  }
  return 0;
}
