// SPDX-License-Identifier: Apache-2.0
// `repute snapshot ...`: what a DBA does with snapshots after they were loaded.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "repute/schema/kind.hpp"
#include "store/snapshot.hpp"

namespace repute::tool {

/// What the commands share.
struct snapshot_options {
  std::string db;                           ///< empty: REPUTE_DB
  std::optional<std::uint32_t> generation;  ///< else the one in force
  bool json = false;
};

struct verify_options : snapshot_options {
  bool all = false;  ///< every snapshot of the directory
};

struct diff_options : snapshot_options {
  std::optional<std::uint32_t> other;  ///< with `generation`: A and B; alone: B, and A is the one
                                       ///< that was in force before the present one
  bool summary = false;
  std::optional<std::uint64_t> limit;
  std::string feed;
  std::optional<repute::subject> kind;
};

struct rollback_options : snapshot_options {
  bool wait = false;
};

struct prune_options : snapshot_options {
  std::size_t keep = 1;
};

struct export_options : snapshot_options {
  std::string format = "csv";
  std::string feed;  ///< empty: all
  std::string file;  ///< empty: standard output
};

// Each returns 0 or a sysexits code with the reason on standard error: 64 without a database, 65
// damaged, 66 no such snapshot, 74 and 77 files, 75 another writer (or no server in time).

[[nodiscard]] int cmd_snapshot_list(const snapshot_options& options);
[[nodiscard]] int cmd_snapshot_show(const snapshot_options& options);
[[nodiscard]] int cmd_snapshot_stats(const snapshot_options& options);
[[nodiscard]] int cmd_snapshot_verify(const verify_options& options);
[[nodiscard]] int cmd_snapshot_diff(const diff_options& options);
[[nodiscard]] int cmd_snapshot_export(const export_options& options);
[[nodiscard]] int cmd_snapshot_rollback(const rollback_options& options);
[[nodiscard]] int cmd_snapshot_prune(const prune_options& options);

/// Says why a command failed; its exit code.
[[nodiscard]] int report_failure(const char* command, const store::failure& why);

/// The database directory; without one it says so, and the command ends with 64.
[[nodiscard]] std::optional<std::string> database_or_complain(const char* command,
                                                              const snapshot_options& options);

/// Waits for --wait, telling the outcome; 0 or 75.
[[nodiscard]] int wait_for_servers(const char* command, const std::string& db,
                                   std::uint32_t generation);

}  // namespace repute::tool
