// SPDX-License-Identifier: Apache-2.0
// The snapshot in force before a load: what is kept of it.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "load/row_compiler.hpp"
#include "load/row_pile.hpp"
#include "repute/seal/fingerprint.hpp"
#include "store/snapshot_reader.hpp"

namespace repute::load {

class predecessor {
 public:
  /// Opens the snapshot in force, if there is one. With `only` no row of it is carried over, and it
  /// need not be readable, but feeds are compared with it and the epoch is the deployment's as long
  /// as the salt is. Throws load_error.
  predecessor(const std::string& db, const seal::deployment_salt& salt, bool only);

  /// Data epoch to go on with; nothing if there is none or it must change.
  [[nodiscard]] std::optional<std::uint32_t> data_epoch() const noexcept { return data_epoch_; }

  /// True if texts may have other canonical forms, and keys, than they had there.
  [[nodiscard]] bool forms_changed() const noexcept {
    return reader_ && reader_->meta().canon_version != canon::version;
  }

  /// Feeds that may be carried over; none with `only`.
  [[nodiscard]] std::vector<store::feed_info> feeds() const;

  /// To compare feeds with; null if there is none under this salt.
  [[nodiscard]] const store::snapshot_reader* reader() const noexcept {
    return reader_ ? &*reader_ : nullptr;
  }

  /// Its signed list of servers; empty if it has none.
  [[nodiscard]] const std::string& server_list() const noexcept { return server_list_; }

  /// Adds the rows that have not ended of the feeds with a number in `numbers` (theirs there ->
  /// now) to `rows`. Throws load_error.
  void carry_over(const std::map<std::uint16_t, std::uint16_t>& numbers,
                  const row_compiler& compiler, std::uint32_t now_h, unsigned threads,
                  row_pile& rows) const;

 private:
  bool only_;
  std::optional<store::snapshot_reader> reader_;
  std::string server_list_;
  std::optional<std::uint32_t> data_epoch_;
};

}  // namespace repute::load
