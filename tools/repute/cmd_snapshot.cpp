// SPDX-License-Identifier: Apache-2.0
// What the snapshot commands share, and those that change what is in force.
#include "cmd_snapshot.hpp"

#include <fmt/format.h>

#include "control_client.hpp"
#include "environment.hpp"
#include "exit_codes.hpp"
#include "snapshot/catalog.hpp"
#include "snapshot/removal.hpp"
#include "snapshot/rollback.hpp"
#include "snapshot/verify.hpp"
#include "text.hpp"

namespace repute::tool {
namespace {

std::string numbers_text(const std::vector<std::uint32_t>& numbers) {
  return numbers.empty() ? "none" : fmt::format("{}", fmt::join(numbers, " "));
}

std::string verification_json(const snapshot::verification& from) {
  return fmt::format(
      "{{\"generation\":{},\"whole\":{},\"file_bytes\":{},\"records\":{},\"keys\":{},"
      "\"problems\":{}}}\n",
      from.generation, from.problems.empty(), from.file_bytes, from.records, from.keys,
      json_strings(from.problems));
}

void print_verification(const snapshot::verification& from, bool json) {
  if (json) {
    fmt::print("{}", verification_json(from));
    return;
  }
  for (const std::string& problem : from.problems) {
    fmt::print("generation {}: {}\n", from.generation, printable(problem));
  }
  if (from.problems.empty()) {
    fmt::print("generation {}: whole, {} bytes, {} records, {} keys\n", from.generation,
               from.file_bytes, from.records, from.keys);
  }
}

}  // namespace

int report_failure(const char* command, const store::failure& why) {
  fmt::print(stderr, "repute {}: {}\n", command, printable(why.message));
  return store::exit_code(why.code);
}

std::optional<std::string> database_or_complain(const char* command,
                                                const snapshot_options& options) {
  auto db = database_of(options.db);
  if (!db) {
    fmt::print(stderr, "repute {}: {}\n", command, no_database);
  }
  return db;
}

int wait_for_servers(const char* command, const std::string& db, std::uint32_t generation) {
  std::string problem;
  if (wait_until_served(db, generation, wait_limit, problem)) {
    return exit_ok;
  }
  fmt::print(stderr, "repute {}: generation {} is in force, but after {} s {}\n", command,
             generation, wait_limit.count(), printable(problem));
  return exit_again;
}

int cmd_snapshot_verify(const verify_options& options) {
  constexpr const char* name = "snapshot verify";
  const auto db = database_or_complain(name, options);
  if (!db) {
    return exit_usage;
  }
  store::result<std::vector<std::uint32_t>> generations = std::vector<std::uint32_t>();
  if (options.all) {
    generations = snapshot::snapshots_of(*db);
  } else if (const auto one = snapshot::choose_generation(*db, options.generation); one) {
    generations->push_back(*one);
  } else {
    generations = one.error();
  }
  if (!generations) {
    return report_failure(name, generations.error());
  }
  int result = exit_ok;
  for (const std::uint32_t generation : *generations) {
    const auto checked = snapshot::verify(*db, generation);
    if (!checked) {
      result = report_failure(name, checked.error());
      continue;
    }
    print_verification(*checked, options.json);
    result = checked->problems.empty() ? result : exit_data;
  }
  return result;
}

int cmd_snapshot_rollback(const rollback_options& options) {
  constexpr const char* name = "snapshot rollback";
  const auto db = database_or_complain(name, options);
  if (!db) {
    return exit_usage;
  }
  const auto done = snapshot::roll_back(*db, options.generation);
  if (!done) {
    return report_failure(name, done.error());
  }
  const bool changed = done->generation != done->before;
  const std::string before = done->before ? fmt::format("{}", *done->before) : std::string();
  if (options.json) {
    fmt::print("{{\"generation\":{},\"before\":{},\"changed\":{}}}\n", done->generation,
               before.empty() ? "null" : before, changed);
  } else {
    fmt::print("generation {} is in force{}\n", done->generation,
               !changed         ? " as before"
               : before.empty() ? ", what was before is not known"
                                : ", before it was " + before);
  }
  std::fflush(stdout);
  return options.wait ? wait_for_servers(name, *db, done->generation) : exit_ok;
}

int cmd_snapshot_prune(const prune_options& options) {
  constexpr const char* name = "snapshot prune";
  const auto db = database_or_complain(name, options);
  if (!db) {
    return exit_usage;
  }
  const auto done = snapshot::prune(*db, options.keep);
  if (!done) {
    return report_failure(name, done.error());
  }
  if (options.json) {
    fmt::print("{{\"removed\":[{}],\"kept\":[{}],\"freed_bytes\":{}}}\n",
               fmt::join(done->removed, ","), fmt::join(done->kept, ","), done->freed_bytes);
  } else {
    fmt::print("removed {} ({:.1f} MiB), kept {}\n", numbers_text(done->removed),
               static_cast<double>(done->freed_bytes) / (1 << 20), numbers_text(done->kept));
  }
  return exit_ok;
}

}  // namespace repute::tool
