// SPDX-License-Identifier: Apache-2.0
// A network in memory: it loses, delays, repeats and reorders datagrams, the same way for the same
// seed.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <vector>

namespace repute::sim {

using std::chrono::microseconds;

/// What the network does to each datagram, in each direction.
struct weather {
  double loss = 0;       ///< share of datagrams lost
  double duplicate = 0;  ///< share delivered twice
  double damage = 0;     ///< share delivered with a wrong bit
  microseconds delay_min{50};
  microseconds delay_max{50};  ///< drawn evenly in between, so datagrams overtake each other
};

struct parcel {
  std::size_t server = 0;
  std::size_t socket = 0;
  bool to_server = false;
  std::vector<std::uint8_t> bytes;
};

/// Not thread-safe. Times are microseconds since the world began.
class lossy_link {
 public:
  lossy_link(const weather& weather, std::uint64_t seed) : weather_(weather), random_(seed) {}

  /// `later` is added to what the weather says.
  void send(const parcel& sent, microseconds now, microseconds later = microseconds{0});
  [[nodiscard]] std::optional<microseconds> next_delivery() const;
  /// The parcel that arrives next; there must be one.
  [[nodiscard]] parcel take();

 private:
  [[nodiscard]] bool happens(double share);

  weather weather_;
  std::mt19937_64 random_;
  std::multimap<microseconds, parcel> under_way_;
};

}  // namespace repute::sim
