// SPDX-License-Identifier: Apache-2.0
#include "store/dictionary_builder.hpp"

namespace repute::store {

dictionary_builder::dictionary_builder() : entries_(1), sources_(1) {}

std::uint32_t dictionary_builder::index_of(const resolved_verdict& verdict) {
  std::uint32_t next = 0;
  // From the far future backwards: an entry names its successor, which so has the smaller index.
  for (auto step = verdict.steps.rbegin(); step != verdict.steps.rend(); ++step) {
    dictionary_entry entry;
    encode_answer(step->value, entry.answer.data());
    entry.expires_h = step->expires_h;
    entry.next = next;
    const auto [found, added] =
        known_.try_emplace(identity(entry.answer, entry.expires_h, entry.next, verdict.feeds),
                           static_cast<std::uint32_t>(entries_.size()));
    if (added) {
      entries_.push_back(entry);
      sources_.push_back(verdict.feeds);
    }
    next = found->second;
  }
  return next;
}

}  // namespace repute::store
