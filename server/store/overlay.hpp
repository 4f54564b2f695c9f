// SPDX-License-Identifier: Apache-2.0
// Changes at run time on disk: DIR/overlay/, opened by reputed alone; the page is
// schema/record_format.md, section 6.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>

#include "store/live_entry.hpp"
#include "store/snapshot.hpp"

namespace repute::store {

/// One thread at a time. The caller is the only process that opens the directory.
class overlay {
 public:
  /// Opens `directory`, made with mode 0750 if there is none, and reads all of it once: damage, a
  /// wrong version and another salt are failures. `last_seq` is the greatest number that is in use
  /// elsewhere.
  [[nodiscard]] static result<overlay> open(const std::filesystem::path& directory,
                                            std::array<std::uint8_t, 2> salt_fp,
                                            std::uint64_t last_seq);
  ~overlay();
  overlay(overlay&&) noexcept;
  overlay& operator=(overlay&&) noexcept;

  /// Gives `changes` the next numbers, in order, and commits them to disk: all of them, or after a
  /// failure none. Of several changes of one key the last one is kept.
  [[nodiscard]] result<void> commit(std::span<live_entry> changes);

  /// The greatest number ever given, or in use elsewhere.
  [[nodiscard]] std::uint64_t last_seq() const noexcept;
  /// From now on numbers are greater than `seq`.
  void raise_last_seq(std::uint64_t seq) noexcept;

  [[nodiscard]] std::array<std::uint8_t, 2> salt_fp() const noexcept;
  /// Random, made with the overlay: numbers of one overlay say nothing about another's changes.
  [[nodiscard]] std::uint64_t id() const noexcept;
  /// Number of entries.
  [[nodiscard]] result<std::size_t> size() const;

  [[nodiscard]] result<std::optional<live_entry>> find(const live_key& key) const;

  /// Entries in the order of live_key, from the first one after `after`, until `visit` says false.
  using visitor = std::function<bool(const live_entry&)>;
  [[nodiscard]] result<void> visit_after(const std::optional<live_key>& after,
                                         const visitor& visit) const;

  /// Drops the entries that `unneeded` says; how many there were.
  [[nodiscard]] result<std::size_t> drop(const visitor& unneeded);

 private:
  struct state;
  explicit overlay(std::unique_ptr<state> opened) noexcept;
  std::unique_ptr<state> state_;
};

}  // namespace repute::store
