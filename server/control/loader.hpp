// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "control/adopter.hpp"

namespace repute::control {

/// A thread that adopts on request, so that control and queries go on meanwhile. Joined when
/// destroyed, after the adoption at work. Thread-safe.
class loader {
 public:
  using callback = std::function<void(const adoption&)>;

  /// From now on `with` is used by the loader's thread only.
  explicit loader(adopter with);

  /// Looks at CURRENT after this call; `done` runs on the loader's thread. Requests that wait
  /// together share one look.
  void request(callback done);

  /// Something that workers may still read is to be destroyed when they do not.
  void reclaim_soon();

 private:
  void run(const std::stop_token& stop);
  [[nodiscard]] adoption adopt();

  adopter adopter_;
  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::vector<callback> waiting_;  // guarded by mutex_
  bool retired_more_ = false;      // guarded by mutex_
  std::jthread thread_;
};

}  // namespace repute::control
