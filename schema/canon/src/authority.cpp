// SPDX-License-Identifier: Apache-2.0
#include "authority.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>

#include "ascii.hpp"
#include "escape.hpp"
#include "ip.hpp"

namespace repute::canon::detail {
namespace {

constexpr std::string_view slashes = "/\\";
/// Schemes whose authority browsers find after any number of slashes, even none.
constexpr std::array<std::string_view, 5> web_schemes{"http", "https", "ftp", "ws", "wss"};
/// No host holds these, whatever stood for them in the text.
constexpr std::string_view delimiters = "@:/\\?[]";

/// Length of the scheme (RFC 3986) in front of the first ':', 0 if there is none.
std::size_t scheme_size(std::string_view text) noexcept {
  const std::size_t colon = text.find(':');
  if (colon == text.npos || !is_letter(text.front())) {
    return 0;
  }
  const bool valid = std::ranges::all_of(text.substr(0, colon), [](char c) {
    return is_letter(c) || is_digit(c) || c == '+' || c == '-' || c == '.';
  });
  return valid ? colon : 0;
}

std::size_t leading_slashes(std::string_view text) noexcept {
  return std::min(text.find_first_not_of(slashes), text.size());
}

/// True for what follows the ':' of `host:port`: digits up to the end of the authority.
bool starts_with_port(std::string_view text) noexcept {
  return all_digits(text.substr(0, text.find_first_of("/\\?")));
}

/// What follows scheme and slashes; nothing for a path or for a URI without authority.
std::optional<std::string_view> after_scheme(std::string_view text) {
  const std::size_t size = scheme_size(text);
  if (size == 0) {
    const std::size_t count = leading_slashes(text);
    return count == 1 ? std::nullopt : std::optional(text.substr(count));
  }
  const std::string scheme = lower(text.substr(0, size));
  const std::string_view after = text.substr(size + 1);
  const std::size_t count = leading_slashes(after);
  if (std::ranges::find(web_schemes, scheme) != web_schemes.end()) {
    return after.substr(count);
  }
  if (count >= 2) {
    return scheme == "file" ? std::nullopt : std::optional(after.substr(2));
  }
  // `host:port`, or `mailto:`, `data:` and their like; only a host name has dots.
  const bool is_host = scheme.find('.') != scheme.npos || starts_with_port(after);
  return is_host ? std::optional(text) : std::nullopt;
}

bool is_port(std::string_view text) noexcept {
  std::uint32_t value = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  return text.empty() ||
         (problem == std::errc() && end == text.data() + text.size() && value <= 0xffff);
}

/// The host of `host:port`; nothing if the port is no number.
std::optional<std::string_view> without_port(std::string_view text) noexcept {
  const std::size_t literal_end = text.starts_with('[') ? text.find(']') : 0;
  const std::size_t colon = literal_end == text.npos ? text.npos : text.find(':', literal_end);
  if (colon == text.npos) {
    return text;
  }
  return is_port(text.substr(colon + 1)) ? std::optional(text.substr(0, colon)) : std::nullopt;
}

/// Where '\' ends the authority, browsers and RFC 3986 differ on what follows up to an '@': path
/// for the former, userinfo for the latter. Those bytes are dropped, so that neither reading leaks.
std::string without_disputed_userinfo(std::string_view rest) {
  if (rest.starts_with('\\')) {
    const std::size_t at = rest.substr(0, rest.find_first_of("/?")).rfind('@');
    if (at != rest.npos) {
      return "/" + std::string(rest.substr(at));
    }
  }
  return std::string(rest);
}

/// Safe Browsing: no dot at either end, no two dots in a row. Also the dots that UTS-46 knows.
std::string with_single_dots(std::string_view host) {
  constexpr std::array<std::string_view, 3> wide_dots{"\u3002", "\uff0e", "\uff61"};
  std::string out;
  while (!host.empty()) {
    const auto wide = std::ranges::find_if(
        wide_dots, [host](std::string_view dot) { return host.starts_with(dot); });
    if (wide == wide_dots.end() && host.front() != '.') {
      out += host.front();
    } else if (!out.empty() && out.back() != '.') {
      out += '.';
    }
    host.remove_prefix(wide == wide_dots.end() ? 1 : wide->size());
  }
  if (out.ends_with('.')) {
    out.pop_back();
  }
  return out;
}

bool has_delimiter(std::string_view text) noexcept {
  return text.find_first_of(delimiters) != text.npos;
}

/// A host that UTS-46 refuses as a whole: good labels as names, bad ones escaped.
std::string escaped_host(const name_table& names, std::string_view host) {
  std::string out;
  for (std::size_t at = 0; at <= host.size();) {
    const std::size_t dot = std::min(host.find('.', at), host.size());
    const std::string_view label = host.substr(at, dot - at);
    const auto name = names.name(label);
    out += (at == 0 ? "" : ".") + (name ? *name : escape(lower(label)));
    at = dot + 1;
  }
  return out;
}

}  // namespace

std::optional<url_parts> cut_url(std::string_view text) {
  const auto from_authority = after_scheme(text);
  if (!from_authority) {
    return std::nullopt;
  }
  const std::size_t end = std::min(from_authority->find_first_of("/\\?"), from_authority->size());
  const std::string_view authority = from_authority->substr(0, end);
  const auto host = without_port(authority.substr(authority.rfind('@') + 1));
  if (!host || host->empty()) {
    return std::nullopt;
  }
  return url_parts{std::string(*host), without_disputed_userinfo(from_authority->substr(end))};
}

std::optional<std::string> canonical_url_host(const name_table& names, std::string_view written) {
  if (written.starts_with('[')) {
    const auto address = written.ends_with(']')
                             ? parse_address(written.substr(1, written.size() - 2))
                             : std::nullopt;
    if (!address || written.find(':') == written.npos) {
      return std::nullopt;
    }
    return address->v6 ? "[" + show_address(*address) + "]" : show_address(*address);
  }
  const std::string host = with_single_dots(unescape_fully(written));
  const auto mapped = names.mapped(host);
  if (host.empty() || !mapped || has_delimiter(host) || has_delimiter(*mapped)) {
    return std::nullopt;
  }
  auto name = names.name(host);
  std::string out = name ? std::move(*name) : escaped_host(names, host);
  if (!ends_in_number(out)) {
    return out;
  }
  const auto address = parse_loose_ip4(out);
  return address ? std::optional(show_address(*address)) : std::nullopt;
}

}  // namespace repute::canon::detail
