// SPDX-License-Identifier: Apache-2.0
// Until when enough ordinary mail is known; rule 6 in section 7 of schema/text_signature.md.
#pragma once

#include <cstddef>
#include <cstdint>
#include <set>

namespace repute::store {

/// While fewer ordinary mails than this are known, only the campaigns act that began to first: any
/// text may share footers and phrases with many campaigns, and it takes ordinary mail to know
/// those.
inline constexpr std::size_t ordinary_enough = 300;

/// Ends of ordinary mails. One thread at a time.
class ordinary_ends {
 public:
  /// One of them ends at another time. An end of 0 stands for no mail: before it was taken in, and
  /// after it was removed. O(log n).
  void change(std::uint64_t end_before, std::uint64_t end);

  /// The first second in which fewer than ordinary_enough are left; 0 if there never were more.
  [[nodiscard]] std::uint64_t enough_until() const noexcept {
    return latest_.size() == ordinary_enough ? *latest_.begin() : 0;
  }

 private:
  std::multiset<std::uint64_t> latest_;  // as many as are enough
  std::multiset<std::uint64_t> others_;
};

}  // namespace repute::store
