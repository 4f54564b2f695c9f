// SPDX-License-Identifier: Apache-2.0
// Campaigns by the rules of schema/text_signature.md, section 7, and nothing clever: what
// campaign_index is compared with.
#pragma once

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <vector>

#include "store/campaign_index.hpp"

namespace repute::store::test {

class campaign_model {
 public:
  void add(const campaign_member& added) {
    for (member& each : members_) {
      if (each.present && each.said.key == added.key) {
        if (each.said.signature == added.signature &&
            is_ordinary(each.said) == is_ordinary(added)) {
          each.said = added;
          list(each);
          note_acting(each.campaign);
          return;
        }
        each.present = false;
        drop_listings();
      }
    }
    member next{added, is_ordinary(added) ? 0 : campaign_for(added)};
    members_.push_back(next);
    list(next);
    note_acting(next.campaign);
  }

  bool remove(const fingerprint& key) {
    for (member& each : members_) {
      if (each.present && each.said.key == key) {
        each.present = false;
        drop_listings();
        return true;
      }
    }
    return false;
  }

  [[nodiscard]] campaign_votes votes_of(const text_signature& asked, std::uint64_t now) const {
    using rank = std::tuple<campaign_votes::strength, unsigned, int, int>;
    rank best_rank{};
    campaign_votes best;
    for (const auto& [campaign, votes] : count(asked, now)) {
      const member* const speaker = speaker_of(campaign, now);
      if (votes < (asked.fallback ? 4U : 3U) || speaker == nullptr) {
        continue;
      }
      const bool acts = !asked.fallback && votes >= 4 && acts_at(campaign, asked, now);
      const auto how = acts ? campaign_votes::strength::acting : campaign_votes::strength::weak;
      answer said = speaker->said.said;
      const rank next{how, votes, severity(said.verdict), -campaign};
      if (best.how == campaign_votes::strength::none || next > best_rank) {
        best_rank = next;
        said.status = status::near;
        said.ttl_s =
            static_cast<std::uint16_t>(std::min<std::uint64_t>(said.ttl_s, end_of(*speaker) - now));
        best = {how, asked.fallback, votes, names_.at(campaign), said};
      }
    }
    return best;
  }

  [[nodiscard]] std::size_t campaigns() const { return names_.size(); }
  [[nodiscard]] std::uint64_t bands_cut() const { return bands_cut_; }

 private:
  struct member {
    campaign_member said;
    int campaign;  // from 1; 0 is ordinary mail
    bool present = true;
  };
  using band = std::tuple<bool, std::size_t, std::uint32_t>;
  using listing = std::pair<int, std::uint8_t>;  // campaign, filter version

  void note_acting(int campaign) {
    if (campaign != 0 && agreed_on(campaign, 0) && std::ranges::count(acting_, campaign) == 0) {
      acting_.push_back(campaign);
    }
  }
  static bool is_ordinary(const campaign_member& of) {
    return of.said.verdict == verdict::none || of.said.verdict == verdict::formal ||
           of.said.verdict == verdict::trusted;
  }
  static std::uint64_t end_of(const member& of) {
    return of.said.expires_unix_s == 0 ? ~std::uint64_t{0} : of.said.expires_unix_s;
  }
  static bool in_force(const member& of, std::uint64_t now) {
    return of.present && end_of(of) > now;
  }
  static bool has(const member& of, const band& wanted) {
    const auto& [fallback, place, value] = wanted;
    return of.said.signature.fallback == fallback && of.said.signature.bands[place] == value;
  }

  [[nodiscard]] std::map<int, unsigned> count(const text_signature& asked,
                                              std::uint64_t now) const {
    std::map<int, unsigned> votes;
    for (std::size_t i = 0; i < asked.bands.size(); ++i) {
      const band wanted{asked.fallback, i, asked.bands[i]};
      const auto listed = listings_.find(wanted);
      if (asked.bands[i] == 0 || listed == listings_.end()) {
        continue;
      }
      std::set<int> agreeing;
      for (const auto& [campaign, version] : listed->second) {
        if (near_filter_versions(version, asked.filter_version) &&
            std::ranges::any_of(members_, [&, c = campaign, v = version](const member& each) {
              return each.campaign == c && each.said.signature.filter_version == v &&
                     in_force(each, now) && has(each, wanted);
            })) {
          agreeing.insert(campaign);
        }
      }
      for (const int campaign : agreeing.contains(0) ? std::set<int>{} : agreeing) {
        ++votes[campaign];
      }
    }
    return votes;
  }

