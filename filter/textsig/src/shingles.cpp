// SPDX-License-Identifier: Apache-2.0
#include "shingles.hpp"

#include <algorithm>
#include <bit>

namespace repute::textsig {
namespace {

constexpr std::size_t distance_max = 3;

bool is_placeholder(std::string_view word) noexcept {
  return word == "0" || word == "xurlx" || word == "xaddrx";
}

shingle pair_of(std::uint64_t a, std::uint64_t b) noexcept {
  return mix(std::min(a, b) ^ mix(std::max(a, b)));
}

// Keeps what it has not seen. Open addressing, at most half full; shingles are uniform and keyed,
// so their low bits are as good as a hash. A shingle 0 is kept each time, which costs a minimum
// nothing.
class distinct {
 public:
  explicit distinct(std::size_t count) : slots_(std::bit_ceil(2 * count + 2)) {
    kept_.reserve(count);
  }
  void add(shingle x) {
    const std::size_t mask = slots_.size() - 1;
    for (std::size_t at = x & mask;; at = (at + 1) & mask) {
      if (slots_[at] == 0) {
        slots_[at] = x;
        kept_.push_back(x);
        return;
      }
      if (slots_[at] == x) {
        return;
      }
    }
  }
  [[nodiscard]] std::vector<shingle>& kept() noexcept { return kept_; }

 private:
  std::vector<shingle> slots_;
  std::vector<shingle> kept_;
};

}  // namespace

std::vector<token> tokens_of(std::string_view text, const siphash_key& key) {
  std::vector<token> out;
  out.reserve(std::min(text.size() / 4 + 1, tokens_max));
  while (!text.empty() && out.size() < tokens_max) {
    const std::string_view word = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(word.size() + 1, text.size()));
    if (!word.empty()) {
      out.push_back({siphash(key)(word), is_placeholder(word)});
    }
  }
  return out;
}

std::vector<shingle> shingles_of(const std::vector<token>& text, std::size_t from, std::size_t to) {
  distinct seen((to - from) * distance_max);
  for (std::size_t i = from; i < to; ++i) {
    for (std::size_t j = i + 1; j < to && j <= i + distance_max; ++j) {
      if (!text[i].placeholder || !text[j].placeholder) {
        seen.add(pair_of(text[i].hash, text[j].hash));
      }
    }
  }
  std::vector<shingle>& kept = seen.kept();
  if (kept.size() > shingles_max) {
    std::nth_element(kept.begin(), kept.begin() + shingles_max, kept.end());
    kept.resize(shingles_max);
  }
  return std::move(kept);
}

}  // namespace repute::textsig
