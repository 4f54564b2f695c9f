// SPDX-License-Identifier: Apache-2.0
#include "repute/textsig/common_shingles.hpp"

#include <algorithm>
#include <array>

#include "repute/schema/text_signature.hpp"
#include "repute/seal/digest.hpp"

namespace repute::textsig {
namespace {

// Layout of the file.
constexpr std::array<std::uint8_t, 8> magic{'R', 'P', 'C', 'O', 'M', 'M', 'O', 'N'};
constexpr std::uint8_t this_format = 1;
constexpr std::size_t format_at = 8;
constexpr std::size_t version_at = 9;
constexpr std::size_t salt_at = 10;
constexpr std::size_t size_at = 12;
constexpr std::size_t mails_at = 16;
constexpr std::size_t words_at = 20;
constexpr std::size_t filter_at = 24;
constexpr std::size_t check_size = 8;
constexpr std::uint32_t words_max = 1U << 22;
static_assert(filter_at + 8 * std::size_t{words_max} + check_size ==
              common_shingles::file_size_max);

constexpr std::uint32_t bits_of_a_shingle = 8;

std::array<std::uint8_t, check_size> check_of(byte_view bytes) {
  std::array<std::uint8_t, check_size> out;
  std::copy_n(seal::sha256(bytes).begin(), out.size(), out.begin());
  return out;
}

// Calls `visit` with the places of a shingle's bits until it returns false.
template <class Visit>
bool each_bit(shingle x, std::size_t words, Visit visit) noexcept {
  const std::uint64_t bits = 64 * std::uint64_t{words};
  auto place = static_cast<std::uint32_t>(x);
  const auto step = static_cast<std::uint32_t>(x >> 32) | 1;
  for (std::uint32_t j = 0; j < bits_of_a_shingle; ++j, place += step) {
    const std::uint64_t bit = (place * bits) >> 32;
    if (!visit(bit / 64, std::uint64_t{1} << (bit % 64))) {
      return false;
    }
  }
  return true;
}

}  // namespace

bool common_shingles::contains(shingle x) const noexcept {
  return each_bit(x, words_.size(),
                  [&](std::uint64_t word, std::uint64_t bit) { return (words_[word] & bit) != 0; });
}

void common_shingles::add(shingle x) noexcept {
  each_bit(x, words_.size(), [&](std::uint64_t word, std::uint64_t bit) {
    words_[word] |= bit;
    return true;
  });
}

std::vector<std::uint8_t> common_shingles::encode(const seal::deployment_salt& salt) const {
  std::vector<std::uint8_t> out(filter_at + 8 * words_.size());
  std::copy(magic.begin(), magic.end(), out.begin());
  out[format_at] = this_format;
  out[version_at] = version_;
  const auto salt_fp = seal::salt_fingerprint(salt);
  std::copy(salt_fp.begin(), salt_fp.end(), out.begin() + salt_at);
  store_le(out.data() + size_at, size_);
  store_le(out.data() + mails_at, mails_);
  store_le(out.data() + words_at, static_cast<std::uint32_t>(words_.size()));
  for (std::size_t i = 0; i < words_.size(); ++i) {
    store_le(out.data() + filter_at + 8 * i, words_[i]);
  }
  const auto check = check_of(out);
  out.insert(out.end(), check.begin(), check.end());
  return out;
}

std::optional<common_shingles> common_shingles::decode(byte_view file,
                                                       const seal::deployment_salt& salt,
                                                       std::string& problem) {
  const auto refuse = [&](const char* why) {
    problem = why;
    return std::nullopt;
  };
  if (file.size() < filter_at || !std::equal(magic.begin(), magic.end(), file.begin())) {
    return refuse("not a file of common shingles");
  }
  if (file[format_at] != this_format) {
    return refuse("a format of common shingles that this version does not know");
  }
  const auto words = load_le<std::uint32_t>(file.data() + words_at);
  const std::uint8_t version = file[version_at];
  if (words == 0 || words > words_max || version == 0 ||
      version > text_signature::filter_version_max ||
      file.size() != filter_at + 8 * std::size_t{words} + check_size) {
    return refuse("the file of common shingles is cut or damaged");
  }
  const byte_view checked = file.first(file.size() - check_size);
  if (!std::ranges::equal(check_of(checked), file.last(check_size))) {
    return refuse("the file of common shingles is damaged");
  }
  if (!std::ranges::equal(seal::salt_fingerprint(salt), file.subspan(salt_at, 2))) {
    return refuse("the common shingles are those of another salt");
  }
  common_shingles out;
  out.version_ = version;
  out.size_ = load_le<std::uint32_t>(file.data() + size_at);
  out.mails_ = load_le<std::uint32_t>(file.data() + mails_at);
  out.words_.resize(words);
  for (std::size_t i = 0; i < words; ++i) {
    out.words_[i] = load_le<std::uint64_t>(file.data() + filter_at + 8 * i);
  }
  return out;
}

}  // namespace repute::textsig
