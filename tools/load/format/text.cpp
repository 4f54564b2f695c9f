// SPDX-License-Identifier: Apache-2.0
#include "load/format/text.hpp"

namespace repute::load {
namespace {

constexpr std::size_t none = 0;

bool is_continuation(char c) noexcept {
  return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
}

// Size of the well-formed sequence at the beginning of `text`, or none (RFC 3629, section 4).
std::size_t sequence_size(std::string_view text) noexcept {
  const auto first = static_cast<unsigned char>(text[0]);
  if (first < 0x80) {
    return first == 0 ? none : 1;
  }
  const std::size_t size = first >= 0xC2 && first <= 0xDF   ? 2
                           : first >= 0xE0 && first <= 0xEF ? 3
                           : first >= 0xF0 && first <= 0xF4 ? 4
                                                            : none;
  if (size == none || text.size() < size) {
    return none;
  }
  for (std::size_t i = 1; i < size; ++i) {
    if (!is_continuation(text[i])) {
      return none;
    }
  }
  const auto second = static_cast<unsigned char>(text[1]);
  const bool overlong = (first == 0xE0 && second < 0xA0) || (first == 0xF0 && second < 0x90);
  const bool beyond = (first == 0xED && second > 0x9F) || (first == 0xF4 && second > 0x8F);
  return overlong || beyond ? none : size;
}

}  // namespace

std::size_t readable_prefix(std::string_view text) noexcept {
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t size = sequence_size(text.substr(at));
    if (size == none) {
      break;
    }
    at += size;
  }
  return at;
}

}  // namespace repute::load
