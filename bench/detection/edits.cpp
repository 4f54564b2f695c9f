// SPDX-License-Identifier: Apache-2.0
#include "detection/edits.hpp"

#include <algorithm>

namespace repute::bench {
namespace {

constexpr std::size_t tokens_max = 4096;  // of TEXT_EXACT
constexpr std::size_t passage_min = 20;   // tokens of a text that passages are cut from

bool happens(double share, std::mt19937_64& random) {
  return std::uniform_real_distribution<double>(0, 1)(random) < share;
}

template <class T>
const T& any_of(const std::vector<T>& all, std::mt19937_64& random) {
  return all[random() % all.size()];
}

}  // namespace

std::vector<variant> all_variants() {
  using enum edit::kind;
  std::vector<variant> out{{"none", {}}};
  const auto add = [&](std::string name, std::vector<edit> edits) {
    out.push_back({std::move(name), std::move(edits)});
  };
  for (const int percent : {10, 20, 30, 40}) {
    add("substitute " + std::to_string(percent) + " %", {{substitute, percent / 100.0}});
    add("insert " + std::to_string(percent) + " %", {{insert, percent / 100.0}});
    add("delete " + std::to_string(percent) + " %", {{remove, percent / 100.0}});
  }
  for (const int words : {100, 200, 300}) {
    add("append " + std::to_string(words), {{append, double(words)}});
    add("prepend " + std::to_string(words), {{prepend, double(words)}});
  }
  add("substitute 10 %, append 100", {{substitute, 0.1}, {append, 100}});
  add("substitute 20 %, append 100", {{substitute, 0.2}, {append, 100}});
  add("insert 10 %, delete 10 %, substitute 10 %",
      {{insert, 0.1}, {remove, 0.1}, {substitute, 0.1}});
  add("prepend 100, substitute 10 %, append 100",
      {{prepend, 100}, {substitute, 0.1}, {append, 100}});
  return out;
}

editor::editor(const std::vector<text>& ordinary) {
  for (const text& each : ordinary) {
    words_.insert(words_.end(), each.begin(), each.end());
    if (each.size() >= passage_min) {
      texts_.push_back(each);
    }
  }
}

text editor::passage(std::size_t words, std::mt19937_64& random) const {
  text out;
  while (out.size() < words) {
    const text& from = any_of(texts_, random);
    const std::size_t wanted = std::min(words - out.size(), from.size());
    const std::size_t start = random() % (from.size() - wanted + 1);
    out.insert(out.end(), from.begin() + static_cast<std::ptrdiff_t>(start),
               from.begin() + static_cast<std::ptrdiff_t>(start + wanted));
  }
  return out;
}

text editor::apply(const text& to, const edit& what, std::mt19937_64& random) const {
  using enum edit::kind;
  text out;
  if (what.what == prepend) {
    out = passage(static_cast<std::size_t>(what.amount), random);
  }
  for (const std::uint32_t word : to) {
    const bool chosen = what.what != append && what.what != prepend && happens(what.amount, random);
    if (!chosen || what.what == insert) {
      out.push_back(word);
    }
    if (chosen && what.what != remove) {
      out.push_back(any_of(words_, random));
    }
  }
  if (what.what == append) {
    const text more = passage(static_cast<std::size_t>(what.amount), random);
    out.insert(out.end(), more.begin(), more.end());
  }
  return out;
}

text editor::apply(const text& to, const variant& what, std::mt19937_64& random) const {
  text out = to;
  for (const edit& each : what.edits) {
    out = apply(out, each, random);
  }
  out.resize(std::min(out.size(), tokens_max));
  return out;
}

word_chain::word_chain(const std::vector<text>& from) {
  for (const text& each : from) {
    words_.insert(words_.end(), each.begin(), each.end());
    for (std::size_t i = 0; i + 1 < each.size(); ++i) {
      followers_[each[i]].push_back(each[i + 1]);
    }
  }
}

text word_chain::draw(std::size_t words, std::mt19937_64& random) const {
  text out;
  while (out.size() < words) {
    const auto next = out.empty() ? followers_.end() : followers_.find(out.back());
    const bool follows = next != followers_.end() && !happens(0.1, random);
    out.push_back(any_of(follows ? next->second : words_, random));
  }
  return out;
}

}  // namespace repute::bench
