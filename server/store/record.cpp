// SPDX-License-Identifier: Apache-2.0
#include "store/record.hpp"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <tuple>

namespace repute::store {
namespace {

auto content_of(const record& r) noexcept {
  return std::tie(r.kind, r.key, r.prefix_length, r.feed, r.exclusion, r.verdict, r.score,
                  r.category, r.cache_ttl_s, r.expires_h, r.text, r.reason);
}

}  // namespace

bool record_less(const record& a, const record& b) noexcept {
  const auto left = content_of(a);
  const auto right = content_of(b);
  if (left != right) {
    return left < right;
  }
  return std::tie(a.file, a.line) < std::tie(b.file, b.line);
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

record record_set::full(const row& from) const noexcept {
  record result = from.value;
  const std::string_view texts(arena_.data() + from.text_at,
                               std::size_t{from.text_size} + from.reason_size);
  result.text = texts.substr(0, from.text_size);
  result.reason = texts.substr(from.text_size);
  return result;
}

record record_set::operator[](std::size_t index) const noexcept {
  return full(rows_[index]);
}

std::vector<record> record_set::some(std::size_t first, std::size_t last) const {
  std::vector<record> records;
  records.reserve(last - first);
  for (std::size_t i = first; i < last; ++i) {
    records.push_back(full(rows_[i]));
  }
  return records;
}

void record_set::sort_unique() {
  // Kind and key decide nearly always; whole records are put together only for equal ones.
  const auto less = [this](const row& a, const row& b) {
    if (a.value.kind != b.value.kind) {
      return a.value.kind < b.value.kind;
    }
    const int order = std::memcmp(a.value.key.data(), b.value.key.data(), fingerprint_size);
    return order != 0 ? order < 0 : record_less(full(a), full(b));
  };
  if (!std::is_sorted(rows_.begin(), rows_.end(), less)) {
    std::sort(rows_.begin(), rows_.end(), less);
  }
  const auto same = [this](const row& a, const row& b) {
    return a.value.key == b.value.key && same_content(full(a), full(b));
  };
  rows_.erase(std::unique(rows_.begin(), rows_.end(), same), rows_.end());
}

}  // namespace repute::store
