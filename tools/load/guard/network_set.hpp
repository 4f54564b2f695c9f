// SPDX-License-Identifier: Apache-2.0
// Networks to compare rows with: own, reserved, allowed.
#pragma once

#include <cstdint>
#include <vector>

#include "repute/canon/canon.hpp"
#include "store/prefix_table.hpp"

namespace repute::load {

/// A network and a number that its owner knows the meaning of.
struct labelled_network {
  canon::ip_prefix network;
  std::uint32_t label = 0;
};

/// Networks of both families. Of networks inside each other only the widest is kept, so that one
/// search decides. Immutable; serves all threads.
class network_set {
 public:
  network_set() = default;
  explicit network_set(const std::vector<labelled_network>& networks);

  /// A network that shares an address with `prefix`, or null. Valid as long as the set.
  [[nodiscard]] const labelled_network* overlapping(const canon::ip_prefix& prefix) const noexcept;

 private:
  // Sorted and disjoint. The addresses lie apart from the networks, which are read on a hit only.
  // begins[i] counts the networks that begin before top bits i: a search stays between two of them.
  template <class Address>
  struct family {
    std::vector<Address> first;
    std::vector<Address> last;
    std::vector<labelled_network> networks;
    std::vector<std::uint32_t> begins;
  };
  family<std::uint32_t> v4_;
  family<store::address6> v6_;
};

/// True if `inner` lies within `outer`.
[[nodiscard]] bool is_inside(const canon::ip_prefix& inner, const canon::ip_prefix& outer) noexcept;

}  // namespace repute::load
