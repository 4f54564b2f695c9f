// SPDX-License-Identifier: Apache-2.0
// What all workers share: what they answer from and a few facts. Nothing here is locked.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "query/access_list.hpp"
#include "query/reject_limiter.hpp"
#include "store/serving_state.hpp"

namespace repute::net {

struct serving {
  serving(std::size_t workers, std::uint32_t id, std::uint64_t limiter_seed)
      : states(workers), access(workers), limiter(limiter_seed), server_id(id) {}

  store::serving_slot states;                     ///< reader number = worker number
  store::hazard_slot<query::access_list> access;  ///< the same; nothing yet: nobody may ask
  query::reject_limiter limiter;
  std::atomic<bool> draining{false};
  const std::uint32_t server_id;  ///< not 0
};

}  // namespace repute::net
