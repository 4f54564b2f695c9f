// SPDX-License-Identifier: Apache-2.0
// What a worker counts. One writer each, read at any time by the control thread.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace repute::query {

/// Every datagram received is counted once under `received` and once under what became of it:
/// a `dropped_*`, `rejected_version`, or a type of reply.
enum class counter : std::uint8_t {
  received,
  dropped_size,      ///< outside 128..1232 bytes
  dropped_magic,     ///< not this protocol
  dropped_type,      ///< not a request
  dropped_plain,     ///< plain, but with a client id, session or mac
  dropped_network,   ///< from a network that may not ask in plain text, or not as this client
  dropped_client,    ///< sealed, of nobody who is allowed
  dropped_mac,       ///< sealed, with a wrong mac1
  dropped_replay,    ///< sealed, and seen before
  dropped_session,   ///< sealed, of a session that is used up or one too many
  dropped_tag,       ///< sealed, with a wrong tag
  dropped_rate,      ///< a FETCH above what the client may ask
  dropped_source,    ///< from or to an address that must never be answered
  dropped_deadline,  ///< its asker had given up before it was read
  dropped_version,   ///< another major version, and the limit of REJECTs was reached
  rejected_version,  ///< another major version, told so
  queries,           ///< QUERY answered, errors included
  pings,             ///< PING answered
  fetches,           ///< FETCH answered
  formerr,           ///< of the answers: rcode FORMERR
  busy,              ///< of the answers: rcode BUSY
  loading,           ///< of the answers: rcode LOADING
  toosmall,          ///< of the answers: rcode TOOSMALL
  wrong_clock,       ///< of the answers: rcode CLOCK
  over_rate,         ///< of the answers: BUSY, since the client asks more than it may
  keys_listed,
  keys_near,  ///< texts that are a hint at a campaign
  keys_not_listed,
  keys_unsupported,
  keys_malformed,
  keys_skipped,
  keys_refused,  ///< of a kind that the client may not ask about
  send_failed,   ///< replies, counted above, that the kernel would not take or could not be sealed
};

inline constexpr std::size_t counter_count = static_cast<std::size_t>(counter::send_failed) + 1;

/// Names in `stats`, in the order of the enumeration.
inline constexpr std::array<std::string_view, counter_count> counter_names{
    "received",         "dropped_size",     "dropped_magic",
    "dropped_type",     "dropped_plain",    "dropped_network",
    "dropped_client",   "dropped_mac",      "dropped_replay",
    "dropped_session",  "dropped_tag",      "dropped_rate",
    "dropped_source",   "dropped_deadline", "dropped_version",
    "rejected_version", "queries",          "pings",
    "fetches",          "formerr",          "busy",
    "loading",          "toosmall",         "wrong_clock",
    "over_rate",        "keys_listed",      "keys_near",
    "keys_not_listed",  "keys_unsupported", "keys_malformed",
    "keys_skipped",     "keys_refused",     "send_failed"};
static_assert(!counter_names.back().empty());

/// Counters of one worker. add() is for its one writer, value() for anybody.
class alignas(64) worker_counters {
 public:
  void add(counter which, std::uint64_t amount = 1) noexcept {
    // A single writer needs no atomic addition: a plain load and store do, and cost no lock prefix.
    std::atomic<std::uint64_t>& slot = values_[static_cast<std::size_t>(which)];
    slot.store(slot.load(std::memory_order_relaxed) + amount, std::memory_order_relaxed);
  }

  [[nodiscard]] std::uint64_t value(counter which) const noexcept {
    return values_[static_cast<std::size_t>(which)].load(std::memory_order_relaxed);
  }

 private:
  std::array<std::atomic<std::uint64_t>, counter_count> values_{};
};

}  // namespace repute::query
