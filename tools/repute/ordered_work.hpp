// SPDX-License-Identifier: Apache-2.0
// Work in several threads whose results come back in the order in which it was given.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <future>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace repute::tool {

/// Threads that run tasks. give() and take() are for one caller's thread.
template <class Result>
class ordered_work {
 public:
  using task = std::packaged_task<Result()>;

  explicit ordered_work(unsigned threads) {
    for (unsigned i = 0; i < threads; ++i) {
      threads_.emplace_back([this] { run(); });
    }
  }

  /// Tasks that have not begun are dropped.
  ~ordered_work() {
    {
      const std::lock_guard lock(mutex_);
      closing_ = true;
    }
    changed_.notify_all();
  }
  ordered_work(const ordered_work&) = delete;
  ordered_work& operator=(const ordered_work&) = delete;

  /// `load` is what the task holds until its result is taken, in any unit.
  void give(std::function<Result()> work, std::size_t load) {
    task next(std::move(work));
    results_.emplace_back(next.get_future(), load);
    load_ += load;
    {
      const std::lock_guard lock(mutex_);
      tasks_.push_back(std::move(next));
    }
    changed_.notify_one();
  }

  [[nodiscard]] std::size_t count() const noexcept { return results_.size(); }
  [[nodiscard]] std::size_t load() const noexcept { return load_; }

  /// The oldest result that was not taken yet; waits for it. Throws what its task threw. There must
  /// be one.
  [[nodiscard]] Result take() {
    auto [result, load] = std::move(results_.front());
    results_.pop_front();
    load_ -= load;
    return result.get();
  }

 private:
  void run() {
    std::unique_lock lock(mutex_);
    for (;;) {
      changed_.wait(lock, [this] { return closing_ || !tasks_.empty(); });
      if (closing_) {
        return;
      }
      task next = std::move(tasks_.front());
      tasks_.pop_front();
      lock.unlock();
      next();
      lock.lock();
    }
  }

  // Of the caller's thread.
  std::deque<std::pair<std::future<Result>, std::size_t>> results_;
  std::size_t load_ = 0;

  std::mutex mutex_;
  std::condition_variable changed_;
  // State below is protected by mutex_.
  std::deque<task> tasks_;
  bool closing_ = false;

  std::vector<std::jthread> threads_;
};

}  // namespace repute::tool
