// SPDX-License-Identifier: Apache-2.0
// Texts of a folder of messages, and which of them are of one campaign.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <unordered_map>
#include <vector>

namespace repute::bench {

/// A text as numbers of words.
using text = std::vector<std::uint32_t>;

/// Words by number.
class vocabulary {
 public:
  [[nodiscard]] text read(const std::string& tokens);
  [[nodiscard]] std::string write(const text& from) const;
  [[nodiscard]] const std::string& word(std::uint32_t number) const { return words_[number]; }

 private:
  std::vector<std::string> words_;
  std::unordered_map<std::string, std::uint32_t> numbers_;
};

/// The longest visible text of each file of a folder, in the order of file names; empty texts for
/// messages without one. Throws std::filesystem::filesystem_error if there is no such folder.
[[nodiscard]] std::vector<text> read_folder(const std::filesystem::path& folder, vocabulary& words);

/// Distinct shingles of three neighbouring words, sorted.
[[nodiscard]] std::vector<std::uint64_t> triples(const text& from);

/// Texts of `tokens_min` words and more, grouped: two are in one group if a chain of texts leads
/// from one to the other in which neighbours have at least 0.3 of their triples in common
/// (Jaccard). Each group in the order of `from`, groups by their first text.
[[nodiscard]] std::vector<std::vector<text>> group_texts(const std::vector<text>& from,
                                                         std::size_t tokens_min);

}  // namespace repute::bench
