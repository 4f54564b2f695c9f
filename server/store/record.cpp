// SPDX-License-Identifier: Apache-2.0
#include "store/record.hpp"

#include <algorithm>
#include <cassert>
#include <tuple>

namespace repute::store {
namespace {

auto content_of(const record& r) noexcept {
  return std::tie(r.kind, r.key, r.prefix_length, r.feed, r.exclusion, r.verdict, r.score, r.category,
                  r.cache_ttl_s, r.expires_h, r.text, r.reason);
}

}  // namespace

bool record_less(const record& a, const record& b) noexcept {
  const auto left = content_of(a);
  const auto right = content_of(b);
  if (left != right) {
    return left < right;
  }
  return std::tie(a.file, a.line, a.time_unix_s) < std::tie(b.file, b.line, b.time_unix_s);
}

bool same_content(const record& a, const record& b) noexcept {
  return content_of(a) == content_of(b);
}

void record_set::add(const record& value) {
  assert(value.text.size() <= record_text_max && value.reason.size() <= record_reason_max);
  row added{value, arena_.size(), static_cast<std::uint16_t>(value.text.size()),
            static_cast<std::uint16_t>(value.reason.size())};
  added.value.text = {};
  added.value.reason = {};
  arena_.append(value.text);
  arena_.append(value.reason);
  rows_.push_back(added);
}

void record_set::clear() {
  rows_.clear();
  arena_.clear();
}

record record_set::operator[](std::size_t index) const noexcept {
  const row& from = rows_[index];
  record result = from.value;
  const std::string_view texts(arena_.data() + from.text_at,
                               std::size_t{from.text_size} + from.reason_size);
  result.text = texts.substr(0, from.text_size);
  result.reason = texts.substr(from.text_size);
  return result;
}

void record_set::sort_unique() {
  const auto full = [this](const row& from) {
    record result = from.value;
    result.text = std::string_view(arena_).substr(from.text_at, from.text_size);
    result.reason =
        std::string_view(arena_).substr(from.text_at + from.text_size, from.reason_size);
    return result;
  };
  std::sort(rows_.begin(), rows_.end(),
            [&](const row& a, const row& b) { return record_less(full(a), full(b)); });
  const auto end = std::unique(rows_.begin(), rows_.end(), [&](const row& a, const row& b) {
    return same_content(full(a), full(b));
  });
  rows_.erase(end, rows_.end());
}

}  // namespace repute::store
