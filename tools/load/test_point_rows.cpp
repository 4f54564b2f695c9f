// SPDX-License-Identifier: Apache-2.0
#include "load/test_point_rows.hpp"

#include <algorithm>

#include "load/load_failure.hpp"
#include "repute/schema/test_points.hpp"

namespace repute::load {

compiled_rows test_point_rows(const row_compiler& compiler, std::uint16_t feed) {
  compiled_rows points;
  for (const test_point& point : test_points()) {
    store::record row;
    row.kind = point.kind;
    row.feed = feed;
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
    if (!compiler.adopt(row, false, points)) {
      throw load_error{exit_software, "a test point has no canonical form"};
    }
  }
  return points;
}

}  // namespace repute::load
