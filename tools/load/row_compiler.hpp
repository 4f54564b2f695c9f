// SPDX-License-Identifier: Apache-2.0
// From a feed's row to the records that are stored: canonical form, fingerprint, score, expiry.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "load/feed_spec.hpp"
#include "load/guard/load_guards.hpp"
#include "load/row.hpp"
#include "load/stored_row.hpp"
#include "repute/canon/canon.hpp"
#include "repute/seal/fingerprint.hpp"
#include "store/record.hpp"

namespace repute::load {

/// Compiles rows of any feed. Thread-safe.
class row_compiler {
 public:
  /// `canon` outlives the compiler. `now_unix_s` is the time of the load.
  row_compiler(const canon::canonicalizer& canon, const seal::deployment_salt& salt,
               std::uint64_t now_unix_s);

  /// Looks at all rows from now on with `guard`, which outlives the compiler.
  void watch(const row_guard& guard) noexcept { guard_ = &guard; }

  enum class outcome { stored, expired };
  /// What became of a row; a sentence says why it is bad; a flagged one was stored.
  using compiled = std::variant<outcome, std::string, flagged_row>;

  /// Adds the row's records (one, or two for a name with `both`) to `into`. Rows that expired
  /// before the load, or begin after it, give none.
  [[nodiscard]] compiled compile(const feed_spec& spec, const raw_row& row, std::uint16_t feed,
                                 std::uint16_t file, compiled_rows& into) const;

  /// Adds a record of an older snapshot to `into`; with `anew` its key is made again from its text.
  /// False if that has no canonical form any more.
  [[nodiscard]] bool adopt(store::record row, bool anew, compiled_rows& into) const;

  /// Canonical form of a stored key that is no address, from its text; nothing if it has none any
  /// more.
  /// Into `out`, whose room is used again; false: no canonical form.
  [[nodiscard]] bool canonical_of(const stored_row& row, canonical_key& out) const;
  [[nodiscard]] std::optional<canonical_key> canonical_of(kind kind, std::string_view text) const;

  [[nodiscard]] fingerprint fingerprint_of(const canonical_key& key) const {
    return fingerprints_(key);
  }
  [[nodiscard]] const seal::fingerprinter& fingerprints() const noexcept { return fingerprints_; }
  [[nodiscard]] const canon::canonicalizer& canon() const noexcept { return canon_; }

 private:
  [[nodiscard]] std::string fill_values(const feed_spec& spec, const raw_row& row,
                                        store::record& out) const;
  [[nodiscard]] compiled compile_address(const feed_spec& spec, const raw_row& row,
                                         store::record& out, compiled_rows& into) const;
  [[nodiscard]] compiled compile_key(const feed_spec& spec, const raw_row& row, store::record& out,
                                     compiled_rows& into) const;
  void add_key(store::record& out, const canonical_key& key, compiled_rows& into) const;

  const canon::canonicalizer& canon_;
  seal::fingerprinter fingerprints_;
  std::uint64_t now_unix_s_;
  const row_guard* guard_ = nullptr;
};

/// True if clients that look up names under `name`, a canonical one, ask about it: they ask about
/// at most four parents of a name and about no public suffix, so a row for the names under any
/// other name would never be found.
[[nodiscard]] bool is_asked_as_parent(const canon::canonicalizer& canon, const std::string& name);

/// Key bytes of a record for an address or a prefix.
[[nodiscard]] fingerprint address_bytes(const canon::ip_prefix& prefix) noexcept;
[[nodiscard]] kind kind_of(const canon::ip_prefix& prefix) noexcept;

inline constexpr std::uint64_t seconds_per_hour = 3600;

}  // namespace repute::load
