// SPDX-License-Identifier: Apache-2.0
// The inside of campaign_index, which looking up and changing share.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>

#include "repute/schema/bytes.hpp"
#include "store/campaign_index.hpp"

namespace repute::store {

// A slot of the table: which of its bands, and the number of a member from 1, so 0 is empty.
inline constexpr unsigned member_bits = 25;
inline constexpr std::uint32_t member_mask = (1U << member_bits) - 1;
static_assert(text_signature::band_count <= 1U << (32 - member_bits));
static_assert(campaign_index::members_max == member_mask);

// Verdicts of ordinary mail take bands from campaigns, the others have a place in them.
inline constexpr int severity_min = severity(verdict::probable_spam);
inline constexpr std::size_t severities =
    static_cast<std::size_t>(severity(verdict::malware) - severity_min) + 1;

inline std::uint64_t packed(const answer& said) noexcept {
  std::array<std::uint8_t, answer_size> bytes;
  encode_answer(said, bytes.data());
  return load_le<std::uint64_t>(bytes.data());
}

inline answer unpacked(std::uint64_t said) noexcept {
  std::array<std::uint8_t, answer_size> bytes;
  store_le(bytes.data(), said);
  return decode_answer(bytes.data());
}

// A member. The first line is all that a lookup needs of it but its bands.
struct alignas(line_size) campaign_index::node {
  std::atomic<std::uint64_t> end{0};  // first second in which it counts no more; 0: removed
  std::atomic<std::uint64_t> said{0};
  std::uint32_t campaign = 0;
  bool fallback = false;
  std::uint8_t filter_version = 0;
  // Of the writer alone:
  bool counts_alone = false;
  std::uint32_t reporter = 0;
  std::uint32_t before = 0;  // member of the campaign that was taken in before, or 0
  fingerprint key{};
  alignas(line_size) text_signature_bytes signature{};

  [[nodiscard]] bool has(bool of_fallback, std::size_t band, std::uint32_t value) const noexcept {
    return fallback == of_fallback && band_at(signature, band) == value;
  }
};

// What follows from the members of a campaign.
struct campaign_index::campaign_state {
  std::uint64_t acts_until = 0;
  std::uint64_t reported_until = 0;                  // latest end of a member with a reporter
  std::uint32_t reporter = 0;                        // his
  std::array<std::uint32_t, severities> speakers{};  // the last to end of each severity, or 0
};

struct alignas(line_size) campaign_index::campaign {
  std::atomic<std::uint64_t> acts_until{0};
  std::array<std::atomic<std::uint32_t>, severities> speakers{};
  std::uint32_t name = 0;
  std::atomic<std::uint32_t> rank{0};  // its place among those that act, from 1; 0: it never did
  // Of the writer alone:
  std::uint32_t last = 0;  // member taken in last
  std::uint32_t bands = 0;
  std::uint32_t reporter = 0;
  bool cut = false;  // bands of its members were left out
  std::uint64_t reported_until = 0;

  [[nodiscard]] campaign_state state() const noexcept {
    campaign_state out{acts_until.load(std::memory_order_relaxed), reported_until, reporter, {}};
    for (std::size_t i = 0; i < severities; ++i) {
      out.speakers[i] = speakers[i].load(std::memory_order_relaxed);
    }
    return out;
  }
  void keep(const campaign_state& from) noexcept {
    acts_until.store(from.acts_until, std::memory_order_relaxed);
    reported_until = from.reported_until;
    reporter = from.reporter;
    for (std::size_t i = 0; i < severities; ++i) {
      speakers[i].store(from.speakers[i], std::memory_order_release);
    }
  }
};

// Calls visit(slot, member) for what may be listed for a band, until it returns false; the slot at
// which it ended: an empty one, if it was not stopped.
template <class Visit>
std::size_t campaign_index::each_listing(band_place from, Visit visit) const noexcept {
  for (std::size_t at = from.slot;; at = at + 1 == slot_count_ ? 0 : at + 1) {
    const std::uint32_t listing = slots_[at].load(std::memory_order_acquire);
    if (listing == 0) {
      return at;
    }
    if (listing >> member_bits == from.band >> member_bits && !visit(at, listing & member_mask)) {
      return at;
    }
  }
}

}  // namespace repute::store
