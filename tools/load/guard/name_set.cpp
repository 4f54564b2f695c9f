// SPDX-License-Identifier: Apache-2.0
#include "load/guard/name_set.hpp"

#include <cassert>
#include <cstring>

namespace repute::load {
namespace {

constexpr std::size_t slots_min = 64;
constexpr std::size_t name_size_max = 253;

template <class T>
T load(const char* from) noexcept {
  T value;
  std::memcpy(&value, from, sizeof value);
  return value;
}

std::uint64_t mix(std::uint64_t hash, std::uint64_t value) noexcept {
  hash = (hash ^ value) * 0x9e3779b97f4a7c15ULL;
  return hash ^ hash >> 32;
}

// One more label to the left. Lengths are part of it, so that no two splits of a text agree.
std::uint64_t with_label(std::uint64_t hash, std::string_view label) noexcept {
  hash = mix(hash, label.size());
  while (label.size() >= 8) {
    hash = mix(hash, load<std::uint64_t>(label.data()));
    label.remove_prefix(8);
  }
  if (label.size() >= 4) {
    const auto first = load<std::uint32_t>(label.data());
    const auto last = load<std::uint32_t>(label.data() + label.size() - 4);
    return mix(hash, std::uint64_t{first} << 32 | last);
  }
  std::uint64_t rest = 0;
  for (const char c : label) {
    rest = rest << 8 | static_cast<std::uint8_t>(c);
  }
  return mix(hash, rest);
}

std::uint32_t tag_of(std::uint64_t hash) noexcept {
  return static_cast<std::uint32_t>(hash >> 32);
}

// Goes through what a name ends in at its labels, the top level first, with a hash of each.
class ending_walk {
 public:
  ending_walk(std::string_view name, std::uint64_t seed) noexcept
      : name_(name), begin_(name.size() + 1), hash_(seed) {}

  /// False after the whole name.
  bool next() noexcept {
    if (begin_ == 0) {
      return false;
    }
    const std::size_t end = begin_ - 1;
    begin_ = end;
    while (begin_ > 0 && name_[begin_ - 1] != '.') {
      --begin_;
    }
    hash_ = with_label(hash_, name_.substr(begin_, end - begin_));
    return true;
  }
  [[nodiscard]] std::string_view ending() const noexcept { return name_.substr(begin_); }
  [[nodiscard]] std::uint64_t hash() const noexcept { return hash_; }
  [[nodiscard]] bool is_whole() const noexcept { return begin_ == 0; }

 private:
  std::string_view name_;
  std::size_t begin_;
  std::uint64_t hash_;
};

}  // namespace

const name_set::entry* name_set::look_up(std::string_view name, std::uint64_t hash) const noexcept {
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t at = hash & mask; slots_[at].number != 0; at = (at + 1) & mask) {
    if (slots_[at].tag == tag_of(hash) && text(names_[slots_[at].number - 1]) == name) {
      return &names_[slots_[at].number - 1];
    }
  }
  return nullptr;
}

void name_set::place(std::uint64_t hash, std::uint32_t number) noexcept {
  const std::size_t mask = slots_.size() - 1;
  std::size_t at = hash & mask;
  while (slots_[at].number != 0) {
    at = (at + 1) & mask;
  }
  slots_[at] = {tag_of(hash), number};
}

void name_set::grow() {
  const std::size_t size = slots_.empty() ? slots_min : slots_.size() * 2;
  slots_.assign(size, {});
  for (std::size_t i = 0; i < names_.size(); ++i) {
    place(hashes_[i], static_cast<std::uint32_t>(i + 1));
  }
}

std::uint32_t name_set::find_or_add(std::string_view name, std::uint64_t hash) {
  if (names_.size() * 2 >= slots_.size()) {
    grow();
  }
  if (const entry* found = look_up(name, hash); found != nullptr) {
    return static_cast<std::uint32_t>(found - names_.data());
  }
  entry added;
  added.text_at = static_cast<std::uint32_t>(texts_.size());
  added.text_size = static_cast<std::uint8_t>(name.size());
  texts_ += name;
  names_.push_back(added);
  hashes_.push_back(hash);
  place(hash, static_cast<std::uint32_t>(names_.size()));
  return static_cast<std::uint32_t>(names_.size() - 1);
}

void name_set::add(std::string_view name, bool with_below, std::uint32_t label) {
  assert(!name.empty() && name.size() <= name_size_max);
  std::vector<std::uint32_t> path;  // the top level first, the name itself last
  for (ending_walk walk(name, seed_); walk.next();) {
    path.push_back(find_or_add(walk.ending(), walk.hash()));
  }
  entry& own = names_[path.back()];
  if (!own.listed) {
    own.listed = true;
    own.label = label;
  }
  own.with_below = own.with_below || with_below;
  const std::uint32_t number = path.back() + 1;
  path.pop_back();
  for (const std::uint32_t above : path) {
    if (names_[above].covered == 0) {
      names_[above].covered = number;
    }
  }
}

std::optional<name_hit> name_set::find(std::string_view name, bool below) const noexcept {
  if (names_.empty()) {
    return std::nullopt;
  }
  for (ending_walk walk(name, seed_); walk.next();) {
    const entry* found = look_up(walk.ending(), walk.hash());
    if (found == nullptr) {
      return std::nullopt;  // a listed name further down would have this one above it
    }
    if (walk.is_whole() ? found->listed : found->with_below) {
      return name_hit{walk.is_whole() ? name_relation::same : name_relation::under, text(*found),
                      found->label};
    }
    if (walk.is_whole() && below && found->covered != 0) {
      const entry& covered = names_[found->covered - 1];
      return name_hit{name_relation::covers, text(covered), covered.label};
    }
  }
  return std::nullopt;
}

}  // namespace repute::load
