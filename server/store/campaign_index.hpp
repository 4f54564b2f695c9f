// SPDX-License-Identifier: Apache-2.0
// Campaigns: texts that people said something about, found again by text signatures that agree in
// part. One thread adds and removes while any number looks up without a lock. The rules are in
// schema/text_signature.md, section 7.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "repute/schema/key.hpp"
#include "repute/schema/text_signature.hpp"
#include "repute/schema/verdict.hpp"
#include "store/exact_table.hpp"
#include "store/ordinary_ends.hpp"

namespace repute::store {

/// What somebody said about one text.
struct campaign_member {
  fingerprint key{};  ///< tells members apart: there is one for each key
  text_signature signature;
  answer said;                       ///< `status` says nothing here
  std::uint64_t expires_unix_s = 0;  ///< 0 = never
  std::uint32_t reporter = 0;        ///< tells people apart, from 1; 0: nobody whose word counts
  bool counts_alone = false;         ///< an administrator's word
};

/// Votes with which a text is near a campaign, and with which a member joins one.
inline constexpr unsigned near_votes = 4;
/// Votes for a hint.
inline constexpr unsigned weak_votes = 3;

/// Campaigns that act while less ordinary mail than ordinary_enough is known.
inline constexpr std::size_t first_campaigns = 10;

/// Verdicts of ordinary mail (none, formal, trusted) take bands from campaigns; the others have a
/// place in them.
[[nodiscard]] constexpr bool is_ordinary(verdict said) noexcept {
  return severity(said) < severity(verdict::probable_spam);
}

/// Something for each version of the filter that texts are signed with.
template <class T>
using by_filter_version = std::array<T, text_signature::filter_version_max + 1>;

/// How many texts something is said about at some time.
struct members_in_force {
  by_filter_version<std::size_t> ordinary{};
  by_filter_version<std::size_t> all{};  ///< with those

  bool operator==(const members_in_force&) const = default;
};

/// What campaigns have to say about a signature.
struct campaign_votes {
  enum class strength : std::uint8_t {
    none,    ///< nothing: the other fields are those of a default object
    weak,    ///< may add to a score, never decides alone
    acting,  ///< near a campaign that acts
  };
  strength how = strength::none;
  bool fallback = false;   ///< the signature is a hint whatever it is near to
  unsigned votes = 0;      ///< bands that agree
  std::uint32_t name = 0;  ///< of the campaign: the first 4 bytes of its first member's key
  answer said;             ///< status `near`; `ttl_s` no longer than the member that says it

  bool operator==(const campaign_votes&) const = default;
};

/// Room for one lookup, 130 KB: give each thread one and use it again.
class campaign_scratch {
 public:
  campaign_scratch();

 private:
  friend class campaign_index;
  static constexpr std::size_t candidates_max = 6144;
  static constexpr std::size_t tally_size = 8192;

  /// Votes of one campaign so far.
  struct tally {
    std::uint32_t campaign = 0;  // 0: not used
    std::uint8_t votes = 0;
    std::uint8_t band = 0;  // last one that voted, from 1
  };

  void vote(std::uint32_t campaign, std::size_t band) noexcept;
  /// All tallies are as before the first vote again.
  void clear() noexcept;

  std::array<std::uint32_t, candidates_max> candidates_;  // members, band after band
  std::array<std::uint32_t, text_signature::band_count + 1> begin_{};
  std::array<tally, tally_size> tallies_{};
  std::array<std::uint16_t, candidates_max> used_;  // places in tallies_
  std::size_t used_count_ = 0;
};

/// Members and the campaigns that they form. add() and remove() are for one thread at a
/// time; votes_of() for any thread, also meanwhile.
class campaign_index {
 public:
  static constexpr std::size_t members_max = (1U << 25) - 1;
  static constexpr std::size_t campaigns_of_a_band = 64;
  static constexpr std::size_t bands_of_a_campaign = 256;

  /// Has room for `members` calls of add(), members_max at most: about 0.85 KB each. `seed` is
  /// random, so that nobody can choose bands that crowd together.
  campaign_index(std::size_t members, std::uint64_t seed);
  ~campaign_index();
  campaign_index(const campaign_index&) = delete;
  campaign_index& operator=(const campaign_index&) = delete;

