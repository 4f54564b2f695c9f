// SPDX-License-Identifier: Apache-2.0
#include "store/live_view.hpp"

#include <algorithm>
#include <array>
#include <cassert>

namespace repute::store {
namespace {

// Keys whose part of the filter is fetched together: few enough for the fastest cache.
constexpr std::size_t chunk_size = 256;

}  // namespace

address6 network_address(kind family, const std::uint8_t* address) noexcept {
  return family == kind::ip4 ? address6{std::uint64_t{load_address4(address)} << 32, 0}
                             : load_address6(address);
}

void live_view::lookup(const snapshot_view& below, std::span<const probe> probes,
                       std::uint64_t now_unix_s, std::span<answer> out) const noexcept {
  if (empty()) {
    below.lookup(probes, now_unix_s, out);
    return;
  }
  assert(probes.size() == out.size());
  for (std::size_t begin = 0; begin < probes.size(); begin += chunk_size) {
    const auto chunk = probes.subspan(begin, std::min(chunk_size, probes.size() - begin));
    if (index != nullptr) {
      for (const probe& each : chunk) {
        index->prefetch(each.key);
      }
    }
    // The filter's lines arrive meanwhile.
    below.lookup(chunk, now_unix_s, out.subspan(begin, chunk.size()));
    std::array<std::uint16_t, chunk_size> spoken_of;
    std::size_t count = 0;
    for (std::size_t i = 0; i < chunk.size(); ++i) {
      spoken_of[count] = static_cast<std::uint16_t>(i);
      count += static_cast<std::size_t>(may_speak_of(chunk[i]));
    }
    for (const std::uint16_t i : std::span(spoken_of).first(count)) {
      out[begin + i] = answer_of(below, chunk[i], now_unix_s);
    }
  }
}

answer live_view::about_text(std::span<const std::uint8_t, text_signature_size> signature,
                             std::uint64_t now_unix_s, campaign_scratch& scratch) const noexcept {
  const text_signature wanted = decode_text_signature(signature);
  if (wanted.format != text_signature::this_format) {
    return {.status = status::unsupported};
  }
  if (campaigns != nullptr) {
    const campaign_votes found = campaigns->votes_of(wanted, now_unix_s, scratch);
    if (found.how != campaign_votes::strength::none) {
      answer out = found.said;
      out.status = found.how == campaign_votes::strength::acting ? status::listed : status::near;
      out.category = static_cast<std::uint16_t>(found.votes);
      return out;
    }
  }
  return {.ttl_s = negative_ttl_s};
}

// False for most keys of which nothing was said.
bool live_view::may_speak_of(const probe& wanted) const noexcept {
  return (index != nullptr && index->may_have(wanted.key)) ||
         (networks != nullptr && wanted.address != nullptr);
}

const live_said* live_view::network_of(live_layer layer, const probe& wanted,
                                       std::uint64_t now_unix_s) const noexcept {
  if (networks == nullptr || wanted.address == nullptr) {
    return nullptr;
  }
  return networks->of(layer, wanted.kind)
      .find(network_address(wanted.kind, wanted.address), now_unix_s);
}

answer live_view::answer_of(const snapshot_view& below, const probe& wanted,
                            std::uint64_t now_unix_s) const noexcept {
  const live_node* node = index == nullptr ? nullptr : index->find(wanted.key);
  if (node != nullptr && node->fixed) {
    return below.resolve(below.find(wanted), wanted.kind, now_unix_s);
  }
  const live_said override = node == nullptr ? live_said() : node->said(live_layer::override);
  if (override.in_force(now_unix_s)) {
    return override.bounded(override.answer, now_unix_s);
  }
  if (const live_said* around = network_of(live_layer::override, wanted, now_unix_s)) {
    return around->bounded(around->answer, now_unix_s);
  }
  const live_said live = node == nullptr ? live_said() : node->said(live_layer::live);
  const bool live_holds = live.in_force(now_unix_s);
  if (live_holds && live.says == live_said::what::put) {
    return live.bounded(live.answer, now_unix_s);
  }
  const bool removed = live_holds && live.says == live_said::what::remove;
  const std::uint32_t row = removed ? 0 : below.table.find(wanted.key);
  answer found = below.resolve(row, wanted.kind, now_unix_s);
  if (found.status == status::not_listed) {  // also if the rows of the address have ended
    const live_said* around = network_of(live_layer::live, wanted, now_unix_s);
    if (around != nullptr) {
      found = around->bounded(around->answer, now_unix_s);
    } else if (row == 0) {
      found = below.resolve(below.find_network(wanted), wanted.kind, now_unix_s);
    }
  }
  return removed ? live.bounded(found, now_unix_s) : found;
}

}  // namespace repute::store
