// SPDX-License-Identifier: Apache-2.0
#include "load_generator/request_mix.hpp"

#include "load_generator/made_up_keys.hpp"

namespace repute::bench {

namespace {

constexpr std::array mail_kinds{kind::ip4, kind::ip6,   kind::host,       kind::domain,
                                kind::url, kind::email, kind::file_sha256};

// Keys of each of mail_kinds, a mail in a row.
constexpr std::array<std::array<unsigned char, mail_kinds.size()>, 8> mail_shapes{{
    {2, 0, 3, 3, 2, 2, 0},
    {2, 1, 3, 4, 2, 2, 0},
    {3, 0, 4, 5, 2, 2, 0},
    {2, 0, 4, 4, 2, 3, 1},
    {3, 0, 4, 5, 3, 2, 1},
    {2, 0, 4, 5, 4, 2, 1},
    {3, 1, 5, 6, 4, 2, 1},
    {4, 0, 5, 6, 4, 2, 3},
}};

}  // namespace

request_mix request_mix::fixed(std::size_t count, std::span<const kind> kinds) {
  request_mix out;
  std::vector<kind>& shape = out.shapes_.emplace_back();
  for (std::size_t i = 0; i < count; ++i) {
    shape.push_back(kinds[i % kinds.size()]);
  }
  return out;
}

request_mix request_mix::mail() {
  request_mix out;
  for (const auto& counts : mail_shapes) {
    std::vector<kind>& shape = out.shapes_.emplace_back();
    for (std::size_t i = 0; i < counts.size(); ++i) {
      shape.insert(shape.end(), counts[i], mail_kinds[i]);
    }
  }
  return out;
}

std::span<const kind> request_mix::kinds_of(std::uint64_t n) const noexcept {
  // Mixed, so that shapes do not come in a rhythm that batches could follow.
  return shapes_.size() == 1 ? shapes_.front() : shapes_[mixed(n) % shapes_.size()];
}

double request_mix::keys_on_average() const noexcept {
  std::size_t sum = 0;
  for (const auto& shape : shapes_) {
    sum += shape.size();
  }
  return static_cast<double>(sum) / static_cast<double>(shapes_.size());
}

std::optional<std::size_t> request_mix::fixed_count() const noexcept {
  return shapes_.size() == 1 ? std::optional(shapes_.front().size()) : std::nullopt;
}

}  // namespace repute::bench
