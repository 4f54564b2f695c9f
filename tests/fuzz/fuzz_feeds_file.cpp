// SPDX-License-Identifier: Apache-2.0
// feeds.toml of any bytes: either mistakes are told, or every specification keeps its bounds.
#include <cmath>

#include "fuzz/require.hpp"
#include "load/feed_spec.hpp"
#include "support/temporary_directory.hpp"

using repute::fuzz::require;
using repute::fuzz::text_of;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace repute;
  using namespace repute::load;
  static const test::temporary_directory folder;
  const auto path = folder.write("feeds.toml", text_of(data, size));
  std::vector<spec_problem> problems;
  const auto specs = read_feeds_file(path, problems).feeds;
  if (!problems.empty()) {
    return 0;
  }
  for (const feed_spec& spec : specs) {
    require(!spec.name.empty() && spec.name.size() <= 64 && !spec.files.empty());
    require(spec.verdict != verdict::none && spec.category <= category_max);
    require(spec.score >= score_min && spec.score <= score_max && std::isfinite(spec.score_scale));
    require(spec.limits.widest_v4 <= 32 && spec.limits.widest_v6 <= 128);
  }
  require(!specs.empty());
  return 0;
}
