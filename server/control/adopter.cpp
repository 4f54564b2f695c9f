// SPDX-License-Identifier: Apache-2.0
#include "control/adopter.hpp"

#include <fmt/core.h>

#include <chrono>

#include "repute/seal/fingerprint.hpp"

namespace repute::control {

namespace {

// The salt is read anew each time: a directory may get it after the server has started.
store::result<std::array<std::uint8_t, 2>> salt_in_force(const std::filesystem::path& database) {
  std::string problem;
  const auto salt = seal::read_database_salt(database.string(), problem);
  if (!salt) {
    return store::failure{store::store_error::io, problem};
  }
  return seal::salt_fingerprint(*salt);
}

}  // namespace

adopter::adopter(std::filesystem::path database, store::storage_mode mode,
                 store::serving_store& into, std::vector<seal::public_key> trusted)
    : database_(std::move(database)), mode_(mode), into_(into), trusted_(std::move(trusted)) {}

store::result<std::unique_ptr<const store::snapshot>> adopter::open(
    std::uint32_t generation) const {
  const auto salt_fp = salt_in_force(database_);
  if (!salt_fp) {
    return salt_fp.error();
  }
  auto opened = store::snapshot::open(database_, generation, mode_, trusted_);
  if (opened && (*opened)->view().info.salt_fp != *salt_fp) {
    return store::failure{store::store_error::foreign_salt,
                          fmt::format("{}: built under another salt than {}",
                                      (*opened)->path().string(), (database_ / "salt").string())};
  }
  return opened;
}

adoption adopter::adopt() {
  const auto began = std::chrono::steady_clock::now();
  adoption out{
      .in_force = in_force_, .refusal = {}, .changed = false, .not_compacted = {}, .seconds = 0};
  const auto generation = store::read_current(database_);
  if (!generation) {
    out.refusal = generation.error();
    return out;
  }
  if (in_force_ && in_force_->generation == *generation) {
    return out;
  }
  auto opened = open(*generation);
  if (!opened) {
    out.refusal = opened.error();
    return out;
  }
  const store::snapshot_info info = (*opened)->view().info;
  if (const auto done = into_.adopt(std::move(*opened)); !done) {
    out.refusal = done.error();
    return out;
  }
  in_force_ = info;
  out.in_force = in_force_;
  out.changed = true;
  if (const auto done = into_.compact(); !done) {
    out.not_compacted = done.error();
  }
  out.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  return out;
}

}  // namespace repute::control
