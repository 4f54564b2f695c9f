// SPDX-License-Identifier: Apache-2.0
#include "url.hpp"

#include <algorithm>
#include <cassert>

#include "ascii.hpp"
#include "authority.hpp"
#include "escape.hpp"
#include "ip.hpp"

namespace repute::canon::detail {
namespace {

constexpr std::size_t folders_max = 4;

/// Without tabs and line ends anywhere, white space and controls at both ends, and the fragment.
std::string stripped(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  std::ranges::copy_if(text, std::back_inserter(out),
                       [](char c) { return c != '\t' && c != '\r' && c != '\n'; });
  const auto is_junk = [](char c) { return static_cast<unsigned char>(c) <= 0x20; };
  out.erase(out.begin(), std::ranges::find_if_not(out, is_junk));
  out.erase(std::min(out.find('#'), out.size()));
  while (!out.empty() && is_junk(out.back())) {
    out.pop_back();
  }
  return out;
}

/// Folders resolved: `.` and `..` removed, runs of slashes made one, '\' read as '/'.
std::string resolved_path(std::string path) {
  std::ranges::replace(path, '\\', '/');
  std::string out = "/";
  for (std::size_t at = 0; at < path.size();) {
    const std::size_t slash = std::min(path.find('/', at), path.size());
    const std::string_view segment = std::string_view(path).substr(at, slash - at);
    if (segment == "..") {
      out.erase(out.size() < 2 ? 1 : out.rfind('/', out.size() - 2) + 1);
    } else if (!segment.empty() && segment != ".") {
      out += segment;
      out += slash < path.size() ? "/" : "";
    }
    at = slash + 1;
  }
  return out;
}

/// True for a path or query that no step changes: nothing to unescape, escape or resolve.
bool is_plain_rest(std::string_view rest) noexcept {
  for (std::size_t i = 0; i < rest.size(); ++i) {
    const auto byte = static_cast<unsigned char>(rest[i]);
    const bool folder_ends = byte == '/' && i + 1 < rest.size();
    if (byte <= 0x20 || byte >= 0x7f || byte == '%' || byte == '#' || byte == '\\' ||
        (folder_ends && (rest[i + 1] == '/' || rest[i + 1] == '.'))) {
      return false;
    }
  }
  return true;
}

/// Nothing, or digits up to a port.
bool is_plain_port(std::string_view text) noexcept {
  unsigned value = 0;
  for (const char c : text) {
    value = value * 10 + static_cast<unsigned>(c - '0');
    if (!is_digit(c) || value > 0xffff) {
      return false;
    }
  }
  return true;
}

/// The short way for URLs that are written as most are: `http[s]://name[:port]/path?query` in
/// canonical letters. Nothing: the long way must tell, which gives the same for all that this
/// takes.
std::optional<std::string> plain_url(std::string_view text) {
  if (!text.starts_with("http://") && !text.starts_with("https://")) {
    return std::nullopt;
  }
  text.remove_prefix(text.find('/') + 2);
  const std::string_view host = text.substr(0, plain_name_size(text));
  std::string_view rest = text.substr(host.size());
  if (rest.starts_with(':')) {
    const std::size_t port_end = std::min(rest.find_first_of("/?"), rest.size());
    if (!is_plain_port(rest.substr(1, port_end - 1))) {
      return std::nullopt;
    }
    rest.remove_prefix(port_end);
  }
  if (host.empty() || (!rest.empty() && rest.front() != '/' && rest.front() != '?') ||
      !is_plain_rest(rest) || (ends_in_number(host) && !parse_address(host))) {
    return std::nullopt;
  }
  std::string out;
  out.reserve(host.size() + 1 + rest.size());
  out += host;
  out += rest.starts_with('/') ? "" : "/";
  return out += rest;
}

}  // namespace

result<std::string> canonical_url(const name_table& names, std::string_view text) {
  if (text.size() > form_size_max) {
    return error::too_long;
  }
  if (auto short_way = plain_url(text)) {
    return std::move(*short_way);
  }
  const std::string plain = stripped(text);
  if (plain.empty()) {
    return error::empty;
  }
  const auto parts = cut_url(plain);
  const auto host = parts ? canonical_url_host(names, parts->host) : std::nullopt;
  if (!host) {
    return error::bad_url;
  }
  const std::size_t query = std::min(parts->rest.find('?'), parts->rest.size());
  // An escaped '?' in the path stays escaped: unescaped it would begin a query the next time.
  const std::string path = resolved_path(unescape_fully(parts->rest.substr(0, query)));
  std::string out = *host + escape(path, "?");
  if (query < parts->rest.size()) {
    out += "?" + escape(unescape_fully(parts->rest.substr(query + 1)));
  }
  return out.size() > form_size_max ? result<std::string>(error::too_long) : std::move(out);
}

url_view split_url(std::string_view canonical) noexcept {
  const std::size_t slash = std::min(canonical.find('/'), canonical.size());
  const std::size_t query = std::min(canonical.find('?', slash), canonical.size());
  return {canonical.substr(0, slash), canonical.substr(slash, query - slash),
          canonical.substr(query)};
}

std::optional<ip_prefix> host_address(std::string_view host) noexcept {
  if (host.starts_with('[') && host.ends_with(']')) {
    return parse_address(host.substr(1, host.size() - 2));
  }
  return ends_in_number(host) ? parse_address(host) : std::nullopt;
}

std::vector<std::string_view> covering_paths(const url_view& url) {
  std::vector<std::string_view> out;
  out.reserve(2 + folders_max);
  const std::string_view whole(url.path.data(), url.path.size() + url.query.size());
  if (!url.query.empty()) {
    out.push_back(whole);
  }
  out.push_back(url.path);
  const auto folders = static_cast<std::ptrdiff_t>(out.size());
  std::size_t slash = url.path.find('/');
  for (std::size_t i = 0; slash != url.path.npos && i < folders_max; ++i) {
    if (slash + 1 != url.path.size()) {  // else it is the path itself
      out.push_back(url.path.substr(0, slash + 1));
    }
    slash = url.path.find('/', slash + 1);
  }
  std::reverse(out.begin() + folders, out.end());  // the longest first
  return out;
}

}  // namespace repute::canon::detail
