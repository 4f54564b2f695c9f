// SPDX-License-Identifier: Apache-2.0
#include "snapshot/removal.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <set>

#include "snapshot/catalog.hpp"
#include "store/file.hpp"
#include "store/history.hpp"
#include "store/snapshot_writer.hpp"

namespace repute::snapshot {
namespace {

using store::result;
using store::store_error;

constexpr std::string_view manifest_extension = ".manifest";

result<void> remove_file(const std::filesystem::path& path) {
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) {
    return store::system_failure(path, "cannot remove", errno);
  }
  return {};
}

// Every file that carries the number of one of the generations, but their manifests.
std::vector<std::filesystem::path> companions(const std::filesystem::path& folder,
                                              const std::set<std::uint32_t>& generations) {
  std::vector<std::filesystem::path> found;
  for (const std::uint32_t generation : generations) {
    const std::string stem = store::snapshot_path(folder, generation).stem().string();
    std::error_code ignored;
    for (const auto& entry : std::filesystem::directory_iterator(folder, ignored)) {
      if (entry.path().stem() == stem && entry.path().extension() != manifest_extension) {
        found.push_back(entry.path());
      }
    }
  }
  return found;
}

// In force now, and before: what a rollback needs.
result<std::set<std::uint32_t>> protected_generations(const std::string& db) {
  std::set<std::uint32_t> out;
  for (const auto& each : {store::read_current(db), store::generation_before(db)}) {
    if (each) {
      out.insert(*each);
    } else if (each.error().code != store_error::not_found) {
      return each.error();
    }
  }
  return out;
}

}  // namespace

result<prune_outcome> prune(const std::string& db, std::size_t keep) {
  std::error_code missing;
  const std::filesystem::path folder = std::filesystem::path(db) / "snapshots";
  if (!std::filesystem::is_directory(folder, missing)) {
    return store::system_failure(folder, "cannot read", ENOENT);
  }
  const auto lock = store::write_lock::acquire(db);
  if (!lock) {
    return lock.error();
  }
  auto kept = protected_generations(db);
  if (!kept) {
    return kept.error();
  }
  const auto manifests = generations_with(db, manifest_extension);
  const auto files = generations_with(db, ".mdb");
  if (!manifests || !files) {
    return manifests ? files.error() : manifests.error();
  }
  std::vector<std::uint32_t> whole;
  std::set_intersection(manifests->begin(), manifests->end(), files->begin(), files->end(),
                        std::back_inserter(whole));
  kept->insert(whole.end() - static_cast<std::ptrdiff_t>(std::min(keep, whole.size())),
               whole.end());
  std::set<std::uint32_t> doomed(manifests->begin(), manifests->end());
  doomed.insert(files->begin(), files->end());
  std::erase_if(doomed, [&](std::uint32_t each) { return kept->contains(each); });

  prune_outcome out;
  for (const std::uint32_t generation : doomed) {
    if (const auto done = remove_file(store::manifest_path(db, generation)); !done) {
      return done.error();
    }
  }
  if (const auto synced = store::sync_path(folder); !synced) {
    return synced.error();
  }
  for (const std::filesystem::path& path : companions(folder, doomed)) {
    std::error_code unknown;
    const std::uint64_t bytes = std::filesystem::file_size(path, unknown);
    if (const auto done = remove_file(path); !done) {
      return done.error();
    }
    out.freed_bytes += unknown ? 0 : bytes;
  }
  if (const auto synced = store::sync_path(folder); !synced) {
    return synced.error();
  }
  out.removed.assign(doomed.begin(), doomed.end());
  std::set_intersection(kept->begin(), kept->end(), whole.begin(), whole.end(),
                        std::back_inserter(out.kept));
  return out;
}

}  // namespace repute::snapshot
