// SPDX-License-Identifier: Apache-2.0
// Copies of texts that stay where they are until all of them go.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

namespace repute::load {

/// Moves cheaply and without moving any text. One thread at a time.
class text_arena {
 public:
  enum class memory : std::uint8_t {
    plain,
    /// Huge pages, for texts that stay long and are read in an order of their own: with small pages
    /// each of them would miss the page tables, too. Arenas of one thread share a page.
    huge_pages,
  };

  text_arena() = default;
  explicit text_arena(memory kind) noexcept : memory_(kind) {}

  /// Room for a text of `size` bytes, which the caller fills.
  [[nodiscard]] char* reserve(std::size_t size) {
    if (size > left_) {
      left_ = std::max(size, chunk_bytes);
      chunks_.push_back(memory_ == memory::plain ? std::make_shared_for_overwrite<char[]>(left_)
                                                 : take_of_huge_page(left_));
      next_ = chunks_.back().get();
      bytes_ += left_;
    }
    char* const at = next_;
    next_ += size;
    left_ -= size;
    return at;
  }
  std::string_view add(std::string_view text) {
    char* const at = reserve(text.size());
    std::copy(text.begin(), text.end(), at);
    return {at, text.size()};
  }

  /// Memory taken.
  [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }

 private:
  static constexpr std::size_t chunk_bytes = std::size_t{64} << 10;

  [[nodiscard]] static std::shared_ptr<char[]> take_of_huge_page(std::size_t size);

  memory memory_ = memory::plain;
  std::vector<std::shared_ptr<char[]>> chunks_;
  char* next_ = nullptr;
  std::size_t left_ = 0;
  std::size_t bytes_ = 0;
};

}  // namespace repute::load
