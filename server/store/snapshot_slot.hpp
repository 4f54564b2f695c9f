// SPDX-License-Identifier: Apache-2.0
// How a new snapshot reaches the workers: one pointer to publish, one hazard slot for each reader
// (M. Michael, "Hazard Pointers", 2004). Readers never wait, and a reader never delays a publisher.
#pragma once

#include <algorithm>
#include <atomic>
#include <cassert>
#include <cstddef>
#include <memory>
#include <vector>

namespace repute::store {

/// Holds the object in force. pin() and unpin() are for readers, one thread for each reader number;
/// publish() and reclaim() are for one thread at a time. Destroyed when no reader is left.
template <class T>
class hazard_slot {
 public:
  explicit hazard_slot(std::size_t readers) : hazards_(readers) {}
  ~hazard_slot() { delete current_.load(); }
  hazard_slot(const hazard_slot&) = delete;
  hazard_slot& operator=(const hazard_slot&) = delete;

  /// The object in force, or null if none was ever published. It lives until unpin(). Lock-free: a
  /// round is repeated only if something was published meanwhile.
  [[nodiscard]] const T* pin(std::size_t reader) noexcept {
    std::atomic<const T*>& hazard = hazards_[reader].pinned;
    const T* seen = current_.load();
    for (;;) {
      // Sequentially consistent on both sides: either reclaim() sees this store, or the load after
      // it sees the pointer that replaced `seen`.
      hazard.store(seen);
      const T* again = current_.load();
      if (again == seen) {
        return seen;
      }
      seen = again;
    }
  }

  void unpin(std::size_t reader) noexcept {
    hazards_[reader].pinned.store(nullptr, std::memory_order_release);
  }

  /// Puts `next` in force at once. What was in force is destroyed by a reclaim().
  void publish(std::unique_ptr<const T> next) {
    retired_.reserve(retired_.size() + 1);
    if (const T* old = current_.exchange(next.release()); old != nullptr) {
      retired_.emplace_back(old);
    }
  }

  /// Destroys what is no longer in force and pinned by nobody; returns how many remain.
  std::size_t reclaim() {
    std::erase_if(retired_, [this](const auto& old) { return !is_pinned(old.get()); });
    return retired_.size();
  }

 private:
  // A line for each reader: pinning must not slow the neighbour.
  struct alignas(64) reader_slot {
    std::atomic<const T*> pinned{nullptr};
  };

  [[nodiscard]] bool is_pinned(const T* object) const noexcept {
    return std::any_of(hazards_.begin(), hazards_.end(),
                       [object](const reader_slot& each) { return each.pinned.load() == object; });
  }

  std::atomic<const T*> current_{nullptr};
  std::vector<reader_slot> hazards_;
  std::vector<std::unique_ptr<const T>> retired_;
};

}  // namespace repute::store
