// SPDX-License-Identifier: Apache-2.0
// What senders do to a text so that it is not the same again.
#pragma once

#include <random>
#include <string>
#include <vector>

#include "detection/corpus.hpp"

namespace repute::bench {

/// Edits of one kind: `share` of the words, or a number of words.
struct edit {
  enum class kind : std::uint8_t { insert, substitute, remove, append, prepend };
  kind what;
  double amount;  ///< insert, substitute, remove: 0 .. 1 of the words; else words
};

/// Edits one after the other, with their name in tables.
struct variant {
  std::string name;
  std::vector<edit> edits;
};

/// All that are measured.
[[nodiscard]] std::vector<variant> all_variants();

/// Makes variants. Words that come in are those of ordinary texts, as often as there; text around
/// is cut from ordinary texts.
class editor {
 public:
  explicit editor(const std::vector<text>& ordinary);
  [[nodiscard]] text apply(const text& to, const variant& what, std::mt19937_64& random) const;

 private:
  [[nodiscard]] text apply(const text& to, const edit& what, std::mt19937_64& random) const;
  [[nodiscard]] text passage(std::size_t words, std::mt19937_64& random) const;

  std::vector<text> texts_;
  text words_;  // of all texts
};

/// Texts that were never sent, a word following another as it does in `from`.
class word_chain {
 public:
  explicit word_chain(const std::vector<text>& from);
  /// Ten words in a hundred are drawn from all, without regard to the one before.
  [[nodiscard]] text draw(std::size_t words, std::mt19937_64& random) const;

 private:
  text words_;
  std::unordered_map<std::uint32_t, text> followers_;
};

}  // namespace repute::bench
