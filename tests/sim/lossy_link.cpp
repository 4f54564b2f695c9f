// SPDX-License-Identifier: Apache-2.0
#include "sim/lossy_link.hpp"

#include <cassert>

namespace repute::sim {

bool lossy_link::happens(double share) {
  return std::uniform_real_distribution<double>(0, 1)(random_) < share;
}

void lossy_link::send(const parcel& sent, microseconds now, microseconds later) {
  const int copies = happens(weather_.duplicate) ? 2 : 1;
  for (int i = 0; i < copies; ++i) {
    std::uniform_int_distribution<std::int64_t> delay(weather_.delay_min.count(),
                                                      weather_.delay_max.count());
    const microseconds arrival = now + later + microseconds{delay(random_)};
    if (!happens(weather_.loss)) {
      parcel& copy = under_way_.emplace(arrival, sent)->second;
      if (weather_.damage > 0 && happens(weather_.damage)) {
        copy.bytes[random_() % copy.bytes.size()] ^= static_cast<std::uint8_t>(1 << random_() % 8);
      }
    }
  }
}

std::optional<microseconds> lossy_link::next_delivery() const {
  return under_way_.empty() ? std::nullopt : std::optional{under_way_.begin()->first};
}

parcel lossy_link::take() {
  assert(!under_way_.empty());
  parcel first = std::move(under_way_.begin()->second);
  under_way_.erase(under_way_.begin());
  return first;
}

}  // namespace repute::sim
