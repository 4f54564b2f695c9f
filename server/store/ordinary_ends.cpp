// SPDX-License-Identifier: Apache-2.0
#include "store/ordinary_ends.hpp"

#include <iterator>

namespace repute::store {

void ordinary_ends::change(std::uint64_t end_before, std::uint64_t end) {
  if (const auto latest = latest_.find(end_before); latest != latest_.end()) {
    latest_.erase(latest);
  } else if (const auto other = others_.find(end_before); other != others_.end()) {
    others_.erase(other);
  }
  if (end != 0) {
    others_.insert(end);
  }
  while (!others_.empty() &&
         (latest_.size() < ordinary_enough || *others_.rbegin() > *latest_.begin())) {
    latest_.insert(others_.extract(std::prev(others_.end())));
    if (latest_.size() > ordinary_enough) {
      others_.insert(latest_.extract(latest_.begin()));
    }
  }
}

}  // namespace repute::store
