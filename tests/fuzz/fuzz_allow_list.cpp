// SPDX-License-Identifier: Apache-2.0
// Allow lists of any bytes: entries are canonical and in the text's lines, and a guard made of them
// objects to each of them.
#include <algorithm>

#include "fuzz/require.hpp"
#include "load/guard/row_guard.hpp"

using repute::fuzz::require;
using repute::fuzz::text_of;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace repute;
  using namespace repute::load;
  static const canon::canonicalizer canon;
  const std::string_view text = text_of(data, size);
  const allow_list list = read_allow_list(text, canon);
  require(list.problems.size() <= 10);
  for (const format_problem& problem : list.problems) {
    require(!problem.what.empty());
  }
  const auto lines = 1 + std::count(text.begin(), text.end(), '\n');
  const row_guard guard(canon, {{}, {{"list", list.entries}}});
  for (const list_entry& entry : list.entries) {
    require(entry.line >= 1 && entry.line <= lines);
    feed_limits limits;
    limits.widest_v4 = 0;
    limits.widest_v6 = 0;
    const auto found = entry.network
                           ? guard.check(limits, *entry.network, true)
                           : guard.check(limits, {kind::host, entry.name}, name_match::both, true);
    require(found && found->rule == guard_rule::allow && found->itself);
    require(entry.network ||
            std::get<canonical_key>(canon.canonical(subject::domain, entry.name)).canonical ==
                entry.name);
  }
  return 0;
}
