// SPDX-License-Identifier: Apache-2.0
#include "store/campaign_index.hpp"

#include <algorithm>
#include <bit>
#include <cassert>
#include <iterator>
#include <limits>
#include <span>
#include <utility>

#include "store/campaign_node.hpp"

namespace repute::store {
namespace {

constexpr std::uint64_t never = std::numeric_limits<std::uint64_t>::max();

// At most two thirds full when every member has all bands, and never quite.
constexpr std::size_t slots_for(std::size_t members) noexcept {
  return members * text_signature::band_count * 3 / 2 + 64;
}

constexpr std::uint64_t end_of(std::uint64_t expires_unix_s) noexcept {
  return expires_unix_s == 0 ? never : expires_unix_s;
}

}  // namespace

campaign_index::campaign_index(std::size_t members, std::uint64_t seed)
    : seed_(seed),
      capacity_(members),
      slot_count_(slots_for(members)),
      slots_(std::make_unique<std::atomic<std::uint32_t>[]>(slot_count_)),
      nodes_(std::make_unique<node[]>(members + 1)),
      campaigns_(std::make_unique<campaign[]>(members + 1)),
      by_key_(std::bit_ceil(2 * members + 2)),
      scratch_(std::make_unique<campaign_scratch>()) {
  static_assert(sizeof(node) == 4 * line_size && sizeof(campaign) == line_size);
  assert(members <= members_max);
}

campaign_index::~campaign_index() = default;

// Where the number of the last member with a key stands, or belongs.
std::uint32_t& campaign_index::slot_of_key(const fingerprint& key) noexcept {
  const std::size_t mask = by_key_.size() - 1;
  std::size_t at = static_cast<std::size_t>(load_le<std::uint64_t>(key.data())) & mask;
  while (by_key_[at] != 0 && nodes_[by_key_[at]].key != key) {
    at = (at + 1) & mask;
  }
  return by_key_[at];
}

bool campaign_index::add(const campaign_member& member) {
  assert(member.signature.format == text_signature::this_format);
  const std::uint32_t known = slot_of_key(member.key);
  const bool present = known != 0 && nodes_[known].end.load(std::memory_order_relaxed) != 0;
  const bool ordinary = is_ordinary(member.said.verdict);
  const text_signature_bytes signature = encode_text_signature(member.signature);
  if (present && nodes_[known].signature == signature &&
      (nodes_[known].campaign == 0) == ordinary) {
    replace(known, member);
    return true;
  }
  if (room() == 0) {
    return false;
  }
  if (present) {
    remove(member.key);
  }
  const std::uint32_t joined = ordinary ? 0 : campaign_for(member);
  const auto number = static_cast<std::uint32_t>(++member_count_);
  node& to = nodes_[number];
  to.campaign = joined;
  to.fallback = member.signature.fallback;
  to.filter_version = member.signature.filter_version;
  to.reporter = member.reporter;
  to.counts_alone = member.counts_alone;
  to.before = std::exchange(campaigns_[joined].last, number);
  to.key = member.key;
  to.signature = signature;
  to.said.store(packed(member.said), std::memory_order_relaxed);
  to.end.store(end_of(member.expires_unix_s), std::memory_order_relaxed);
  slot_of_key(member.key) = number;
  if (ordinary) {
    change_ordinary(to.filter_version, 0, end_of(member.expires_unix_s));
  } else {
    campaign_state state = campaigns_[joined].state();
    take_into(state, number);
    keep(joined, state);
  }
  list_bands(number);
  return true;
}

// The same text with the same sort of verdict, said anew.
void campaign_index::replace(std::uint32_t member, const campaign_member& with) {
  node& known = nodes_[member];
  known.reporter = with.reporter;
  known.counts_alone = with.counts_alone;
  known.said.store(packed(with.said), std::memory_order_relaxed);
  const std::uint64_t end = end_of(with.expires_unix_s);
  const std::uint64_t ended = known.end.exchange(end, std::memory_order_relaxed);
  if (end < ended) {
    hand_over_bands(member);
  }
  list_bands(member);
  if (known.campaign == 0) {
    change_ordinary(known.filter_version, ended, end);
  } else {
    settle(known.campaign);
  }
}

bool campaign_index::remove(const fingerprint& key) {
  const std::uint32_t member = slot_of_key(key);
  const std::uint64_t ended =
      member == 0 ? 0 : nodes_[member].end.exchange(0, std::memory_order_relaxed);
  if (ended == 0) {
    return false;
  }
  hand_over_bands(member);
  if (nodes_[member].campaign == 0) {
    change_ordinary(nodes_[member].filter_version, ended, 0);
  } else {
    settle(nodes_[member].campaign);
  }
  return true;
}

// The one that a new member joins; a new one if there is none, or none that has room for it.
std::uint32_t campaign_index::campaign_for(const campaign_member& member) {
  tally(member.signature, 0, *scratch_);
  const auto absent = std::ranges::count(member.signature.bands, 0U);
  const auto bands = text_signature::band_count - static_cast<std::size_t>(absent);
  unsigned most = near_votes - 1;
  std::uint32_t joined = 0;
  for (const std::uint16_t at : std::span(scratch_->used_).first(scratch_->used_count_)) {
    const campaign_scratch::tally& of = scratch_->tallies_[at];
    const bool fits = campaigns_[of.campaign].bands + bands - of.votes <= bands_of_a_campaign;
    if (fits && (of.votes > most || (of.votes == most && joined > of.campaign))) {
      most = of.votes;
      joined = of.campaign;
    }
  }
  scratch_->clear();
  if (joined == 0) {
    joined = static_cast<std::uint32_t>(campaign_count_++);
    campaigns_[joined].name = load_le<std::uint32_t>(member.key.data());
  }
  return joined;
}

void campaign_index::list_bands(std::uint32_t member) {
  const text_signature signature = decode_text_signature(nodes_[member].signature);
  for (std::size_t i = 0; i < signature.bands.size(); ++i) {
    if (signature.bands[i] != 0) {
      list_band(member, i, signature.bands[i]);
    }
  }
}

// A band of a campaign is listed once for each filter version, with the member that ends last.
void campaign_index::list_band(std::uint32_t member, std::size_t band, std::uint32_t value) {
  const node& added = nodes_[member];
  campaign& joined = campaigns_[added.campaign];
  const std::uint64_t end = added.end.load(std::memory_order_relaxed);
  const band_place place = place_of(added.fallback, band, value);
  constexpr std::size_t none = std::numeric_limits<std::size_t>::max();
  std::size_t removed = none;
  std::size_t listed = 0;
  bool is_listed = false;
  const std::size_t last = each_listing(place, [&](std::size_t slot, std::uint32_t number) {
    const node& other = nodes_[number];
    if (!other.has(added.fallback, band, value)) {
      return true;
    }
    const std::uint64_t other_end = other.end.load(std::memory_order_relaxed);
    if (other_end == 0) {
      removed = slot;
    } else if (other.campaign == added.campaign && other.filter_version == added.filter_version) {
      is_listed = true;
      if (other_end < end) {
        slots_[slot].store(place.band | member, std::memory_order_release);
      }
    } else if (other.campaign != 0) {
      ++listed;
    }
    return !is_listed;
  });
  if (is_listed) {
    return;
  }
  if (added.campaign != 0 &&
      (listed >= campaigns_of_a_band || joined.bands >= bands_of_a_campaign)) {
    ++bands_cut_;
    joined.cut = true;
    return;
  }
  ++joined.bands;
  // Somebody whose band was left out before may end later.
  const std::uint32_t listed_member = joined.cut ? heir_of(member, band, value) : member;
  slots_[removed == none ? last : removed].store(place.band | listed_member,
                                                 std::memory_order_release);
}

// A member ends earlier than was thought, or now: its bands are listed with those that end last.
void campaign_index::hand_over_bands(std::uint32_t member) {
  const node& ending = nodes_[member];
  for (std::size_t i = 0; i < text_signature::band_count; ++i) {
    const std::uint32_t value = band_at(ending.signature, i);
    if (value == 0) {
      continue;
    }
    const band_place place = place_of(ending.fallback, i, value);
    each_listing(place, [&](std::size_t slot, std::uint32_t number) {
      if (number != member) {
        return true;
      }
      const std::uint32_t heir = heir_of(member, i, value);
      if (heir == 0) {
        --campaigns_[ending.campaign].bands;  // the slot is left to the next campaign of the band
      } else {
        slots_[slot].store(place.band | heir, std::memory_order_release);
      }
      return false;
    });
  }
}

// The last to end of the campaign's members that have a band in the filter version of one of them.
std::uint32_t campaign_index::heir_of(std::uint32_t member, std::size_t band,
                                      std::uint32_t value) const noexcept {
  const node& of = nodes_[member];
  std::uint32_t heir = 0;
  std::uint64_t heir_end = 0;
  for (std::uint32_t at = campaigns_[of.campaign].last; at != 0; at = nodes_[at].before) {
    const node& other = nodes_[at];
    const std::uint64_t end = other.end.load(std::memory_order_relaxed);
    if (end > heir_end && other.filter_version == of.filter_version &&
        other.has(of.fallback, band, value)) {
      heir = at;
      heir_end = end;
    }
  }
  return heir;
}

void campaign_index::take_into(campaign_state& state, std::uint32_t member) const noexcept {
  const node& from = nodes_[member];
  const std::uint64_t end = from.end.load(std::memory_order_relaxed);
  if (end == 0) {
    return;
  }
  if (from.counts_alone) {
    state.acts_until = std::max(state.acts_until, end);
  }
  if (from.reporter != 0) {  // as long as two people's reports, whoever else there is
    if (from.reporter != state.reporter) {
      state.acts_until = std::max(state.acts_until, std::min(state.reported_until, end));
    }
    if (end > state.reported_until) {
      state.reported_until = end;
      state.reporter = from.reporter;
    }
  }
  const verdict said = unpacked(from.said.load(std::memory_order_relaxed)).verdict;
  std::uint32_t& speaker = state.speakers[static_cast<std::size_t>(severity(said) - severity_min)];
  const auto rank = [&](std::uint32_t of) {
    return std::pair(of == 0 ? 0 : nodes_[of].end.load(std::memory_order_relaxed), of);
  };
  speaker = std::max(speaker, member, [&](auto a, auto b) { return rank(a) < rank(b); });
}

members_in_force campaign_index::count_in_force(std::uint64_t now_unix_s) const noexcept {
  members_in_force out;
  for (std::size_t i = 1; i <= member_count_; ++i) {
    const node& member = nodes_[i];
    if (member.end.load(std::memory_order_relaxed) > now_unix_s) {
      out.ordinary[member.filter_version] += member.campaign == 0 ? 1 : 0;
      ++out.all[member.filter_version];
    }
  }
  return out;
}

void campaign_index::change_ordinary(std::uint8_t filter_version, std::uint64_t end_before,
                                     std::uint64_t end) {
  for (std::uint8_t version = 0; version <= text_signature::filter_version_max; ++version) {
    if (near_filter_versions(version, filter_version)) {
      ordinary_ends_[version].change(end_before, end);
      ordinary_until_[version].store(ordinary_ends_[version].enough_until(),
                                     std::memory_order_relaxed);
    }
  }
}

void campaign_index::keep(std::uint32_t number, const campaign_state& state) noexcept {
  if (state.acts_until != 0 && campaigns_[number].rank.load(std::memory_order_relaxed) == 0) {
    campaigns_[number].rank.store(++acting_count_, std::memory_order_relaxed);
  }
  campaigns_[number].keep(state);
}

// After a member of a campaign has changed.
void campaign_index::settle(std::uint32_t changed) noexcept {
  campaign_state state;
  for (std::uint32_t at = campaigns_[changed].last; at != 0; at = nodes_[at].before) {
    take_into(state, at);
  }
  keep(changed, state);
}

}  // namespace repute::store
