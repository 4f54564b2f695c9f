// SPDX-License-Identifier: Apache-2.0
// How many requests may be unanswered at maximum rate.
#pragma once

#include <algorithm>
#include <cstdint>

namespace repute::bench {

/// Grows by one for each windowful of answers and is halved by losses, like TCP's: a window that
/// overflows the server's receive buffer would measure the buffer. Pure.
class send_window {
 public:
  explicit send_window(std::uint32_t most) noexcept : most_(most), size_(most), least_(most) {}

  void answered(std::uint64_t count) noexcept {
    credit_ += count;
    if (credit_ >= size_) {
      credit_ = 0;
      size_ = std::min(size_ + 1, most_);
    }
  }
  /// Losses found at one time are one event, however many they are.
  void lost() noexcept {
    size_ = std::max<std::uint32_t>(size_ / 2, 1);
    least_ = std::min(least_, size_);
    credit_ = 0;
  }

  [[nodiscard]] std::uint32_t size() const noexcept { return size_; }
  /// The smallest size since the start, or since begin_least().
  [[nodiscard]] std::uint32_t least() const noexcept { return least_; }
  void begin_least() noexcept { least_ = size_; }
  /// How many more may be sent.
  [[nodiscard]] std::uint32_t room(std::uint64_t outstanding) const noexcept {
    return outstanding < size_ ? static_cast<std::uint32_t>(size_ - outstanding) : 0;
  }

 private:
  std::uint32_t most_;
  std::uint32_t size_;
  std::uint32_t least_;
  std::uint64_t credit_ = 0;
};

}  // namespace repute::bench
