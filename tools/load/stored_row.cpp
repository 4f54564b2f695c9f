// SPDX-License-Identifier: Apache-2.0
#include "load/stored_row.hpp"

#include <algorithm>
#include <cassert>
#include <tuple>

namespace repute::load {
namespace {

constexpr std::array<std::uint8_t, 256> kind_positions = [] {
  std::array<std::uint8_t, 256> out{};
  for (std::size_t i = 0; i < all_kinds.size(); ++i) {
    out[static_cast<std::uint8_t>(all_kinds[i])] = static_cast<std::uint8_t>(i);
  }
  return out;
}();

}  // namespace

std::size_t position_of(kind kind) noexcept {
  return kind_positions[static_cast<std::uint8_t>(kind)];
}

row_attributes attributes_of(const store::record& row) noexcept {
  return {row.feed,     row.exclusion,   row.verdict,  row.score,
          row.category, row.cache_ttl_s, row.expires_h};
}

std::size_t attribute_pool::hash::operator()(const row_attributes& of) const noexcept {
  std::uint64_t x = std::uint64_t{of.feed} << 48 | std::uint64_t{of.category} << 32 |
                    static_cast<std::uint64_t>(static_cast<std::uint16_t>(of.score)) << 16 |
                    of.cache_ttl_s;
  x ^= (std::uint64_t{of.expires_h} << 8 | static_cast<std::uint64_t>(of.verdict) << 1 |
        static_cast<std::uint64_t>(of.exclusion)) *
       0x9e3779b97f4a7c15U;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9U;  // splitmix64 finaliser
  return static_cast<std::size_t>(x ^ (x >> 31));
}

std::uint32_t attribute_pool::index_of(const row_attributes& attributes) {
  if (last_ < distinct_.size() && distinct_[last_] == attributes) {
    return last_;
  }
  const auto [found, added] = known_.try_emplace(attributes, size());
  if (added) {
    distinct_.push_back(attributes);
  }
  return last_ = found->second;
}

bool attribute_pool::stands_for(std::uint32_t a, std::uint32_t b) const noexcept {
  row_attributes one = distinct_[a];
  one.expires_h = distinct_[b].expires_h;
  return a == b || one == distinct_[b];
}

std::uint32_t attribute_pool::longer(std::uint32_t a, std::uint32_t b) const noexcept {
  const auto end = [this](std::uint32_t i) { return distinct_[i].expires_h - 1; };  // 0 is never
  return end(a) < end(b) ? b : a;
}

store::record to_record(const stored_row& row, const row_attributes& attributes) noexcept {
  store::record out;
  out.kind = row.kind;
  out.prefix_length = row.prefix_length;
  out.exclusion = attributes.exclusion;
  out.verdict = attributes.verdict;
  out.key = row.key;
  out.score = attributes.score;
  out.category = attributes.category;
  out.cache_ttl_s = attributes.cache_ttl_s;
  out.feed = attributes.feed;
  out.file = row.file;
  out.expires_h = attributes.expires_h;
  out.line = row.line;
  out.text = row.text();
  out.reason = row.reason();
  return out;
}

bool row_less(const stored_row& a, const stored_row& b, const attribute_pool& pool) noexcept {
  if (a.kind != b.kind) {
    return a.kind < b.kind;
  }
  if (const auto order = order_of(a.key) <=> order_of(b.key); order != 0) {  // nearly always
    return order < 0;
  }
  if (a.prefix_length != b.prefix_length) {
    return a.prefix_length < b.prefix_length;
  }
  if (a.attributes != b.attributes) {
    return pool[a.attributes] < pool[b.attributes];
  }
  const auto rest = [](const stored_row& r) {
    return std::tuple(r.text(), r.reason(), r.file, r.line);
  };
  return rest(a) < rest(b);
}

bool same_content(const stored_row& a, const stored_row& b) noexcept {
  return a.same_key(b) && a.attributes == b.attributes && a.text() == b.text() &&
         a.reason() == b.reason();
}

void compiled_rows::add(const store::record& row, bool text_is_canonical) {
  assert(row.text.size() <= store::record_text_max);
  assert(row.reason.size() <= store::record_reason_max);
  stored_row& added = rows.emplace_back();
  added.key = row.key;
  added.line = row.line;
  added.attributes = attributes.index_of(attributes_of(row));
  added.file = row.file;
  added.text_size = static_cast<std::uint16_t>(row.text.size()) & 0x7fffU;
  added.text_is_canonical = text_is_canonical ? 1U : 0U;
  added.reason_size = static_cast<std::uint16_t>(row.reason.size());
  added.kind = row.kind;
  added.prefix_length = row.prefix_length;
  char* const at = texts.reserve(added.texts_size());
  std::copy(row.reason.begin(), row.reason.end(), std::copy(row.text.begin(), row.text.end(), at));
  added.texts = at;
}

}  // namespace repute::load
