// SPDX-License-Identifier: Apache-2.0
// Which snapshot is in force, and which ones were before: DIR/CURRENT and DIR/HISTORY.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string_view>
#include <vector>

#include "store/snapshot.hpp"

namespace repute::store {

inline constexpr std::size_t history_max = 1000;  ///< generations kept in DIR/HISTORY

/// The generations of a text such as HISTORY: lines of decimal digits, none 0, neighbours differ.
/// Nothing for any other text. Pure.
[[nodiscard]] std::optional<std::vector<std::uint32_t>> decode_history(std::string_view text);

/// Generations that were in force before the present one, the latest last. Neighbours differ.
/// Empty if there is no file yet; corrupt if it is no such list.
[[nodiscard]] result<std::vector<std::uint32_t>> read_history(const std::filesystem::path& db);

/// The generation that was in force before the present one; not_found if there was none.
[[nodiscard]] result<std::uint32_t> generation_before(const std::filesystem::path& db);

/// Switches CURRENT to `generation`, after writing down which one it replaces. The caller has
/// verified the snapshot and holds the write_lock of `db`. After a failure, or a crash at any
/// point, either the old or the new one is in force and the history is whole. unsynced: it is the
/// new one, but the directory could not be brought to the disk.
[[nodiscard]] result<void> put_in_force(const std::filesystem::path& db, std::uint32_t generation);

}  // namespace repute::store
