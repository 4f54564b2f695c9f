// SPDX-License-Identifier: Apache-2.0
// The longest network in force around an address, among the few that were said at run time.
#pragma once

#include <cstdint>
#include <vector>

#include "store/live_said.hpp"
#include "store/prefix_table.hpp"

namespace repute::store {

/// A network of one family. An IPv4 address lies in the upper 32 bits of `start`.
struct live_network {
  address6 start;
  std::uint8_t length = 0;
  live_said said;
};

/// Immutable, thread-safe. Ranges that do not overlap, each with its innermost network, and from
/// each network the way to the one around it: expiry is decided when somebody asks.
class network_index {
 public:
  network_index() = default;
  /// At most one network for each (start, length), in any order.
  explicit network_index(std::vector<live_network> networks);

  [[nodiscard]] bool empty() const noexcept { return networks_.empty(); }

  /// What the longest network in force around `address` says, or null. Networks longer than
  /// `longest` bits are passed over.
  [[nodiscard]] const live_said* find(address6 address, std::uint64_t now_unix_s,
                                      unsigned longest = 128) const noexcept;

 private:
  struct network {
    live_said said;
    std::uint32_t around = none;
    std::uint8_t length = 0;
  };
  struct range {
    address6 start;
    std::uint32_t innermost = none;
  };
  static constexpr std::uint32_t none = 0xffffffff;

  void begin_range(address6 start, std::uint32_t innermost);

  std::vector<network> networks_;
  std::vector<range> ranges_;  // ascending; the first begins at zero
};

}  // namespace repute::store
