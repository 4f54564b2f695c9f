// SPDX-License-Identifier: Apache-2.0
#include "load/format/ip_range.hpp"

#include <algorithm>
#include <bit>

#include "load/format/text.hpp"

namespace repute::load {
namespace {

constexpr std::uint32_t host_mask(unsigned bits) noexcept {
  return bits >= 32 ? 0 : 0xFFFFFFFFU >> bits;
}

// One to four octets; what is missing is zero.
struct octets {
  std::uint32_t value = 0;
  unsigned count = 0;
};

std::optional<octets> take_octets(std::string_view& text) noexcept {
  octets out;
  for (;;) {
    std::size_t size = 0;
    std::uint32_t octet = 0;
    while (size < text.size() && text[size] >= '0' && text[size] <= '9' && octet <= 255) {
      octet = octet * 10 + static_cast<std::uint32_t>(text[size++] - '0');
    }
    if (size == 0 || octet > 255 || out.count == 4) {
      return std::nullopt;
    }
    out.value |= octet << (24 - 8 * out.count++);
    text.remove_prefix(size);
    if (!text.starts_with('.')) {
      return out;
    }
    text.remove_prefix(1);
  }
}

// `low-high`: a high end of one octet replaces the last octet of the low end.
std::optional<ip4_range> parse_high_end(octets low, std::string_view text) noexcept {
  auto high = take_octets(text);
  if (!high || !text.empty()) {
    return std::nullopt;
  }
  if (high->count == 1) {
    const unsigned shift = 8 * (low.count - 1);
    high->value = (high->value >> shift) | (low.value & ~host_mask(shift));
    high->count = low.count;
  }
  const std::uint32_t last = high->value | host_mask(8 * high->count);
  return last < low.value ? std::nullopt : std::optional(ip4_range{low.value, last, 32, true});
}

}  // namespace

std::optional<ip4_range> parse_ip4_range(std::string_view text, bool ranges) noexcept {
  const auto low = take_octets(text);
  if (!low) {
    return std::nullopt;
  }
  if (ranges && text.starts_with('-')) {
    return parse_high_end(*low, text.substr(1));
  }
  unsigned bits = 8 * low->count;
  if (text.starts_with('/')) {
    const auto length = small_number(text.substr(1));
    if (!length || *length > 32) {
      return std::nullopt;
    }
    bits = *length;
  } else if (!text.empty() || low->count == 1) {
    return std::nullopt;
  }
  return ip4_range{low->value, low->value | host_mask(bits), bits, false};
}

bool next_network(ip4_range& range, std::uint32_t& address, unsigned& bits) noexcept {
  if (range.first > range.last) {
    return false;
  }
  // The largest block that begins here, and does not end behind the last address.
  const std::uint64_t left = std::uint64_t{range.last} - range.first + 1;
  const unsigned aligned =
      range.first == 0 ? 32 : static_cast<unsigned>(std::countr_zero(range.first));
  const unsigned fits = static_cast<unsigned>(std::bit_width(left)) - 1;
  const unsigned size_bits = std::min(aligned, fits);
  address = range.first;
  bits = 32 - size_bits;
  const std::uint64_t after = std::uint64_t{range.first} + (std::uint64_t{1} << size_bits);
  if (after > range.last) {
    range.first = 1;  // empty: the last address may be the last there is
    range.last = 0;
  } else {
    range.first = static_cast<std::uint32_t>(after);
  }
  return true;
}

std::string_view ip6_network(std::string_view text, char* out) noexcept {
  constexpr std::size_t longest = 48;
  const std::size_t slash = text.find('/');
  std::string_view address = text.substr(0, slash);
  if (address.empty() || text.size() > longest ||
      address.find_first_not_of("0123456789abcdefABCDEF:") != std::string_view::npos) {
    return {};
  }
  const auto words = static_cast<unsigned>(std::ranges::count(address, ':')) + 1;
  const bool compressed = address.find("::") != std::string_view::npos;
  if (!compressed &&
      (words > 8 || address.ends_with(':') || (words == 1 && slash == std::string_view::npos))) {
    return {};
  }
  char* end = std::copy(address.begin(), address.end(), out);
  if (!compressed && words < 8) {
    end = std::copy_n("::", 2, end);
  }
  if (slash != std::string_view::npos) {
    end = std::copy(text.begin() + static_cast<std::ptrdiff_t>(slash), text.end(), end);
  } else if (!compressed && words < 8) {
    const std::string length = "/" + std::to_string(words * 16);
    end = std::copy(length.begin(), length.end(), end);
  }
  return {out, static_cast<std::size_t>(end - out)};
}

}  // namespace repute::load
