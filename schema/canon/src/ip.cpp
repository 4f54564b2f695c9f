// SPDX-License-Identifier: Apache-2.0
#include "ip.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <cassert>
#include <charconv>
#include <cstring>

#include "ascii.hpp"

namespace repute::canon {
namespace {

constexpr std::size_t address_text_max = 45;  ///< INET6_ADDRSTRLEN without its NUL
constexpr std::uint8_t embedded_bits = 96;    ///< bits before an IPv4 address inside an IPv6 one
constexpr std::array<std::uint8_t, 12> mapped_network{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
constexpr std::array<std::uint8_t, 12> nat64_network{0, 0x64, 0xff, 0x9b};

/// IPv4 networks inside ::ffff:0:0/96 and 64:ff9b::/96 become IPv4, all others stay.
ip_prefix narrowed(const ip_prefix& from) noexcept {
  const auto inside = [&from](const std::array<std::uint8_t, 12>& network) {
    return std::equal(network.begin(), network.end(), from.address.begin());
  };
  if (!from.v6 || from.length < embedded_bits ||
      !(inside(mapped_network) || inside(nat64_network))) {
    return from;
  }
  ip_prefix to;
  std::copy_n(from.address.begin() + mapped_network.size(), 4, to.address.begin());
  to.length = static_cast<std::uint8_t>(from.length - embedded_bits);
  return to;
}

/// Four decimal numbers without leading zeros, as inet_pton reads them.
std::optional<ip_prefix> read_ip4(std::string_view text) noexcept {
  ip_prefix to;
  to.length = 32;
  const char* at = text.data();
  const char* const end = at + text.size();
  for (std::size_t part = 0; part < 4; ++part) {
    if (part != 0 && (at == end || *at++ != '.')) {
      return std::nullopt;
    }
    const char* const begin = at;
    unsigned value = 0;
    for (; at != end && detail::is_digit(*at) && at - begin < 4; ++at) {
      value = value * 10 + static_cast<unsigned>(*at - '0');
    }
    if (at == begin || value > 255 || (*begin == '0' && at - begin > 1)) {
      return std::nullopt;
    }
    to.address[part] = static_cast<std::uint8_t>(value);
  }
  return at == end ? std::optional(to) : std::nullopt;
}

/// Reads an address as it stands, embedded IPv4 still in its IPv6 form.
std::optional<ip_prefix> read_address(std::string_view text) noexcept {
  if (text.find(':') == text.npos) {
    return read_ip4(text);
  }
  std::array<char, address_text_max + 1> terminated{};
  if (text.size() > address_text_max || text.find('\0') != text.npos) {
    return std::nullopt;
  }
  std::ranges::copy(text, terminated.begin());
  ip_prefix to;
  to.v6 = true;
  to.length = 128;
  return inet_pton(AF_INET6, terminated.data(), to.address.data()) == 1 ? std::optional(to)
                                                                        : std::nullopt;
}

bool has_host_bits(const ip_prefix& prefix) noexcept {
  const std::size_t size = prefix.v6 ? 16 : 4;
  for (std::size_t bit = prefix.length; bit < size * 8; ++bit) {
    if (prefix.address[bit / 8] >> (7 - bit % 8) & 1) {
      return true;
    }
  }
  return false;
}

/// A prefix length: one to three digits without a leading zero, at most `most`.
std::optional<std::uint8_t> read_length(std::string_view text, unsigned most) noexcept {
  if (text.empty() || text.size() > 3 || !detail::all_digits(text) ||
      (text.size() > 1 && text.front() == '0')) {
    return std::nullopt;
  }
  unsigned value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value <= most ? std::optional(static_cast<std::uint8_t>(value)) : std::nullopt;
}

/// RFC 5952, written out because inet_ntop shows some addresses below ::/96 with a dotted quad.
std::string show_ip6(const std::array<std::uint8_t, 16>& address) {
  std::array<unsigned, 8> fields{};
  for (std::size_t i = 0; i < fields.size(); ++i) {
    fields[i] = address[2 * i] * 256u + address[2 * i + 1];
  }
  std::size_t gap = fields.size();  // the first of the longest runs of two or more zero fields
  std::size_t gap_size = 1;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    std::size_t run = 0;
    while (i + run < fields.size() && fields[i + run] == 0) {
      ++run;
    }
    if (run > gap_size) {
      gap = i;
      gap_size = run;
    }
  }
  std::string out;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (i == gap) {
      out += "::";
      i += gap_size - 1;
      continue;
    }
    if (!out.empty() && out.back() != ':') {
      out += ':';
    }
    std::array<char, 4> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), fields[i], 16).ptr;
    out.append(digits.data(), end);
  }
  return out;
}

