// SPDX-License-Identifier: Apache-2.0
// What an entry of rbldnsd says: its `:A:TXT` values and their templates (rbldnsd(8), "Resulting A
// values and TXT templates"). Pure.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace repute::load {

/// A and TXT of an entry, or the defaults of those that follow: parts of the line, empty if not
/// said.
struct rbldnsd_value {
  std::string_view a;    ///< an address, or only its last octet: `2` is 127.0.0.2
  std::string_view txt;  ///< template
};

/// Reads the value behind a key, or a line of defaults; `defaults` give what is not said. Nothing
/// if the address in it is none.
[[nodiscard]] std::optional<rbldnsd_value> parse_rbldnsd_value(std::string_view text,
                                                               rbldnsd_value defaults) noexcept;

/// What an A value says: `127.0.0.3` for `3`. Empty for an empty one.
[[nodiscard]] std::string full_address(std::string_view a);

/// Variables `$0` to `$9`, and the base template `$=`. The first assignment counts.
struct rbldnsd_variables {
  std::array<std::string, 10> numbered;
  std::string base;
};

/// The text for an entry: `$` is the entry itself, `$N` a variable, `$$` a dollar sign, in a base
/// template `$=` the entry's own text. Writes to `out`, at most 1024 bytes whatever the templates
/// say.
void expand_rbldnsd_text(std::string_view txt, std::string_view entry,
                         const rbldnsd_variables& variables, std::string& out);

}  // namespace repute::load
