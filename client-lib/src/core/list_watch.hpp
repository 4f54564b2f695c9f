// SPDX-License-Identifier: Apache-2.0
// When to fetch the servers' list of servers, and from whom: at the first answer, and when a server
// tells another generation than before, at most once a minute.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <random>
#include <unordered_map>
#include <vector>

#include "core/clock.hpp"
#include "core/document_assembler.hpp"
#include "repute/client/fetch.hpp"

namespace repute::core {

class list_watch {
 public:
  static constexpr std::chrono::seconds rest{60};      ///< between two fetches
  static constexpr microseconds spread{1'000'000};     ///< clients do not come all at once
  static constexpr microseconds attempt_time{50'000};  ///< for one piece
  static constexpr unsigned losses_max = 20;           ///< pieces in a row

  void adopted(std::uint32_t version) noexcept { version_ = version; }

  /// A server's answer told this. `server` is its slot.
  void on_status(std::size_t server, std::uint32_t generation, std::uint32_t data_epoch,
                 time_point now, std::mt19937_64& random) {
    const auto [known, fresh] = generations_.try_emplace(server, generation);
    if (!fresh && known->second == generation) {
      return;
    }
    known->second = generation;
    if (generation != 0 && !timer_) {
      source_ = server;
      data_epoch_ = data_epoch;
      document_.emplace(document_bytes_max);
      losses_ = 0;
      const time_point earliest = rested_at_.value_or(now);
      timer_ =
          std::max(earliest, now) + microseconds{static_cast<std::int64_t>(
                                        random() % static_cast<std::uint64_t>(spread.count()))};
    }
  }
  void on_removed(std::size_t server) {
    generations_.erase(server);
    if (timer_ && source_ == server) {
      timer_.reset();
    }
  }

  /// When the next piece should be asked for; nothing while there is nothing to fetch.
  [[nodiscard]] std::optional<time_point> due() const noexcept { return timer_; }
  [[nodiscard]] std::size_t source() const noexcept { return source_; }
  [[nodiscard]] std::uint32_t offset() const noexcept { return document_->offset(); }
  [[nodiscard]] std::uint32_t data_epoch() const noexcept { return data_epoch_; }

  /// A piece was asked for. Gives up after many losses, until anybody answers anything again.
  void on_asked(time_point now) noexcept {
    if (++losses_ > losses_max) {
      generations_.clear();
      finish(now);
    } else {
      timer_ = now + attempt_time;
    }
  }

  /// A piece came. True if the document is whole, and wanted.
  [[nodiscard]] bool on_part(const wire::part_view& part, time_point now) {
    if (!timer_) {
      return false;
    }
    losses_ = 0;
    const bool known = part.version <= version_;
    const auto state = known ? document_assembler::state::refused : document_->take(part);
    if (state == document_assembler::state::more) {
      timer_ = now;
      return false;
    }
    finish(now);
    return state == document_assembler::state::whole && !document_->document().empty();
  }
  [[nodiscard]] const std::vector<std::uint8_t>& document() const noexcept {
    return document_->document();
  }

 private:
  void finish(time_point now) noexcept {
    timer_.reset();
    rested_at_ = now + rest;
  }

  std::unordered_map<std::size_t, std::uint32_t> generations_;  ///< by slot
  std::uint32_t version_ = 0;                                   ///< of the list in force
  std::size_t source_ = 0;
  std::uint32_t data_epoch_ = 0;
  std::optional<document_assembler> document_;
  unsigned losses_ = 0;
  std::optional<time_point> timer_;
  std::optional<time_point> rested_at_;
};

}  // namespace repute::core
