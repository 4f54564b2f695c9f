// SPDX-License-Identifier: Apache-2.0
// feeds.toml of any bytes: either mistakes are told, or every specification keeps its bounds.
#include <cmath>
#include <cstdlib>

#include "load/feed_spec.hpp"
#include "support/temporary_directory.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace repute;
  using namespace repute::load;
  static const test::temporary_directory folder;
  const auto path =
      folder.write("feeds.toml", std::string_view(reinterpret_cast<const char*>(data), size));
  std::vector<spec_problem> problems;
  const auto specs = read_feeds_file(path, problems).feeds;
  if (!problems.empty()) {
    return 0;
  }
  for (const feed_spec& spec : specs) {
    const bool good = !spec.name.empty() && spec.name.size() <= 64 && !spec.files.empty() &&
                      spec.verdict != verdict::none && spec.score >= score_min &&
                      spec.score <= score_max && spec.category <= category_max &&
                      spec.limits.widest_v4 <= 32 && spec.limits.widest_v6 <= 128 &&
                      std::isfinite(spec.score_scale);
    if (!good) {
      std::abort();
    }
  }
  return specs.empty() ? std::abort(), 0 : 0;
}
