// SPDX-License-Identifier: Apache-2.0
// `repute load`: feeds into a new snapshot.
#pragma once

#include <string>
#include <vector>

namespace repute::tool {

struct load_options {
  std::string db;                  ///< empty: REPUTE_DB
  std::vector<std::string> files;  ///< one feeds.toml; with `feed` set, files of that feed
  // The short form: one feed said on the command line.
  std::string feed;
  std::string format = "list";
  std::string kind;
  std::string verdict;
  std::string match = "exact";
  int score = 0;
  std::string expires;

  std::string export_file;  ///< an exported snapshot instead of feeds
  bool only = false;
  bool dry_run = false;
  bool force = false;
  bool json = false;
  bool no_progress = false;
  bool wait = false;              ///< until the running server serves the new snapshot
  std::string progress = "line";  ///< or `json`
  std::string memory;             ///< bytes, or with K, M, G; empty: the loader's own
  std::string max_rejects;
  std::string reject_file;
  std::string psl_file;
  std::string sign_key;  ///< secret key file; empty: the snapshot is not signed
  std::string servers;   ///< signed list of servers, `none` to drop it; empty: as before
};

/// Returns 0, or a sysexits code with the reason on standard error: 64 usage, 65 bad rows or
/// guards, 66 no such file, 73 or 74 cannot write, 75 another load is running, 77 permission, 78 a
/// wrong feeds.toml.
[[nodiscard]] int cmd_load(const load_options& options);

}  // namespace repute::tool
