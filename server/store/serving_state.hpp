// SPDX-License-Identifier: Apache-2.0
// What workers answer from: a snapshot and what was said at run time, published together.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

#include "store/live_list.hpp"
#include "store/live_view.hpp"
#include "store/snapshot.hpp"
#include "store/snapshot_slot.hpp"

namespace repute::store {

/// A snapshot with its part `live`.
struct adopted_snapshot {
  std::unique_ptr<const store::snapshot> snapshot;
  live_list live;

  [[nodiscard]] const snapshot_info& info() const noexcept { return snapshot->view().info; }
};

/// Thread-safe for readers. Its index grows while it is in force, by the one thread that holds the
/// serving_store.
class serving_state {
 public:
  /// `index`, `networks` and `campaigns` may be null.
  serving_state(std::shared_ptr<const adopted_snapshot> adopted,
                std::shared_ptr<const live_index> index,
                std::shared_ptr<const live_networks> networks,
                std::shared_ptr<const campaign_index> campaigns, std::uint64_t data_seq) noexcept
      : adopted_(std::move(adopted)),
        index_(std::move(index)),
        networks_(std::move(networks)),
        campaigns_(std::move(campaigns)),
        data_seq_(data_seq) {}

  [[nodiscard]] const snapshot_view& view() const noexcept { return adopted_->snapshot->view(); }
  [[nodiscard]] live_view live() const noexcept {
    return {index_.get(), networks_.get(), data_seq_.load(std::memory_order_acquire),
            campaigns_.get()};
  }

  /// Every change up to `seq` can be seen now. For the thread that made them.
  void advance(std::uint64_t seq) const noexcept {
    data_seq_.store(seq, std::memory_order_release);
  }

 private:
  std::shared_ptr<const adopted_snapshot> adopted_;
  std::shared_ptr<const live_index> index_;
  std::shared_ptr<const live_networks> networks_;
  std::shared_ptr<const campaign_index> campaigns_;
  mutable std::atomic<std::uint64_t> data_seq_;
};

using serving_slot = hazard_slot<serving_state>;

}  // namespace repute::store