/// One number of a loose IPv4 address; nothing if it is none or exceeds 32 bits.
std::optional<std::uint64_t> read_loose_number(std::string_view text) noexcept {
  unsigned base = 10;
  if (text.starts_with("0x")) {
    base = 16;
    text.remove_prefix(2);
  } else if (text.size() > 1 && text.front() == '0') {
    base = 8;
    text.remove_prefix(1);
  } else if (text.empty()) {
    return std::nullopt;
  }
  std::uint64_t value = 0;
  for (const char c : text) {
    const int digit = detail::hex_value(c);
    if (digit < 0 || static_cast<unsigned>(digit) >= base) {
      return std::nullopt;
    }
    value = value * base + static_cast<unsigned>(digit);
    if (value > 0xffffffff) {
      return std::nullopt;
    }
  }
  return value;
}

ip_prefix from_ip4_number(std::uint64_t number) noexcept {
  ip_prefix to;
  to.length = 32;
  for (std::size_t i = 0; i < 4; ++i) {
    to.address[i] = static_cast<std::uint8_t>(number >> (24 - 8 * i));
  }
  return to;
}

}  // namespace

namespace detail {

std::optional<ip_prefix> parse_address(std::string_view text) noexcept {
  const auto address = read_address(text);
  return address ? std::optional(narrowed(*address)) : std::nullopt;
}

std::string show_address(const ip_prefix& address) {
  if (address.v6) {
    return show_ip6(address.address);
  }
  std::string out;
  for (std::size_t i = 0; i < 4; ++i) {
    out += (i == 0 ? "" : ".") + std::to_string(address.address[i]);
  }
  return out;
}

bool ends_in_number(std::string_view name) noexcept {
  const std::string_view last = name.substr(name.rfind('.') + 1);
  return (!last.empty() && all_digits(last)) || (last.starts_with("0x") && all_hex(last.substr(2)));
}

std::optional<ip_prefix> parse_loose_ip4(std::string_view name) noexcept {
  std::uint64_t number = 0;
  for (std::size_t part = 0; part < 4; ++part) {
    const std::size_t dot = name.find('.');
    const auto value = read_loose_number(name.substr(0, dot));
    const bool last = dot == name.npos;
    const std::uint64_t most = last ? 0xffffffff >> (8 * part) : 0xff;
    if (!value || *value > most) {
      return std::nullopt;
    }
    number |= last ? *value : *value << (24 - 8 * part);
    if (last) {
      return from_ip4_number(number);
    }
    name.remove_prefix(dot + 1);
  }
  return std::nullopt;
}

}  // namespace detail

result<ip_prefix> parse_prefix(std::string_view text) {
  text = detail::trim(text);
  if (text.empty()) {
    return error::empty;
  }
  const std::size_t slash = text.find('/');
  auto prefix = read_address(text.substr(0, slash));
  if (!prefix) {
    return slash == text.npos ? error::bad_address : error::bad_prefix;
  }
  if (slash != text.npos) {
    const auto length = read_length(text.substr(slash + 1), prefix->v6 ? 128 : 32);
    if (!length) {
      return error::bad_prefix;
    }
    prefix->length = *length;
  }
  return has_host_bits(*prefix) ? result<ip_prefix>(error::host_bits_set) : narrowed(*prefix);
}

canonical_key address_key(const ip_prefix& address) {
  assert(address.is_single());
  const ip_prefix from = narrowed(address);
  const auto* bytes = reinterpret_cast<const char*>(from.address.data());
  return from.v6 ? canonical_key{kind::ip6, std::string(bytes, 16)}
                 : canonical_key{kind::ip4, std::string(bytes, 4)};
}

std::string show(const ip_prefix& prefix) {
  const std::string address = detail::show_address(prefix);
  return prefix.is_single() ? address : address + "/" + std::to_string(prefix.length);
}

}  // namespace repute::canon
