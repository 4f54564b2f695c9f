// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

struct psl_ctx_st;

namespace repute::canon::detail {

/// The ICANN section of the public suffix list, over libpsl. Immutable, serves all threads.
class suffix_list {
 public:
  /// Empty: the list built into libpsl. Throws std::runtime_error, naming the file, if there is
  /// none or if it is no public suffix list.
  explicit suffix_list(const std::string& file);

  /// Names strictly above `name`, down to its registrable domain, the longest first; of more than
  /// four the four shortest. None for a public suffix, a registrable domain or a single label. A
  /// top level unknown to the list counts as a public suffix. Views into `name`.
  [[nodiscard]] std::vector<std::string_view> parents(const std::string& name) const;

  /// True if the list itself makes `name` a public suffix; unknown top levels are none.
  [[nodiscard]] bool lists(const std::string& name) const noexcept;

 private:
  [[nodiscard]] bool is_suffix(const char* name) const noexcept;

  struct closer {
    void operator()(psl_ctx_st* list) const noexcept;
  };
  std::unique_ptr<psl_ctx_st, closer> loaded_;
  const psl_ctx_st* list_;
};

}  // namespace repute::canon::detail
