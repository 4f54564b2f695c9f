// SPDX-License-Identifier: Apache-2.0
// Looking up in campaign_index.
#include <algorithm>
#include <bit>
#include <span>
#include <tuple>

#include "store/campaign_node.hpp"
#include "store/scale.hpp"

namespace repute::store {
namespace {

using strength = campaign_votes::strength;

constexpr std::uint64_t mix(std::uint64_t x) noexcept {  // finaliser of splitmix64
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
  return x ^ (x >> 31);
}

}  // namespace

campaign_scratch::campaign_scratch() = default;

void campaign_scratch::vote(std::uint32_t campaign, std::size_t band) noexcept {
  constexpr unsigned bits = std::bit_width(tally_size - 1);
  for (std::size_t at = (campaign * 0x9e3779b1U) >> (32 - bits);; at = (at + 1) % tally_size) {
    tally& of = tallies_[at];
    if (of.campaign == 0) {
      of.campaign = campaign;
      used_[used_count_++] = static_cast<std::uint16_t>(at);
    }
    if (of.campaign == campaign) {
      const auto number = static_cast<std::uint8_t>(band + 1);
      of.votes = static_cast<std::uint8_t>(of.votes + (of.band == number ? 0 : 1));
      of.band = number;
      return;
    }
  }
}

void campaign_scratch::clear() noexcept {
  for (const std::uint16_t at : std::span(used_).first(used_count_)) {
    tallies_[at] = {};
  }
  used_count_ = 0;
}

campaign_index::band_place campaign_index::place_of(bool fallback, std::size_t band,
                                                    std::uint32_t value) const noexcept {
  const std::uint64_t hash =
      mix(seed_ ^ (std::uint64_t{fallback} << 32 | std::uint64_t{band} << 24 | value));
  return {static_cast<std::size_t>(scale(hash, slot_count_)), static_cast<std::uint32_t>(band)
                                                                  << member_bits};
}

// Every step asks for the memory of the next one for all bands, so that their latencies overlap.
void campaign_index::gather(const text_signature& signature,
                            campaign_scratch& scratch) const noexcept {
  std::array<band_place, text_signature::band_count> places{};
  for (std::size_t i = 0; i < places.size(); ++i) {
    if (signature.bands[i] != 0) {
      places[i] = place_of(signature.fallback, i, signature.bands[i]);
      __builtin_prefetch(&slots_[places[i].slot]);
    }
  }
  std::uint32_t count = 0;
  for (std::size_t i = 0; i < places.size(); ++i) {
    scratch.begin_[i] = count;
    if (signature.bands[i] != 0) {
      each_listing(places[i], [&](std::size_t, std::uint32_t member) {
        const node& found = nodes_[member];
        __builtin_prefetch(&found);
        __builtin_prefetch(&found.signature[i * text_signature::band_bits / 8]);
        scratch.candidates_[count] = member;
        return ++count < campaign_scratch::candidates_max;
      });
    }
    if (count == campaign_scratch::candidates_max) {
      std::fill(scratch.begin_.begin() + static_cast<std::ptrdiff_t>(i) + 1, scratch.begin_.end(),
                count);
      return;
    }
  }
  scratch.begin_.back() = count;
}

// Votes of all campaigns; the time 0 counts members that have ended, too.
void campaign_index::tally(const text_signature& signature, std::uint64_t now_unix_s,
                           campaign_scratch& scratch) const noexcept {
  gather(signature, scratch);
  for (std::size_t i = 0; i < text_signature::band_count; ++i) {
    const std::uint32_t begin = scratch.begin_[i];
    std::uint32_t agreed = begin;  // campaigns of those that agree take the places of candidates
    bool is_ordinary_band = false;
    for (std::uint32_t at = begin; at < scratch.begin_[i + 1]; ++at) {
      const node& member = nodes_[scratch.candidates_[at]];
      if (member.end.load(std::memory_order_relaxed) > now_unix_s &&
          near_filter_versions(member.filter_version, signature.filter_version) &&
          member.has(signature.fallback, i, signature.bands[i])) {
        is_ordinary_band |= member.campaign == 0;
        scratch.candidates_[agreed++] = member.campaign;
      }
    }
    for (std::uint32_t at = begin; at < agreed && !is_ordinary_band; ++at) {
      scratch.vote(scratch.candidates_[at], i);
    }
  }
}

// The member in force with the worst verdict, or 0.
std::uint32_t campaign_index::speaker_of(const campaign& from,
                                         std::uint64_t now_unix_s) const noexcept {
  for (std::size_t i = severities; i-- != 0;) {
    const std::uint32_t member = from.speakers[i].load(std::memory_order_acquire);
    if (member != 0 && nodes_[member].end.load(std::memory_order_relaxed) > now_unix_s) {
      return member;
    }
  }
  return 0;
}

campaign_votes campaign_index::best_of(const campaign_scratch& scratch,
                                       const text_signature& signature,
                                       std::uint64_t now_unix_s) const noexcept {
  const bool fallback = signature.fallback;
  const bool all_act =
      ordinary_until_[signature.filter_version].load(std::memory_order_relaxed) > now_unix_s;
  campaign_votes best;
  std::tuple<strength, unsigned, int, std::uint32_t> best_rank{};
  for (const std::uint16_t at : std::span(scratch.used_).first(scratch.used_count_)) {
    const campaign_scratch::tally& of = scratch.tallies_[at];
    if (of.votes < (fallback ? near_votes : weak_votes)) {
      continue;
    }
    const campaign& found = campaigns_[of.campaign];
    const std::uint32_t speaker = speaker_of(found, now_unix_s);
    if (speaker == 0) {
      continue;  // its last member is just being removed
    }
    // From 0; that of a campaign without a rank wraps round and is behind all others.
    const std::uint32_t place = found.rank.load(std::memory_order_relaxed) - 1;
    const bool acts = !fallback && of.votes >= near_votes && (all_act || place < first_campaigns) &&
                      found.acts_until.load(std::memory_order_relaxed) > now_unix_s;
    const strength how = acts ? strength::acting : strength::weak;
    answer said = unpacked(nodes_[speaker].said.load(std::memory_order_relaxed));
    const std::tuple rank(how, unsigned{of.votes}, severity(said.verdict), ~of.campaign);
    if (rank > best_rank) {
      best_rank = rank;
      const std::uint64_t left = nodes_[speaker].end.load(std::memory_order_relaxed) - now_unix_s;
      said.status = status::near;
      said.ttl_s = static_cast<std::uint16_t>(std::min<std::uint64_t>(said.ttl_s, left));
      best = {how, fallback, of.votes, found.name, said};
    }
  }
  return best;
}

campaign_votes campaign_index::votes_of(const text_signature& signature, std::uint64_t now_unix_s,
                                        campaign_scratch& scratch) const noexcept {
  if (signature.format != text_signature::this_format) {
    return {};
  }
  tally(signature, now_unix_s, scratch);
  const campaign_votes best = best_of(scratch, signature, now_unix_s);
  scratch.clear();
  return best;
}

}  // namespace repute::store
