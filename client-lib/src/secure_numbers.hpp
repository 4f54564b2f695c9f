// SPDX-License-Identifier: Apache-2.0
// Numbers that nobody can foretell.
#pragma once

#include <array>
#include <cstdint>
#include <utility>

#include "repute/seal/secret.hpp"

namespace repute::detail {

/// From the kernel, 64 at a time. Kept in the process only until they are used. Throws
/// std::runtime_error if the kernel has none.
class secure_numbers {
 public:
  std::uint64_t operator()() {
    if (left_ == 0) {
      seal::fill_random({reinterpret_cast<std::uint8_t*>(numbers_.data()), sizeof numbers_});
      left_ = numbers_.size();
    }
    return std::exchange(numbers_[--left_], 0);
  }

 private:
  std::array<std::uint64_t, 64> numbers_{};
  std::size_t left_ = 0;
};

}  // namespace repute::detail
