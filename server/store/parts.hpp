// SPDX-License-Identifier: Apache-2.0
// From the parts of a snapshot, wherever they lie in memory, to the view that answers lookups.
#pragma once

#include <functional>
#include <string_view>

#include "store/meta.hpp"
#include "store/snapshot.hpp"
#include "store/snapshot_view.hpp"

namespace repute::store {

/// Whole value of a part, padding included; empty if there is none.
using part_source = std::function<byte_view(std::string_view name)>;

/// Checks sizes and alignment of every part against `meta` and builds the view over them.
/// `path` is for messages.
[[nodiscard]] result<snapshot_view> make_view(const snapshot_meta& meta, const part_source& parts,
                                              const std::filesystem::path& path);

/// Payload of a part: what follows the first 48 bytes; empty if the part is missing or too short.
[[nodiscard]] byte_view payload_of(byte_view part) noexcept;

/// Reads and checks the part `meta`: format, version, generation (0: any).
[[nodiscard]] result<snapshot_meta> read_meta(const part_source& parts, std::uint32_t generation,
                                              const std::filesystem::path& path);

}  // namespace repute::store
