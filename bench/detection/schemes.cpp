// SPDX-License-Identifier: Apache-2.0
#include "detection/schemes.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <limits>

namespace repute::bench {
namespace {

constexpr std::uint64_t now = 1'800'000'000;
constexpr std::size_t rspamd_hashes = 32;

std::uint64_t mix(std::uint64_t x) {  // finaliser of splitmix64
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
  return x ^ (x >> 31);
}

std::array<std::uint64_t, rspamd_hashes> least_hashes(const text& of) {
  std::array<std::uint64_t, rspamd_hashes> out;
  out.fill(std::numeric_limits<std::uint64_t>::max());
  for (const std::uint64_t each : triples(of)) {
    for (std::size_t i = 0; i < out.size(); ++i) {
      out[i] = std::min(out[i], mix(each + (i + 1) * 0x9e3779b97f4a7c15));
    }
  }
  return out;
}

std::uint64_t digest(const text& of) {
  std::uint64_t out = of.size();
  for (const std::uint32_t word : of) {
    out = mix(out ^ mix(word + 1));
  }
  return out;
}

}  // namespace

signatures::signatures(const vocabulary& words,
                       std::shared_ptr<const textsig::common_shingles> common, std::size_t room)
    : words_(words),
      sign_({}, std::move(common)),
      index_(room, 1),
      scratch_(std::make_unique<store::campaign_scratch>()) {}

void signatures::add(const text& of, verdict said, std::uint32_t campaign) {
  const auto signature = sign_(words_.write(of));
  if (!signature) {
    return;
  }
  store::campaign_member member;
  store_le(member.key.data(), campaign);
  store_le(member.key.data() + 8, ++members_);
  member.signature = *signature;
  member.said.verdict = said;
  member.counts_alone = true;
  if (!index_.add(member)) {
    std::abort();
  }
}

void signatures::publish(const text& of, std::uint32_t campaign) {
  add(of, verdict::spam, campaign);
}

void signatures::prune(const text& ordinary) {
  add(ordinary, verdict::trusted, 0);
}

finding signatures::ask(const text& about) {
  const auto signature = sign_(words_.write(about));
  if (!signature) {
    return {};
  }
  using strength = store::campaign_votes::strength;
  const auto found = index_.votes_of(*signature, now, *scratch_);
  if (found.how == strength::none) {
    return {};
  }
  // What is near, also where too little ordinary mail is known to act upon it.
  return {found.name, !found.fallback && found.votes >= store::near_votes};
}

void rspamd_rule::publish(const text& of, std::uint32_t campaign) {
  if (of.size() < 3) {
    return;
  }
  const auto number = static_cast<std::uint32_t>(campaign_of_.size());
  campaign_of_.push_back(campaign);
  for (const std::uint64_t hash : least_hashes(of)) {
    texts_with_[hash].push_back(number);
  }
}

finding rspamd_rule::ask(const text& about) {
  std::unordered_map<std::uint32_t, std::size_t> equal;
  finding out;
  for (const std::uint64_t hash : least_hashes(about)) {
    if (const auto found = texts_with_.find(hash);
        found != texts_with_.end() && about.size() >= 3) {
      for (const std::uint32_t number : found->second) {
        if (++equal[number] > rspamd_hashes / 2) {
          out = {campaign_of_[number], true};
        }
      }
    }
  }
  return out;
}

void exact_digest::publish(const text& of, std::uint32_t campaign) {
  campaigns_.emplace(digest(of), campaign);
}

finding exact_digest::ask(const text& about) {
  const auto found = campaigns_.find(digest(about));
  return found == campaigns_.end() ? finding{} : finding{found->second, true};
}

}  // namespace repute::bench
