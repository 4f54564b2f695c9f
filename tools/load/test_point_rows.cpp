// SPDX-License-Identifier: Apache-2.0
#include "load/test_point_rows.hpp"

#include <algorithm>

#include "repute/schema/test_points.hpp"

namespace repute::load {

std::uint64_t add_test_points(row_compiler& compiler, std::uint16_t feed,
                              store::record_set& into) {
  for (const test_point& point : test_points()) {
    store::record row;
    row.kind = point.kind;
    row.feed = feed;
    row.time_unix_s = now_unix_s;
    row.verdict = point.hit_verdict;
    row.score = point.always_hit() ? test_point_score : std::int16_t{0};
    row.cache_ttl_s = 60;
    row.text = point.text;
    row.reason = point.always_hit() ? "always-hit test point" : "never-hit test point";
    const std::string canonical = canonical_of(point);
    if (is_ip(point.kind)) {
      std::copy(canonical.begin(), canonical.end(), row.key.begin());
      row.prefix_length = static_cast<std::uint8_t>(canonical.size() * 8);
    } else {
      row.key = compiler.fingerprint_of({point.kind, canonical});
    }
    into.add(row);
  }
  return test_points().size();
}

}  // namespace repute::load
