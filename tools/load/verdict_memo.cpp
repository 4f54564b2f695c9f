// SPDX-License-Identifier: Apache-2.0
#include "load/verdict_memo.hpp"

#include <array>
#include <utility>

#include "load/resolver.hpp"

namespace repute::load {

std::uint32_t verdict_memo::index_of(kind kind, std::span<const said> claims) {
  key_.assign(1, static_cast<char>(kind));
  for (const said& each : claims) {
    std::array<std::uint8_t, 8> bytes{};
    store_le(bytes.data(), each.attributes);
    store_le(bytes.data() + 4, each.level);
    key_.append(bytes.begin(), bytes.end());
  }
  if (key_ == last_key_) {
    return last_;
  }
  const auto [found, added] =
      known_.try_emplace(key_, static_cast<std::uint32_t>(verdicts_.size()));
  if (added) {
    verdicts_.push_back(resolve(kind, claims));
  }
  std::swap(last_key_, key_);
  return last_ = found->second;
}

store::resolved_verdict verdict_memo::resolve(kind kind, std::span<const said> claims) const {
  std::vector<claim> all;
  for (const said& each : claims) {
    stored_row row;
    row.kind = kind;
    row.texts = "";
    all.push_back({to_record(row, pool_[each.attributes]), each.level});
  }
  return resolve_claims(all, fixed_feed_, now_h_);
}

std::uint32_t verdict_pool::index_of(const store::resolved_verdict& verdict) {
  key_.clear();
  for (const auto& step : verdict.steps) {
    std::array<std::uint8_t, answer_size + 4> bytes{};
    encode_answer(step.value, bytes.data());
    store_le(bytes.data() + answer_size, step.expires_h);
    key_.append(bytes.begin(), bytes.end());
  }
  key_ += '|';
  for (const std::uint16_t feed : verdict.feeds) {
    key_ += static_cast<char>(feed & 0xff);
    key_ += static_cast<char>(feed >> 8);
  }
  const auto [found, added] =
      known_.try_emplace(key_, static_cast<std::uint32_t>(verdicts_.size()));
  if (added) {
    verdicts_.push_back(verdict);
  }
  return found->second;
}

}  // namespace repute::load
