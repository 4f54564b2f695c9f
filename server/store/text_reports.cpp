// SPDX-License-Identifier: Apache-2.0
#include "store/text_reports.hpp"

#include <algorithm>
#include <random>

namespace repute::store {
namespace {

constexpr std::size_t spare = 256;  // reports until the index is made anew, at least
constexpr std::uint64_t day_s = 24 * 3600;

std::uint64_t random_seed() {
  std::random_device source;
  return std::uint64_t{source()} << 32 | source();
}

bool is_put(const std::optional<live_entry>& entry) {
  return entry && entry->action == live_action::put;
}

campaign_member member_of(const live_entry& said, std::uint32_t reporter) {
  const bool by_administrator = said.layer == live_layer::override;
  return {.key = said.key,
          .signature = *signature_of(said),
          .said = {.status = status::near,
                   .verdict = said.verdict,
                   .score = said.score,
                   .vflags = by_administrator ? vflag_override : std::uint8_t{0},
                   .ttl_s = said.cache_ttl_s},
          .expires_unix_s = said.expires_unix_s,
          .reporter = reporter,
          .counts_alone = by_administrator};
}

// An administrator's word stands for a report of the same text.
std::vector<const live_entry*> in_force_by_seq(const std::vector<live_entry>& entries) {
  std::map<fingerprint, const live_entry*> chosen;
  for (const live_entry& each : entries) {
    const live_entry*& of_key = chosen[each.key];
    if (each.action == live_action::put &&
        (of_key == nullptr || each.layer == live_layer::override)) {
      of_key = &each;
    }
  }
  std::vector<const live_entry*> out;
  for (const auto& [key, entry] : chosen) {
    if (entry != nullptr) {
      out.push_back(entry);
    }
  }
  std::ranges::sort(out, {}, &live_entry::seq);
  return out;
}

}  // namespace

text_reports::text_reports(const std::vector<live_entry>& entries)
    : scratch_(std::make_unique<campaign_scratch>()) {
  const auto chosen = in_force_by_seq(entries);
  index_ = std::make_shared<campaign_index>(
      std::min(chosen.size() + chosen.size() / 2 + spare, campaign_index::members_max),
      random_seed());
  for (const live_entry* each : chosen) {
    (void)add(*each);  // there is room for all of them, up to the most that any index can have
  }
}

text_reports::reporter& text_reports::reporter_of(const live_entry& said) {
  const auto next = static_cast<std::uint32_t>(reporters_.size() + 1);
  return reporters_.try_emplace(said.who, reporter{next, {}}).first->second;
}

bool text_reports::add(const live_entry& said) {
  const std::size_t before = index_->campaigns();
  reporter& by = reporter_of(said);
  if (!index_->add(member_of(said, by.number))) {
    return false;
  }
  if (index_->campaigns() != before && said.layer == live_layer::live) {
    by.opened.push_back(said.time_unix_s);
  }
  return true;
}

bool text_reports::set(const std::optional<live_entry>& live,
                       const std::optional<live_entry>& override) {
  if (is_put(override)) {
    return add(*override);
  }
  if (is_put(live)) {
    return add(*live);
  }
  index_->remove(live ? live->key : override->key);
  return true;
}

bool text_reports::may_report(const live_entry& report, std::size_t others,
                              std::uint64_t now_unix_s) {
  if (report.layer != live_layer::live || report.action != live_action::put ||
      is_ordinary(report.verdict)) {
    return true;
  }
  std::vector<std::uint64_t>& times = reporter_of(report).opened;
  std::erase_if(times, [&](std::uint64_t when) { return when + day_s <= now_unix_s; });
  return times.size() + others < campaigns_a_day_max ||
         index_->votes_of(*signature_of(report), now_unix_s, *scratch_).votes >= near_votes;
}

}  // namespace repute::store
