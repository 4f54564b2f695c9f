// SPDX-License-Identifier: Apache-2.0
#include "snapshot/rollback.hpp"

#include <fmt/format.h>

#include "repute/seal/fingerprint.hpp"
#include "snapshot/catalog.hpp"
#include "store/history.hpp"
#include "store/snapshot_writer.hpp"

namespace repute::snapshot {
namespace {

using store::failure;
using store::result;
using store::store_error;

result<void> check_target(const std::string& db, std::uint32_t generation) {
  const auto opened = store::snapshot::open(db, generation, store::storage_mode::memory);
  if (!opened) {
    return opened.error();
  }
  std::string problem;
  const auto salt = seal::read_database_salt(db, problem);
  if (!salt) {
    return failure{store_error::io, problem};
  }
  if (seal::salt_fingerprint(*salt) != (*opened)->view().info.salt_fp) {
    return failure{store_error::foreign_salt,
                   fmt::format("{}: generation {} was built under another salt", db, generation)};
  }
  return {};
}

result<std::uint32_t> target_of(const std::string& db, std::optional<std::uint32_t> wanted) {
  if (wanted) {
    return choose_generation(db, wanted);
  }
  const auto before = store::generation_before(db);
  return before ? choose_generation(db, *before) : before;
}

}  // namespace

result<rollback_outcome> roll_back(const std::string& db, std::optional<std::uint32_t> wanted) {
  // Before the lock, which would make a directory.
  const auto known = wanted ? choose_generation(db, wanted) : store::read_current(db);
  if (!known) {
    return known.error();
  }
  const auto lock = store::write_lock::acquire(db);
  if (!lock) {
    return lock.error();
  }
  const auto read = store::read_current(db);
  const auto current = read ? std::optional(*read) : std::nullopt;
  const auto target = target_of(db, wanted);
  if (!target) {
    return target.error();
  }
  if (*target == current) {
    return rollback_outcome{*target, current};
  }
  if (const auto good = check_target(db, *target); !good) {
    return good.error();
  }
  if (const auto switched = store::put_in_force(db, *target); !switched) {
    return switched.error();
  }
  return rollback_outcome{*target, current};
}

}  // namespace repute::snapshot
