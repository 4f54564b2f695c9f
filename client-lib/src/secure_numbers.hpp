// SPDX-License-Identifier: Apache-2.0
// Numbers that nobody can foretell.
#pragma once

#include <sys/random.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

namespace repute::detail {

/// From the kernel, 64 at a time. Kept in the process only until they are used.
class secure_numbers {
 public:
  std::uint64_t operator()() {
    if (left_ == 0) {
      auto* at = reinterpret_cast<char*>(numbers_.data());
      for (std::size_t filled = 0; filled < sizeof numbers_;) {
        const ssize_t got = ::getrandom(at + filled, sizeof numbers_ - filled, 0);
        filled += static_cast<std::size_t>(std::max<ssize_t>(got, 0));
      }
      left_ = numbers_.size();
    }
    return std::exchange(numbers_[--left_], 0);
  }

 private:
  std::array<std::uint64_t, 64> numbers_{};
  std::size_t left_ = 0;
};

}  // namespace repute::detail
