// SPDX-License-Identifier: Apache-2.0
// What all messages share under one configuration: who is asked, and how many at a time.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <semaphore>
#include <string>
#include <string_view>
#include <vector>

#include "config.hpp"
#include "counters.hpp"
#include "repute/mail/checker.hpp"

namespace repute::milter {

/// A file of configuration with all that it names, ready to be used.
struct settings {
  milter::config config;
  std::shared_ptr<const mail::examiner> examine;
  seal::deployment_salt salt;
};

/// Nothing if the file, or one that it names, is wrong: every mistake is in `problems` then, each
/// with its place.
[[nodiscard]] std::optional<settings> read_settings(const std::string& path,
                                                    std::vector<std::string>& problems);

/// Bytes of messages that are kept, of all services together. Thread-safe.
class memory_pool {
 public:
  /// True if `bytes` more may be kept.
  [[nodiscard]] bool take(std::size_t bytes, std::size_t limit) noexcept;
  void give_back(std::size_t bytes) noexcept { used_ -= bytes; }
  [[nodiscard]] std::size_t used() const noexcept { return used_; }

 private:
  std::atomic<std::size_t> used_{0};
};

/// Checks messages, `concurrency` at a time. Thread-safe. A message holds on to the service with
/// which it began: a new configuration concerns the next one.
class service {
 public:
  /// Throws as client::client().
  service(settings from, counters& counts, memory_pool& memory);

  [[nodiscard]] const milter::config& config() const noexcept { return config_; }
  [[nodiscard]] const mail::policy& policy() const noexcept { return examine_->policy(); }
  [[nodiscard]] counters& counts() noexcept { return counts_; }
  [[nodiscard]] memory_pool& memory() noexcept { return memory_; }

  /// What is known about a message. Never throws: with no place in time, no answer or an error the
  /// message is not_detected, `Not processed (...)`.
  [[nodiscard]] mail::checked_message check(std::string_view message,
                                            const mail::envelope& from) noexcept;

 private:
  [[nodiscard]] mail::checked_message not_processed(const mail::envelope& from,
                                                    std::string_view why) const;
  void note_answer(const mail::checked_message& seen);

  milter::config config_;
  std::shared_ptr<const mail::examiner> examine_;
  mail::checker check_;
  std::counting_semaphore<> places_;
  std::atomic<bool> unanswered_{false};
  counters& counts_;
  memory_pool& memory_;
};

}  // namespace repute::milter
