// SPDX-License-Identifier: Apache-2.0
#include "load/run_time_words.hpp"

#include <algorithm>
#include <limits>

namespace repute::load {
namespace {

using store::live_action;
using store::live_layer;
using store::record_position;

answer answer_of(const store::live_entry& entry, std::uint64_t now_unix_s) {
  answer out;
  out.status = status::listed;
  out.verdict = entry.verdict;
  out.score = entry.score;
  out.category = entry.category;
  out.vflags = entry.layer == live_layer::override ? vflag_override : std::uint8_t{0};
  out.ttl_s = entry.cache_ttl_s;
  if (entry.expires_unix_s != 0) {
    out.ttl_s = static_cast<std::uint16_t>(
        std::min<std::uint64_t>(out.ttl_s, entry.expires_unix_s - now_unix_s));
  }
  return out;
}

}  // namespace

void run_time_words::add(const store::live_entry& entry, bool by_server) {
  const record_position at{entry.kind, entry.key, entry.prefix_length};
  entries_.insert_or_assign({entry.layer, at}, said_entry{entry, by_server});
}

const said_entry* run_time_words::find(live_layer layer, const record_position& at,
                                       std::uint64_t now_unix_s) const {
  const auto found = entries_.find({layer, at});
  if (found == entries_.end()) {
    return nullptr;
  }
  const std::uint64_t expires = found->second.entry.expires_unix_s;
  return expires != 0 && expires <= now_unix_s ? nullptr : &found->second;
}

std::vector<record_position> with_networks(const record_position& key) {
  std::vector<record_position> out{key};
  if (!is_ip(key.kind)) {
    return out;
  }
  record_position network = key;
  while (network.prefix_length > 0) {
    --network.prefix_length;
    auto& byte = network.key[network.prefix_length / 8U];
    byte = static_cast<std::uint8_t>(byte & (0xff00U >> (network.prefix_length % 8U)));
    out.push_back(network);
  }
  return out;
}

laid_over lay_over(const table_answers& tables, const run_time_words& words,
                   const std::vector<record_position>& around, std::uint64_t now_unix_s) {
  const auto first_put = [&](live_layer layer, std::size_t from) -> const said_entry* {
    for (std::size_t i = from; i < around.size(); ++i) {
      const said_entry* said = words.find(layer, around[i], now_unix_s);
      if (said != nullptr && said->entry.action == live_action::put) {
        return said;
      }
    }
    return nullptr;
  };
  if (tables.test_point) {
    return {tables.exact.value_or(tables.networks), answer_layer::feeds, nullptr};
  }
  if (const said_entry* said = first_put(live_layer::override, 0)) {
    return {answer_of(said->entry, now_unix_s), answer_layer::override, said};
  }
  const said_entry* own = words.find(live_layer::live, around.front(), now_unix_s);
  if (own != nullptr && own->entry.action == live_action::put) {
    return {answer_of(own->entry, now_unix_s), answer_layer::live, own};
  }
  if (own == nullptr && tables.exact && tables.exact->status == status::listed) {
    return {*tables.exact, answer_layer::feeds, nullptr};
  }
  if (const said_entry* said = first_put(live_layer::live, 1)) {
    return {answer_of(said->entry, now_unix_s), answer_layer::live, said};
  }
  if (own == nullptr && tables.exact) {  // whose rows have ended
    return {*tables.exact, answer_layer::feeds, nullptr};
  }
  return {tables.networks, own != nullptr ? answer_layer::live : answer_layer::feeds, own};
}

}  // namespace repute::load
