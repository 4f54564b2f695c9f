// SPDX-License-Identifier: Apache-2.0
#include "repute/textsig/signer.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <vector>

#include "keys.hpp"
#include "shingles.hpp"

namespace repute::textsig {
namespace {

constexpr std::size_t filtered_min = 40;
constexpr std::size_t list_min = 4;

// Which bands are made of which list.
constexpr std::size_t head_from = text_signature::whole_bands;
constexpr std::size_t tail_from = 69;

// A list as its bands want it: the low halves of its shingles.
using low_halves = std::vector<std::uint32_t>;

// The least of all x under one permutation of 32 bits. 32 rather than 64, since compilers make
// vector code of it for every x86-64.
std::uint32_t least(const low_halves& list, std::uint32_t s, std::uint32_t m) noexcept {
  std::uint32_t out = std::numeric_limits<std::uint32_t>::max();
  for (const std::uint32_t x : list) {
    out = std::min(out, (x ^ s) * m);
  }
  return out;
}

low_halves taken(const std::vector<shingle>& from, const common_shingles* common) {
  low_halves out;
  out.reserve(from.size());
  for (const shingle x : from) {
    if (common == nullptr || !common->contains(x)) {
      out.push_back(static_cast<std::uint32_t>(x));
    }
  }
  return out;
}

}  // namespace

struct signer::state {
  signing_keys keys;
  std::shared_ptr<const common_shingles> common;

  void sign(const low_halves& list, std::size_t from, std::size_t to, text_signature& out) const {
    if (list.size() < list_min) {
      return;
    }
    for (std::size_t i = from; i < to; ++i) {
      const std::size_t k = rows * i;
      const std::uint64_t first = least(list, keys.s[k], keys.m[k]);
      const std::uint64_t second = least(list, keys.s[k + 1], keys.m[k + 1]);
      const std::uint64_t band = mix(first << 32 | second) >> (64 - text_signature::band_bits);
      out.bands[i] = std::max<std::uint32_t>(1, static_cast<std::uint32_t>(band));
    }
  }
};

signer::signer(const seal::deployment_salt& salt, std::shared_ptr<const common_shingles> common)
    : state_(std::make_unique<const state>(state{signing_keys(salt), std::move(common)})) {}
signer::~signer() = default;

std::optional<text_signature> signer::operator()(std::string_view tokens) const {
  const std::vector<token> text = tokens_of(tokens, state_->keys.token);
  if (text.size() < tokens_min) {
    return std::nullopt;
  }
  const std::vector<shingle> all = shingles_of(text, 0, text.size());
  if (all.size() < shingles_min) {
    return std::nullopt;
  }
  text_signature out;
  out.format = text_signature::this_format;
  const common_shingles* common = state_->common.get();
  out.filter_version = common == nullptr ? std::uint8_t{0} : common->version();
  low_halves list = taken(all, common);
  if (list.size() < filtered_min) {
    out.fallback = true;
    common = nullptr;
    list = taken(all, common);
  }
  state_->sign(list, 0, head_from, out);
  if (text.size() <= window) {
    state_->sign(list, head_from, text_signature::band_count, out);
  } else {
    state_->sign(taken(shingles_of(text, 0, window), common), head_from, tail_from, out);
    state_->sign(taken(shingles_of(text, text.size() - window, text.size()), common), tail_from,
                 text_signature::band_count, out);
  }
  return out;
}

}  // namespace repute::textsig
