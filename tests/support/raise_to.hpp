// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>

namespace repute::test {

/// Makes `to` at least `value`. Of several threads one may be late to tell what it saw: a plain
/// store would take back what another has told.
template <class T>
void raise_to(T value, std::atomic<T>& to) {
  for (T seen = to; seen < value && !to.compare_exchange_weak(seen, value);) {
  }
}

}  // namespace repute::test
