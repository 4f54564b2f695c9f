// SPDX-License-Identifier: Apache-2.0
#include "load/format/text_window.hpp"

#include <algorithm>
#include <cassert>

namespace repute::load {
namespace {

// Written for the vectoriser: no way out in the middle.
bool is_plain(std::string_view text) noexcept {
  unsigned char high = 0;
  unsigned char zero = 0;
  for (const char c : text) {
    high |= static_cast<unsigned char>(c);
    zero |= static_cast<unsigned char>(c == '\0');
  }
  return high < 0x80 && zero == 0;
}

}  // namespace

void text_window::fill(std::size_t wanted) {
  assert(wanted <= ahead_max);
  const auto rest = std::copy(buffer_.begin() + static_cast<std::ptrdiff_t>(begin_),
                              buffer_.begin() + static_cast<std::ptrdiff_t>(end_), buffer_.begin());
  end_ = static_cast<std::size_t>(rest - buffer_.begin());
  begin_ = 0;
  // A pipe gives little at a time; a full window costs fewer moves of what is left over.
  while (end_ < buffer_.size() && (end_ < wanted || end_ < ahead_max)) {
    const std::size_t got = from_.read(std::span(buffer_).subspan(end_));
    if (got == 0) {
      ended_ = true;
      break;
    }
    end_ += got;
  }
  plain_ = is_plain({buffer_.data(), end_});
}

}  // namespace repute::load
