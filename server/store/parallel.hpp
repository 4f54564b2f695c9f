// SPDX-License-Identifier: Apache-2.0
// Work spread over threads whose results do not depend on how many there are: batches that are
// processed anywhere and consumed in order, and loops over independent items.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace repute::store {

/// Threads that compute at the same time, the calling one included: one a processor.
[[nodiscard]] unsigned threads_of_this_machine() noexcept;

/// Calls `body(i)` for each i below `count`, on `threads` threads, the calling one among them;
/// waits for all. If bodies throw, the exception of the smallest i is thrown on, and later items
/// may not have run.
void parallel_for(unsigned threads, std::size_t count,
                  const std::function<void(std::size_t)>& body);

/// Batches go through `process` on any thread and through `consume` on the thread that pushes, in
/// the order in which they were pushed. The pushing thread helps when it is far ahead, so that at
/// most 2 * threads + 2 batches are in flight. What `process` throws is thrown by push() or
/// finish(), in the place of the consumption of its batch.
template <class Batch>
class ordered_batches {
 public:
  using step = std::function<void(Batch&)>;

  /// `threads` as for parallel_for: one thread fewer is started, none for 1.
  ordered_batches(unsigned threads, step process, step consume)
      : process_(std::move(process)),
        consume_(std::move(consume)),
        in_flight_max_(2 * threads + 2) {
    for (unsigned i = 1; i < threads; ++i) {
      workers_.emplace_back([this] { work(); });
    }
  }

  /// Batches that were not consumed are dropped.
  ~ordered_batches() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    batch_waits_.notify_all();
    for (std::thread& worker : workers_) {
      worker.join();
    }
  }
  ordered_batches(const ordered_batches&) = delete;
  ordered_batches& operator=(const ordered_batches&) = delete;

  void push(Batch batch) {
    std::unique_lock lock(mutex_);
    slots_.push_back(std::make_unique<slot>(std::move(batch)));
    batch_waits_.notify_one();
    while (slots_.size() > in_flight_max_ || (!slots_.empty() && slots_.front()->done)) {
      advance(lock);
    }
  }

  /// Processes and consumes everything that was pushed.
  void finish() {
    std::unique_lock lock(mutex_);
    while (!slots_.empty()) {
      advance(lock);
    }
  }

 private:
  struct slot {
    explicit slot(Batch&& from) : batch(std::move(from)) {}
    Batch batch;
    std::exception_ptr error;
    bool done = false;
  };

  // One step of the pushing thread: consumes the first batch if it is ready, else processes one
  // that nobody took, else waits for the first.
  void advance(std::unique_lock<std::mutex>& lock) {
    if (slots_.front()->done) {
      const std::unique_ptr<slot> ready = std::move(slots_.front());
      slots_.pop_front();
      --taken_;
      lock.unlock();
      if (ready->error) {
        std::rethrow_exception(ready->error);
      }
      consume_(ready->batch);
      lock.lock();
    } else if (taken_ < slots_.size()) {
      process_next(lock);
    } else {
      batch_done_.wait(lock, [this] { return slots_.front()->done; });
    }
  }

  void process_next(std::unique_lock<std::mutex>& lock) {
    slot& next = *slots_[taken_++];
    lock.unlock();
    try {
      process_(next.batch);
    } catch (...) {
      next.error = std::current_exception();
    }
    lock.lock();
    next.done = true;
    batch_done_.notify_one();
  }

  void work() {
    std::unique_lock lock(mutex_);
    for (;;) {
      batch_waits_.wait(lock, [this] { return stopping_ || taken_ < slots_.size(); });
      if (stopping_) {
        return;
      }
      process_next(lock);
    }
  }

  const step process_;
  const step consume_;
  const std::size_t in_flight_max_;
  std::mutex mutex_;
  std::condition_variable batch_waits_;
  std::condition_variable batch_done_;
  std::deque<std::unique_ptr<slot>> slots_;  // in order of consumption; guarded by mutex_
  std::size_t taken_ = 0;                    // of slots_, from the front; guarded by mutex_
  bool stopping_ = false;                    // guarded by mutex_
  std::vector<std::thread> workers_;
};

}  // namespace repute::store
