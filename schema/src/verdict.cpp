// SPDX-License-Identifier: Apache-2.0
#include "repute/schema/verdict.hpp"

#include <algorithm>
#include <bit>
#include <cassert>

namespace repute {

namespace {

constexpr std::array<std::string_view, all_verdicts.size()> verdict_words{
    "none", "spam", "probable_spam", "formal", "trusted", "blacklisted", "phishing", "malware"};

constexpr std::array<std::string_view, 7> status_words{
    "not_listed", "listed", "unsupported", "malformed", "skipped", "near", "refused"};

// Offsets inside an answer; wire_format.md, "Answers".
constexpr std::size_t status_at = 0;
constexpr std::size_t verdict_at = 1;
constexpr std::size_t score_at = 2;
constexpr std::size_t category_at = 4;
constexpr std::size_t ttl_at = 6;
static_assert(ttl_at + sizeof(std::uint16_t) == answer_size);
constexpr unsigned vflags_shift = 12;

}  // namespace

std::string_view word(verdict value) noexcept {
  const auto index = static_cast<std::size_t>(value);
  assert(index < verdict_words.size());
  return verdict_words[index];
}

std::string_view word(status value) noexcept {
  const auto index = static_cast<std::size_t>(value);
  assert(index < status_words.size());
  return status_words[index];
}

std::optional<verdict> verdict_from_word(std::string_view word) noexcept {
  const auto found = std::ranges::find(verdict_words, word);
  if (found == verdict_words.end()) {
    return std::nullopt;
  }
  return all_verdicts[static_cast<std::size_t>(found - verdict_words.begin())];
}

std::optional<std::size_t> deciding_level(std::span<const answer> answers) noexcept {
  const auto is_override = [](const answer& a) {
    return a.status == status::listed && (a.vflags & vflag_override) != 0;
  };
  const auto speaks = [](const answer& a) { return a.status != status::not_listed; };
  auto found = std::ranges::find_if(answers, is_override);
  if (found == answers.end()) {
    found = std::ranges::find_if(answers, speaks);
  }
  return found == answers.end() ? std::nullopt
                                : std::optional{static_cast<std::size_t>(found - answers.begin())};
}

void encode_answer(const answer& from, std::uint8_t* to) noexcept {
  assert(from.category <= category_max && from.vflags < 16);
  assert(from.score >= score_min && from.score <= score_max);
  to[status_at] = static_cast<std::uint8_t>(from.status);
  to[verdict_at] = static_cast<std::uint8_t>(from.verdict);
  store_le(to + score_at, std::bit_cast<std::uint16_t>(from.score));
  store_le(to + category_at,
           static_cast<std::uint16_t>(from.category | from.vflags << vflags_shift));
  store_le(to + ttl_at, from.ttl_s);
}

answer decode_answer(const std::uint8_t* from) noexcept {
  answer out;
  const bool known_status = from[status_at] < status_words.size();
  out.status = known_status ? static_cast<status>(from[status_at]) : status::malformed;
  const bool known_verdict = from[verdict_at] < verdict_words.size();
  out.verdict = known_verdict ? static_cast<verdict>(from[verdict_at]) : verdict::none;
  // A score beyond its range comes from a faulty or forged answer; it must not outweigh all others.
  const auto score = std::bit_cast<std::int16_t>(load_le<std::uint16_t>(from + score_at));
  out.score = std::clamp(score, score_min, score_max);
  const auto packed = load_le<std::uint16_t>(from + category_at);
  out.category = packed & category_max;
  out.vflags = static_cast<std::uint8_t>(packed >> vflags_shift);
  out.ttl_s = load_le<std::uint16_t>(from + ttl_at);
  return out;
}

}  // namespace repute
