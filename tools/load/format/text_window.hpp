// SPDX-License-Identifier: Apache-2.0
// A window that moves over an input: formats see pieces of a feed, never all of it.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "load/format/input.hpp"

namespace repute::load {

/// Holds 256 KiB of an input, whatever its size. One thread at a time.
class text_window {
 public:
  /// `from` outlives the window.
  explicit text_window(input& from) : from_(from), buffer_(size_max) {}

  /// The bytes from the current place on: `wanted` or more, fewer only if the input ends. At most
  /// ahead_max may be wanted. Views of the window end with the next call.
  [[nodiscard]] std::string_view ahead(std::size_t wanted) {
    if (end_ - begin_ < wanted && !ended_) {
      fill(wanted);
    }
    return {buffer_.data() + begin_, end_ - begin_};
  }
  /// Moves on. Views stay valid.
  void skip(std::size_t bytes) noexcept { begin_ += bytes; }

  /// True if all bytes that the last ahead() gave are ASCII and none is NUL, so that no line needs
  /// to be checked.
  [[nodiscard]] bool plain() const noexcept { return plain_; }

  [[nodiscard]] const input& source() const noexcept { return from_; }

  static constexpr std::size_t size_max = std::size_t{256} << 10;
  static constexpr std::size_t ahead_max = size_max / 2;

 private:
  void fill(std::size_t wanted);

  input& from_;
  std::vector<char> buffer_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  bool ended_ = false;
  bool plain_ = true;
};

}  // namespace repute::load
