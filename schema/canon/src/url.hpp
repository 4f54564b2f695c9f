// SPDX-License-Identifier: Apache-2.0
// URLs: the canonical form `host/path?query` and the expressions that cover it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "host.hpp"
#include "repute/canon/canon.hpp"

namespace repute::canon::detail {

/// The Safe Browsing canonicalisation ("URLs and Hashing", developers.google.com/safe-browsing),
/// without scheme, userinfo, port and fragment; keys.md lists the differences.
[[nodiscard]] result<std::string> canonical_url(const name_table& names, std::string_view text);

/// Parts of a canonical URL; views into it.
struct url_view {
  std::string_view host;
  std::string_view path;   ///< begins with '/'
  std::string_view query;  ///< with its '?', or empty
};

[[nodiscard]] url_view split_url(std::string_view canonical) noexcept;

/// The address that the host of a canonical URL is, if it is one.
[[nodiscard]] std::optional<ip_prefix> host_address(std::string_view host) noexcept;

/// Paths of the expressions of a URL, the most specific first: with query, without query, then up
/// to four of its folders, the longer first. No path twice; at most 6.
[[nodiscard]] std::vector<std::string_view> covering_paths(const url_view& url);

}  // namespace repute::canon::detail
