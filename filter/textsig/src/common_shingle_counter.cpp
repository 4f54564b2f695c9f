// SPDX-License-Identifier: Apache-2.0
#include "repute/textsig/common_shingle_counter.hpp"

#include <algorithm>
#include <cassert>
#include <unordered_map>

#include "keys.hpp"
#include "shingles.hpp"

namespace repute::textsig {
namespace {

constexpr std::uint32_t mails_min = 2;      // that have a common shingle
constexpr std::uint32_t per_thousand = 2;   // of the sample's mails
constexpr std::size_t bits_of_filter = 12;  // for each shingle
constexpr std::size_t shingles_of_file_max = (std::size_t{64} << 22) / bits_of_filter;

// Shingles are uniform already.
struct as_is {
  std::size_t operator()(shingle x) const noexcept { return x; }
};

}  // namespace

struct common_shingle_counter::state {
  seal::deployment_salt salt;
  siphash_key key;
  std::uint32_t mails = 0;
  std::unordered_map<shingle, std::uint32_t, as_is> mails_with;
};

common_shingle_counter::common_shingle_counter(const seal::deployment_salt& salt)
    : state_(std::make_unique<state>(state{salt, signing_keys(salt).token, 0, {}})) {}
common_shingle_counter::~common_shingle_counter() = default;

void common_shingle_counter::add(std::span<const std::string_view> texts) {
  std::vector<shingle> of_mail;
  for (const std::string_view tokens : texts) {
    const std::vector<token> text = tokens_of(tokens, state_->key);
    const std::vector<shingle> of_text = shingles_of(text, 0, text.size());
    of_mail.insert(of_mail.end(), of_text.begin(), of_text.end());
  }
  std::ranges::sort(of_mail);
  of_mail.erase(std::unique(of_mail.begin(), of_mail.end()), of_mail.end());
  for (const shingle x : of_mail) {
    ++state_->mails_with[x];
  }
  ++state_->mails;
}

std::uint32_t common_shingle_counter::mails() const noexcept {
  return state_->mails;
}

std::vector<std::uint8_t> common_shingle_counter::file(std::uint8_t version) const {
  assert(version >= 1 && version <= text_signature::filter_version_max);
  const std::uint64_t of_sample = (std::uint64_t{state_->mails} * per_thousand + 999) / 1000;
  const std::uint64_t least = std::max<std::uint64_t>(mails_min, of_sample);
  std::vector<std::pair<std::uint32_t, shingle>> common;
  for (const auto& [x, mails] : state_->mails_with) {
    if (mails >= least) {
      common.emplace_back(mails, x);
    }
  }
  if (common.size() > shingles_of_file_max) {
    std::ranges::sort(common, std::greater{});
    common.resize(shingles_of_file_max);
  }
  common_shingles out;
  out.version_ = version;
  out.size_ = static_cast<std::uint32_t>(common.size());
  out.mails_ = state_->mails;
  out.words_.resize(std::max<std::size_t>(1, (common.size() * bits_of_filter + 63) / 64));
  for (const auto& each : common) {
    out.add(each.second);
  }
  return out.encode(state_->salt);
}

}  // namespace repute::textsig
