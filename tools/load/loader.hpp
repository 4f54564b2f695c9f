// SPDX-License-Identifier: Apache-2.0
// One load: feeds in, a new snapshot out, or nothing changed at all.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "load/feed_spec.hpp"
#include "load/live_fold.hpp"
#include "load/reject_log.hpp"
#include "store/snapshot_writer.hpp"

namespace repute::load {

struct load_request {
  std::string db;
  std::vector<feed_spec> feeds;
  std::string export_file;  ///< an exported snapshot, all feeds of it; `feeds` is empty then
  bool only = false;        ///< start empty instead of carrying other feeds over from CURRENT
  bool dry_run = false;     ///< read and resolve everything, write nothing
  bool force = false;       ///< load although guards object
  guard_settings guards;
  std::optional<reject_limit> max_rejects;
  std::string reject_file;
  std::string psl_file;                    ///< empty: the list built into libpsl
  store::manifest_signer sign;             ///< empty: the snapshot is not signed
  std::optional<std::string> server_list;  ///< signed document; empty: none; nothing: as before
  fold_asker ask_fold;                     ///< empty: only the snapshot before tells live entries
  /// Rows beyond it are sorted on the disk, in DIR/snapshots. Keys and table take up to 40 bytes a
  /// key more.
  std::size_t memory_bytes = std::size_t{2} << 30;
  unsigned threads = 0;  ///< that compute at the same time; 0: one a processor
};

struct feed_summary {
  std::string name;
  std::uint64_t rows = 0;  ///< good rows
  std::uint64_t rejected = 0;
  std::uint64_t expired = 0;  ///< rows that had ended before the load, or begin after it
  std::uint64_t skipped = 0;  ///< rows that are none for us: a kind without keys, another one
  std::string recognised;     ///< format of the last file, if the feed left that open
  bool carried_over = false;  ///< taken from the snapshot before
};

struct load_summary {
  std::uint32_t generation = 0;  ///< 0 after a dry run
  std::uint64_t rows = 0;        ///< rows of all feeds in the snapshot
  std::uint64_t keys = 0;
  std::uint64_t prefixes = 0;
  std::uint64_t rejected = 0;
  std::uint64_t live = 0;  ///< live entries and overrides in the snapshot
  double seconds = 0;
  std::uint64_t file_bytes = 0;
  std::string content_digest;
  bool public_salt = false;
  bool exported_live_left_out = false;  ///< the directory has live entries of its own
  bool server_list_left_out = false;    ///< the one before was signed for another data epoch
  std::vector<feed_summary> feeds;
  std::vector<std::string> first_rejects;
  std::vector<guard_report> overruled;  ///< what guards objected to, with `force`
};

/// Why a load failed: a sentence for people and an exit code (sysexits).
struct load_failure {
  int exit_code = 0;
  std::string message;
  std::vector<std::string> first_rejects;
  std::vector<guard_report> objections;  ///< of guards, if it was they who ended the load
  bool in_force = false;  ///< the new snapshot is in force, but a power cut may undo it
};

/// What a load is doing, told now and then.
struct load_progress {
  std::string stage;              ///< a feed's name, or `sort`, `resolve`, `table`
  double done = 0;                ///< 0..1 of the stage
  double done_of_all = 0;         ///< 0..1 of the load's time, estimated; 0 while it is not known
  std::uint64_t rows = 0;         ///< read so far
  std::uint64_t rows_of_all = 0;  ///< that will be read, estimated; 0 while it is not known
  std::uint64_t rejected = 0;
};
using progress_listener = std::function<void(const load_progress&)>;

/// Runs the load. Any number of servers may serve from the directory meanwhile; a second load gets
/// exit code 75. SOURCE_DATE_EPOCH, if set, is the time of the load.
[[nodiscard]] std::variant<load_summary, load_failure> run_load(const load_request& request,
                                                                const progress_listener& progress);

}  // namespace repute::load
