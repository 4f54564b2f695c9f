// SPDX-License-Identifier: Apache-2.0
// Addresses of the web, wherever a message hides them.
#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "budget.hpp"
#include "fact_list.hpp"

namespace repute::mail::detail {

/// Collects addresses, none twice. Of more than the limit it keeps the first and the last half, so
/// that a flood of links hides neither the first nor the last.
class link_list {
 public:
  explicit link_list(budget& within) : within_(within) {}

  /// An address as an attribute has it. Without scheme it is one if it begins with `//` or `www.`,
  /// or if a base is known; addresses of other things (`mailto:`, `cid:`) are none.
  void add(std::string_view address, role where);

  /// The addresses in running text: `http://`, `hxxp://`, `www.` and so on. Linear.
  void add_from_text(std::string_view text, role where);

  /// `<base href>` of the page being read; empty at its end.
  void set_base(std::string_view address) { base_ = address; }

  /// What was found becomes facts, each followed by the addresses that its parameters and its path
  /// carry: `?url=http%3A%2F%2Fother%2F`.
  void add_facts(fact_list& to);

 private:
  struct found {
    std::string address;
    role where;
  };

  void keep(std::string address, role where);

  budget& within_;
  std::string base_;
  std::vector<found> first_;
  std::deque<found> last_;
  std::unordered_set<std::string> kept_;  ///< role and address of both
};

}  // namespace repute::mail::detail
