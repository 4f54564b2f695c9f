// SPDX-License-Identifier: Apache-2.0
// What was said about texts at run time: the campaigns that it makes, and who opened how many. The
// rules are in schema/text_signature.md, section 7.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "store/campaign_index.hpp"
#include "store/live_entry.hpp"

namespace repute::store {

/// Campaigns that one reporter may open in a day; an administrator's overrides do not count. A
/// report that joins a campaign opens none.
inline constexpr std::size_t campaigns_a_day_max = 20;

/// One thread at a time; the index is for any number of readers meanwhile.
class text_reports {
 public:
  /// `entries` are about texts, at most one for each layer and key, in any order.
  explicit text_reports(const std::vector<live_entry>& entries);

  [[nodiscard]] std::shared_ptr<const campaign_index> index() const noexcept { return index_; }

  /// What the two layers say about one text from now on; one of them at least is there. False: no
  /// room is left, make a larger object.
  [[nodiscard]] bool set(const std::optional<live_entry>& live,
                         const std::optional<live_entry>& override);

  /// False if the reporter would open one campaign too many, counting `others` that he is about
  /// to open. Removals, ordinary mail and overrides may always be said.
  [[nodiscard]] bool may_report(const live_entry& report, std::size_t others,
                                std::uint64_t now_unix_s);

 private:
  struct reporter {
    std::uint32_t number = 0;           // tells them apart in the index
    std::vector<std::uint64_t> opened;  // when he opened campaigns, Unix seconds
  };

  [[nodiscard]] reporter& reporter_of(const live_entry& said);
  [[nodiscard]] bool add(const live_entry& said);

  std::shared_ptr<campaign_index> index_;
  std::unique_ptr<campaign_scratch> scratch_;
  std::map<std::string, reporter> reporters_;
};

}  // namespace repute::store
