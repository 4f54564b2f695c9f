// SPDX-License-Identifier: Apache-2.0
#include "received.hpp"

#include <algorithm>
#include <array>

#include "ascii.hpp"

namespace repute::mail::detail {
namespace {

using canon::ip_prefix;

constexpr std::size_t relays_max = 16;

/// The clause behind `from`, up to the word `by` outside of comments.
std::string_view from_clause(std::string_view field) noexcept {
  if (!starts_with_word(field, "from") || field.size() < 5 || !is_space(field[4])) {
    return {};
  }
  field.remove_prefix(5);
  int depth = 0;
  for (std::size_t at = 0; at < field.size(); ++at) {
    depth += field[at] == '(' ? 1 : field[at] == ')' && depth > 0 ? -1 : 0;
    if (depth == 0 && is_space(field[at]) && starts_with_word(field.substr(at + 1), "by ")) {
      return field.substr(0, at);
    }
  }
  return field;
}

std::optional<ip_prefix> parse_address(std::string_view text) {
  if (starts_with_word(text, "ipv6:")) {
    text.remove_prefix(5);
  }
  const auto parsed = canon::parse_prefix(text);
  const auto* address = std::get_if<ip_prefix>(&parsed);
  return address != nullptr && address->is_single() && text.find('/') == text.npos
             ? std::optional(*address)
             : std::nullopt;
}

std::optional<ip_prefix> address_in_brackets(std::string_view text) {
  for (std::size_t open = text.find('['); open != text.npos; open = text.find('[', open + 1)) {
    const std::size_t close = text.find(']', open);
    if (close == text.npos) {
      break;
    }
    if (const auto address = parse_address(trim(text.substr(open + 1, close - open - 1)))) {
      return address;
    }
  }
  return std::nullopt;
}

/// An address that stands free: `from 192.0.2.1 (EHLO x)`, `(HELO x) (user@192.0.2.1)`.
std::optional<ip_prefix> bare_address(std::string_view text) {
  constexpr std::string_view between = " \t()[]<>@=,;\"";
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of(between), text.size());
    const std::string_view word = text.substr(0, end);
    if (std::ranges::count(word, '.') == 3 || std::ranges::count(word, ':') >= 2) {
      if (const auto address = parse_address(word)) {
        return address;
      }
    }
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return std::nullopt;
}

bool contains(const ip_prefix& network, const ip_prefix& address) noexcept {
  if (network.v6 != address.v6) {
    return false;
  }
  const std::size_t whole = network.length / 8;
  const unsigned rest = network.length % 8;
  return std::equal(network.address.begin(), network.address.begin() + whole,
                    address.address.begin()) &&
         (rest == 0 || ((network.address[whole] ^ address.address[whole]) >> (8 - rest)) == 0);
}

bool is_trusted(const extract_options& trust, const ip_prefix& address) noexcept {
  return std::ranges::any_of(trust.trusted_networks, [&address](const ip_prefix& network) {
    return contains(network, address);
  });
}

}  // namespace

std::optional<ip_prefix> address_in_received(std::string_view field) {
  const std::string_view clause = from_clause(field);
  const std::size_t comment = std::min(clause.find('('), clause.size());
  for (const std::string_view text : {clause.substr(comment), clause}) {
    if (const auto address = address_in_brackets(text)) {
      return address;
    }
  }
  for (const std::string_view text : {clause.substr(comment), clause}) {
    if (const auto address = bare_address(text)) {
      return address;
    }
  }
  return std::nullopt;
}

bool is_private(const ip_prefix& address) noexcept {
  constexpr std::array<std::uint8_t, 16> zero{};
  static const std::array<ip_prefix, 12> networks{{
      {false, {0}, 8},
      {false, {10}, 8},
      {false, {100, 64}, 10},
      {false, {127}, 8},
      {false, {169, 254}, 16},
      {false, {172, 16}, 12},
      {false, {192, 168}, 16},
      {false, {224}, 3},
      {true, {0xfc}, 7},
      {true, {0xfe, 0x80}, 9},
      {true, {0xff}, 8},
      {true, zero, 127},
  }};
  return std::ranges::any_of(networks,
                             [&](const ip_prefix& network) { return contains(network, address); });
}

route find_route(const header& head, const envelope& from, const extract_options& trust) {
  route out;
  unsigned hops = 0;  // fields that the way to the client has passed
  const auto pass = [&](const std::optional<ip_prefix>& address, bool told) {
    if (out.client) {
      if (address && !is_private(*address) && out.relays.size() < relays_max) {
        out.relays.push_back(*address);
      }
    } else if (address && hops >= trust.trusted_hops && !is_trusted(trust, *address) &&
               (told || !is_private(*address))) {
      out.client = address;
    }
  };
  if (!from.client_ip.empty()) {
    pass(parse_address(from.client_ip), true);
    ++hops;
  }
  for (const header_field& field : head.fields()) {
    if (is_word(field.name, "received")) {
      pass(address_in_received(unfolded(field.body)), false);
      ++hops;
    }
  }
  return out;
}

}  // namespace repute::mail::detail
