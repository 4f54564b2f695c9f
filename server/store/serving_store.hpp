// SPDX-License-Identifier: Apache-2.0
// The side of the store that changes: adopts snapshots and takes what is said at run time, first
// to disk, then to where the workers see it. The rules are in schema/record_format.md, section 6.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "repute/schema/key.hpp"
#include "store/campaign_index.hpp"
#include "store/overlay.hpp"
#include "store/serving_state.hpp"
#include "store/text_reports.hpp"

namespace repute::store {

/// What came of a batch of changes.
struct change_outcome {
  std::uint64_t seq = 0;           ///< number of the last one
  std::vector<bool> was_in_force;  ///< for each change: something of its layer and key was
  std::vector<answer> now;         ///< for each: what servers answer from now on; empty before the
                                   ///< first snapshot
  bool published = false;          ///< a reclaim() is due
};

/// Entries in order, and where to go on if there are more.
struct live_page {
  std::vector<live_entry> entries;
  std::optional<live_key> next;  ///< give it as `after`
};

/// What is said about a key: at most one entry of each layer, in force or not.
struct live_words {
  std::optional<live_entry> override;
  std::optional<live_entry> live;
  std::optional<answer> now;  ///< nothing before the first snapshot
};

/// How much is known about texts.
struct text_counts {
  std::size_t campaigns = 0;
  members_in_force reports;
};

/// A file with all entries of the overlay, in the format of the part `live`.
struct fold_file {
  std::string name;       ///< in DIR/overlay
  std::uint64_t seq = 0;  ///< every change up to it is in the file, or in no need of it
  std::uint64_t overlay_id = 0;
  std::array<std::uint8_t, 2> salt_fp{};  ///< of the salt that its keys were made under
};

/// Thread-safe: everything but the workers' reads goes through one mutex.
class serving_store {
 public:
  /// Opens DIR/overlay. `fixed` are the test points' keys, whose answers no change touches. `slot`
  /// outlives the store.
  [[nodiscard]] static result<std::unique_ptr<serving_store>> open(
      const std::filesystem::path& db, std::array<std::uint8_t, 2> salt_fp, std::vector<key> fixed,
      serving_slot& slot);

  /// Puts a snapshot in force with everything said since it was built. After a failure what was in
  /// force stays.
  [[nodiscard]] result<void> adopt(std::unique_ptr<const snapshot> next);

  /// Commits changes, all or none, and puts them in force. The number, and the time for entries
  /// without one, are set here. bad_rows: one of them cannot be, such as the removal of a network
  /// with addresses that feeds list.
  [[nodiscard]] result<change_outcome> change(std::vector<live_entry> changes,
                                              std::uint64_t now_unix_s);

  [[nodiscard]] result<live_words> words_about(kind kind, const fingerprint& key,
                                               std::uint8_t prefix_length,
                                               std::uint64_t now_unix_s) const;

  /// Entries of a layer that are in force, at most `count` and 48 KiB of text, the overrides taken
  /// away left out. Looks at 10 000 entries at most, so a page may be empty and not the last.
  [[nodiscard]] result<live_page> list(live_layer layer, const std::optional<live_key>& after,
                                       std::size_t count, std::uint64_t now_unix_s) const;

  [[nodiscard]] text_counts texts(std::uint64_t now_unix_s) const;

  /// Writes DIR/overlay/fold-SEQ for a load, in the place of earlier ones.
  [[nodiscard]] result<fold_file> fold();

  /// Drops what every snapshot that is kept knows already; how many entries.
  [[nodiscard]] result<std::size_t> compact();

  /// Destroys states that no worker reads any more; how many are left.
  std::size_t reclaim();

  /// Whose numbers changes made here have.
  [[nodiscard]] std::uint64_t overlay_id() const noexcept { return overlay_.id(); }

 private:
  [[nodiscard]] std::uint64_t base_of(const adopted_snapshot& adopted) const noexcept;
  serving_store(std::filesystem::path db, overlay opened, std::vector<key> fixed,
                serving_slot& slot);

  struct built {
    std::shared_ptr<live_index> index;
    std::map<live_key, live_said> networks;
    std::shared_ptr<text_reports> texts;  ///< never null in what is in force
  };
  [[nodiscard]] result<built> build(const adopted_snapshot& from) const;
  void publish(const built& from);
  [[nodiscard]] result<void> put_in_force(std::span<const live_entry> changes, bool& published);
  [[nodiscard]] bool set_keys(std::span<const live_entry> changes);
  [[nodiscard]] bool set_text(const live_key& about);
  [[nodiscard]] result<void> check(const live_entry& change, bool was_in_force,
                                   std::uint64_t now_unix_s) const;
  [[nodiscard]] result<void> check_reports(std::span<const live_entry> changes,
                                           std::uint64_t now_unix_s) const;
  [[nodiscard]] result<std::optional<live_entry>> find(const live_key& wanted) const;
  [[nodiscard]] result<void> visit_after(const std::optional<live_key>& after,
                                         const overlay::visitor& visit) const;
  [[nodiscard]] std::optional<answer> answer_now(const live_key& about,
                                                 std::uint64_t now_unix_s) const;
  [[nodiscard]] answer answer_about_text(const live_key& about, std::uint64_t now_unix_s) const;
  [[nodiscard]] bool is_fixed(const live_key& wanted) const;

  const std::filesystem::path db_;
  const std::vector<key> fixed_;
  mutable std::mutex mutex_;
  // Guarded by mutex_.
  overlay overlay_;
  serving_slot& slot_;
  std::shared_ptr<const adopted_snapshot> adopted_;
  built live_;
  const serving_state* state_ = nullptr;  // in force, owned by slot_
  std::uint64_t compacted_ = 0;
  std::string last_fold_;  // name of the file
};

}  // namespace repute::store
