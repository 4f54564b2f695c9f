// SPDX-License-Identifier: Apache-2.0
// What was said at run time, taken into a new snapshot; the rules are in schema/record_format.md,
// section 6.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "load/resolver.hpp"
#include "load/row_compiler.hpp"
#include "store/live_entry.hpp"

namespace repute::load {

/// Entries with the number up to which they tell everything.
struct live_state {
  std::vector<store::live_entry> entries;  ///< sorted by live_less
  std::uint64_t seq = 0;
  std::uint64_t overlay_id = 0;  ///< whose numbers they are
};

/// The answer of a running server that was asked for its entries.
struct fold_place {
  std::string file;  ///< name in DIR/overlay
  std::uint64_t seq = 0;
  std::uint64_t overlay_id = 0;
  std::array<std::uint8_t, 2> salt_fp{};

  bool operator==(const fold_place&) const = default;
};
/// Why a server could not be asked.
struct fold_failure {
  int exit_code = 0;
  std::string message;
};
/// Asks the server of a database directory; nothing if none runs, whose entries then stay above
/// the new snapshot until the next load.
using fold_asker = std::function<std::variant<std::optional<fold_place>, fold_failure>()>;

/// Reads the file that a server wrote. Throws load_error.
[[nodiscard]] live_state read_fold(const std::string& db, const fold_place& place);

/// What a new snapshot has to know: `since` (if a server told it) over what the snapshot before
/// knew; if that was built beside another overlay, `since` holds against all of it. Left out: what
/// has ended at `now_unix_s`, overrides taken back and networks taken back. Pure.
[[nodiscard]] live_state merge_live(const live_state& before,
                                    const std::optional<live_state>& since,
                                    std::uint64_t now_unix_s);

/// Gives entries the keys that their texts have now: canonical forms may change with a version of
/// the program. Of several with one key the last one said is kept. Throws load_error.
void make_keys_anew(std::vector<store::live_entry>& entries, const row_compiler& compiler);

/// Keys whose rows count for no other key: the removals among the entries. Pure.
[[nodiscard]] std::set<removed_key> removed_keys(const live_state& live);

/// Leaves out the removals of keys that no feed carries, which `seen` does not hold. Pure.
void drop_idle_removals(live_state& live, const std::set<removed_key>& seen);

}  // namespace repute::load