  /// Takes a member in: it joins a campaign, opens one, or, if it is ordinary mail by its verdict,
  /// takes its bands from all. What was said under its key before is replaced; if the signature and
  /// the sort of verdict are the same, where it stands. Some 10 us, whatever the size. False: no
  /// room is left, make a larger one. `signature` must be of text_signature::this_format.
  [[nodiscard]] bool add(const campaign_member& member);
  /// False: there is no such member. Time grows with the number of its campaign's members.
  bool remove(const fingerprint& key);

  /// Calls of add() for which there is room.
  [[nodiscard]] std::size_t room() const noexcept { return capacity_ - member_count_; }
  /// Members taken in, also those that were removed or have ended.
  [[nodiscard]] std::size_t members() const noexcept { return member_count_; }
  [[nodiscard]] std::size_t campaigns() const noexcept { return campaign_count_ - 1; }
  /// Members that have not ended. For the thread that adds; it looks at all.
  [[nodiscard]] members_in_force count_in_force(std::uint64_t now_unix_s) const noexcept;
  /// Bands of members left out since their campaign or their list was full.
  [[nodiscard]] std::uint64_t bands_cut() const noexcept { return bands_cut_; }

  /// What is known about a text. Looks at candidates_max members at most; no allocation, no lock.
  [[nodiscard]] campaign_votes votes_of(const text_signature& signature, std::uint64_t now_unix_s,
                                        campaign_scratch& scratch) const noexcept;

 private:
  struct node;
  struct campaign;
  struct campaign_state;
  /// Where the listings of a band begin, and what they begin with.
  struct band_place {
    std::size_t slot;
    std::uint32_t band;
  };

  [[nodiscard]] band_place place_of(bool fallback, std::size_t band,
                                    std::uint32_t value) const noexcept;
  template <class Visit>
  std::size_t each_listing(band_place from, Visit visit) const noexcept;

  void gather(const text_signature& signature, campaign_scratch& scratch) const noexcept;
  void tally(const text_signature& signature, std::uint64_t now_unix_s,
             campaign_scratch& scratch) const noexcept;
  [[nodiscard]] campaign_votes best_of(const campaign_scratch& scratch,
                                       const text_signature& signature,
                                       std::uint64_t now_unix_s) const noexcept;
  [[nodiscard]] std::uint32_t speaker_of(const campaign& from,
                                         std::uint64_t now_unix_s) const noexcept;

  [[nodiscard]] std::uint32_t& slot_of_key(const fingerprint& key) noexcept;
  [[nodiscard]] std::uint32_t campaign_for(const campaign_member& member);
  void replace(std::uint32_t member, const campaign_member& with);
  void list_bands(std::uint32_t member);
  void list_band(std::uint32_t member, std::size_t band, std::uint32_t value);
  void hand_over_bands(std::uint32_t member);
  [[nodiscard]] std::uint32_t heir_of(std::uint32_t member, std::size_t band,
                                      std::uint32_t value) const noexcept;
  void take_into(campaign_state& state, std::uint32_t member) const noexcept;
  void settle(std::uint32_t changed) noexcept;
  void keep(std::uint32_t number, const campaign_state& state) noexcept;
  void change_ordinary(std::uint8_t filter_version, std::uint64_t end_before, std::uint64_t end);

  std::uint64_t seed_;
  std::size_t capacity_;
  std::size_t member_count_ = 0;
  std::size_t campaign_count_ = 1;  // campaign 0 is ordinary mail
  std::uint64_t bands_cut_ = 0;
  std::uint32_t acting_count_ = 0;  // campaigns that have begun to act
  // Of the ordinary mail that can take bands from a signature of each version.
  by_filter_version<ordinary_ends> ordinary_ends_;
  by_filter_version<std::atomic<std::uint64_t>> ordinary_until_{};  // as long as there is enough
  std::size_t slot_count_;
  std::unique_ptr<std::atomic<std::uint32_t>[]> slots_;
  std::unique_ptr<node[]> nodes_;
  std::unique_ptr<campaign[]> campaigns_;
  std::vector<std::uint32_t> by_key_;  // members from 1, open addressing, of the writer alone
  std::unique_ptr<campaign_scratch> scratch_;  // likewise
};

}  // namespace repute::store
