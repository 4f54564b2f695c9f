// SPDX-License-Identifier: Apache-2.0
// Private to the formats: one function for each. They read what the window holds after a byte order
// mark, give every row to the sink until it has enough, and return why the file is no such feed.
#pragma once

#include "load/format/text_window.hpp"
#include "load/row.hpp"

namespace repute::load {

using read_result = std::optional<format_problem>;

[[nodiscard]] read_result read_list(text_window& window, const feed_spec& spec, row_sink& sink);
[[nodiscard]] read_result read_hosts(text_window& window, row_sink& sink);
[[nodiscard]] read_result read_openphish(text_window& window, row_sink& sink);
[[nodiscard]] read_result read_drop(text_window& window, row_sink& sink);
[[nodiscard]] read_result read_adblock(text_window& window, row_sink& sink);
[[nodiscard]] read_result read_rpz(text_window& window, row_sink& sink);
/// ip4set, ip4trie, ip6trie, dnset, combined: as the specification says.
[[nodiscard]] read_result read_rbldnsd(text_window& window, const feed_spec& spec, row_sink& sink);

/// csv, tsv.
[[nodiscard]] read_result read_columns(text_window& window, const feed_spec& spec, row_sink& sink);
/// urlhaus, malwarebazaar, threatfox, feodo, phishtank, and nsrl of version 2.
[[nodiscard]] read_result read_published_csv(text_window& window, const feed_spec& spec,
                                             row_sink& sink);
[[nodiscard]] read_result read_nsrl(text_window& window, const feed_spec& spec, row_sink& sink);

[[nodiscard]] read_result read_jsonl(text_window& window, const feed_spec& spec, row_sink& sink);
[[nodiscard]] read_result read_misp(text_window& window, row_sink& sink);
[[nodiscard]] read_result read_misp_event(text_window& window, row_sink& sink);
[[nodiscard]] read_result read_stix(text_window& window, row_sink& sink);

inline constexpr std::string_view sqlite_magic{"SQLite format 3\0", 16};

}  // namespace repute::load