  int campaign_for(const campaign_member& added) {
    int joined = 0;
    unsigned most = 3;
    const auto bands = std::ranges::count_if(added.signature.bands, [](auto b) { return b != 0; });
    for (const auto& [campaign, votes] : count(added.signature, 0)) {
      const std::size_t others = static_cast<std::size_t>(bands) - votes;
      if (votes > most && bands_of(campaign) + others <= campaign_index::bands_of_a_campaign) {
        joined = campaign;
        most = votes;
      }
    }
    if (joined == 0) {
      joined = static_cast<int>(names_.size()) + 1;
      names_[joined] = load_le<std::uint32_t>(added.key.data());
    }
    return joined;
  }

  void list(const member& added) {
    const text_signature& signature = added.said.signature;
    for (std::size_t i = 0; i < signature.bands.size(); ++i) {
      if (signature.bands[i] == 0) {
        continue;
      }
      auto& listed = listings_[{signature.fallback, i, signature.bands[i]}];
      if (listed.contains({added.campaign, signature.filter_version})) {
        continue;
      }
      const auto of_campaigns =
          std::ranges::count_if(listed, [](const listing& each) { return each.first != 0; });
      if (added.campaign != 0 &&
          (of_campaigns >= static_cast<long>(campaign_index::campaigns_of_a_band) ||
           bands_of(added.campaign) >= campaign_index::bands_of_a_campaign)) {
        ++bands_cut_;
        continue;
      }
      listed.insert({added.campaign, signature.filter_version});
    }
  }

  [[nodiscard]] std::size_t bands_of(int campaign) const {
    std::size_t bands = 0;
    for (const auto& [place, listed] : listings_) {
      bands += static_cast<std::size_t>(std::ranges::count_if(
          listed, [&](const listing& each) { return each.first == campaign; }));
    }
    return bands;
  }

  // Listings that no member stands for any more.
  void drop_listings() {
    for (auto& [place, listed] : listings_) {
      std::erase_if(listed, [&, &wanted = place](const listing& each) {
        return std::ranges::none_of(members_, [&](const member& of) {
          return of.present && of.campaign == each.first &&
                 of.said.signature.filter_version == each.second && has(of, wanted);
        });
      });
    }
  }

  [[nodiscard]] const member* speaker_of(int campaign, std::uint64_t now) const {
    const member* speaker = nullptr;
    const auto rank = [](const member& of) {
      return std::pair(severity(of.said.said.verdict), end_of(of));
    };
    for (const member& each : members_) {
      if (each.campaign == campaign && in_force(each, now) &&
          (speaker == nullptr || rank(each) >= rank(*speaker))) {
        speaker = &each;
      }
    }
    return speaker;
  }

  [[nodiscard]] bool acts_at(int campaign, const text_signature& asked, std::uint64_t now) const {
    const auto ordinary = std::ranges::count_if(members_, [&](const member& each) {
      return each.campaign == 0 && in_force(each, now) &&
             near_filter_versions(each.said.signature.filter_version, asked.filter_version);
    });
    const auto place = std::ranges::find(acting_, campaign) - acting_.begin();
    if (ordinary < 300 && place >= 10) {
      return false;
    }
    return agreed_on(campaign, now);
  }

  [[nodiscard]] bool agreed_on(int campaign, std::uint64_t now) const {
    std::set<std::uint32_t> reporters;
    for (const member& each : members_) {
      if (each.campaign != campaign || !in_force(each, now)) {
        continue;
      }
      if (each.said.counts_alone) {
        return true;
      }
      reporters.insert(each.said.reporter);
    }
    reporters.erase(0);
    return reporters.size() >= 2;
  }

  std::vector<member> members_;
  std::map<int, std::uint32_t> names_;
  std::vector<int> acting_;  // in the order in which they began to act
  std::map<band, std::set<listing>> listings_;
  std::uint64_t bands_cut_ = 0;
};

}  // namespace repute::store::test
