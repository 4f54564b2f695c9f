// SPDX-License-Identifier: Apache-2.0
// Lines of the control socket about what is said at run time. Pure; every field is bounded.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "control/control_request.hpp"
#include "store/live_entry.hpp"

namespace repute::control {

inline constexpr std::size_t changes_max = 512;     ///< in one line
inline constexpr std::size_t list_count_max = 512;  ///< entries in one reply

/// What is wrong with a line, naming the field: `entries[3].kind: ...`.
using request_problem = std::string;

/// put, del, override_add, override_del:
/// `{"cmd":"put","salt":"6668","entries":[{"kind":16,"key":"HEX","prefix":24,"verdict":"spam",
/// "score":0,"category":0,"ttl":60,"expires":UNIX,"who":"...","text":"...","reason":"..."}]}`.
/// `salt` is the fingerprint of the salt under which the keys were made, 4 hexadecimal digits.
/// Removals carry no verdict, score, category or TTL. Sequence and time are not set.
struct changes_request {
  std::array<std::uint8_t, 2> salt_fp{};
  std::vector<store::live_entry> changes;
};
[[nodiscard]] std::variant<changes_request, request_problem> parse_changes(
    command command, std::string_view line, std::uint64_t now_unix_s);

/// `{"cmd":"list","layer":"override","after":"HEX","count":100}`; `after` is `next` of the reply
/// before, or absent.
struct list_request {
  store::live_layer layer = store::live_layer::override;
  std::optional<store::live_key> after;
  std::size_t count = 100;
};
[[nodiscard]] std::variant<list_request, request_problem> parse_list(std::string_view line);

/// `{"cmd":"entry","keys":[{"kind":16,"key":"HEX","prefix":24}]}`.
struct entry_request {
  std::vector<store::live_key> keys;  ///< their layer means nothing
};
[[nodiscard]] std::variant<entry_request, request_problem> parse_entry(std::string_view line);

}  // namespace repute::control
