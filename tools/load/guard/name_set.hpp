// SPDX-License-Identifier: Apache-2.0
// Names to compare rows with, by whole labels: a row may be such a name, lie under one, or cover
// one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace repute::load {

/// How a row's name meets a name of a set.
enum class name_relation { same, under, covers };

struct name_hit {
  name_relation relation{};
  std::string_view listed;  ///< the name of the set; valid as long as the set
  std::uint32_t label = 0;
};

/// A hash table of the names and of all names above them, so that a search from the top level down
/// ends at the first label that leads nowhere: two probes for most rows. Thread-safe once filled.
class name_set {
 public:
  /// A seed that nobody outside knows keeps a list from being made to fill one place of the table.
  explicit name_set(std::uint64_t seed) noexcept : seed_(seed) {}

  /// Adds a canonical host name; `with_below`: all names under it, too. Of names added twice the
  /// first label stays.
  void add(std::string_view name, bool with_below, std::uint32_t label);

  /// What a row for `name`, and with `below` also for all names under it, meets: the widest listed
  /// name that it is or lies under, else one that it covers.
  [[nodiscard]] std::optional<name_hit> find(std::string_view name, bool below) const noexcept;

 private:
  struct entry {
    std::uint32_t text_at = 0;
    std::uint8_t text_size = 0;
    bool listed = false;
    bool with_below = false;
    std::uint32_t label = 0;
    std::uint32_t covered = 0;  ///< number of a listed name under this one + 1, 0 = none
  };
  struct slot {
    std::uint32_t tag = 0;
    std::uint32_t number = 0;  ///< of an entry + 1, 0 = free
  };

  [[nodiscard]] std::string_view text(const entry& of) const noexcept {
    return std::string_view(texts_).substr(of.text_at, of.text_size);
  }
  [[nodiscard]] const entry* look_up(std::string_view name, std::uint64_t hash) const noexcept;
  [[nodiscard]] std::uint32_t find_or_add(std::string_view name, std::uint64_t hash);
  void place(std::uint64_t hash, std::uint32_t number) noexcept;
  void grow();

  std::uint64_t seed_;
  std::vector<entry> names_;
  std::vector<std::uint64_t> hashes_;  // of names_, for growing
  std::string texts_;
  std::vector<slot> slots_;  // open addressing, a power of two, at most half full
};

}  // namespace repute::load
