// SPDX-License-Identifier: Apache-2.0
// Where the host of a URL is: the one place that sees passwords.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "host.hpp"

namespace repute::canon::detail {

/// A URL cut as WHATWG and RFC 3986 cut it, before any unescaping.
struct url_parts {
  std::string host;  ///< as written, without userinfo and port; an IPv6 literal with its brackets
  std::string rest;  ///< path and query as written, empty or beginning with '/', '\' or '?'
};

/// `text` has neither white space nor controls at its ends and no fragment. Nothing: no host, a
/// port that is no number (a password with a raw '/' reads so), or an opaque URI such as `mailto:`.
/// No byte of the userinfo is in the result.
[[nodiscard]] std::optional<url_parts> cut_url(std::string_view text);

/// The canonical host of a URL from the host as written: an address, a name, or, where UTS-46
/// refuses a label, that label escaped as Safe Browsing does. Nothing if unescaping or mapping
/// uncovers a delimiter: what looks like `user%3Apassword%40host` must not become a host.
[[nodiscard]] std::optional<std::string> canonical_url_host(const name_table& names,
                                                            std::string_view written);

}  // namespace repute::canon::detail
