// SPDX-License-Identifier: Apache-2.0
#include "control/loader.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <exception>
#include <utility>

namespace repute::control {

namespace {

// A worker holds a snapshot for one batch, microseconds; a stopped one may hold it for long.
constexpr std::chrono::milliseconds reclaim_interval{10};

// Where workers want every core, a snapshot is checked in what time they leave and in a small share
// of the rest, and answers do not wait for it. Threads that the check starts inherit this.
constexpr int niceness = 19;

void be_nice() noexcept {
  ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), niceness);
}

}  // namespace

loader::loader(adopter with)
    : adopter_(std::move(with)), thread_([this](const std::stop_token& stop) { run(stop); }) {}

void loader::request(callback done) {
  {
    const std::lock_guard lock(mutex_);
    waiting_.push_back(std::move(done));
  }
  wake_.notify_one();
}

void loader::reclaim_soon() {
  {
    const std::lock_guard lock(mutex_);
    retired_more_ = true;
  }
  wake_.notify_one();
}

// Memory may run out while a second snapshot is opened beside the first: what serves must serve on.
adoption loader::adopt() {
  try {
    return adopter_.adopt();
  } catch (const std::exception& error) {
    return adopter_.refusal(error.what());
  }
}

void loader::run(const std::stop_token& stop) {
  be_nice();
  std::size_t retired = 0;
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested()) {
    const auto wanted = [this] { return !waiting_.empty() || retired_more_; };
    if (retired == 0) {
      wake_.wait(lock, stop, wanted);
    } else {
      wake_.wait_for(lock, stop, reclaim_interval, wanted);
    }
    retired_more_ = false;
    const std::vector<callback> callbacks = std::exchange(waiting_, {});
    lock.unlock();
    if (!callbacks.empty() && !stop.stop_requested()) {
      const adoption outcome = adopt();
      for (const callback& done : callbacks) {
        done(outcome);
      }
    }
    retired = adopter_.reclaim();
    lock.lock();
  }
}

}  // namespace repute::control
