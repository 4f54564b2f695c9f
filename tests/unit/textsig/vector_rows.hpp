// SPDX-License-Identifier: Apache-2.0
// Rows of schema/vectors/text_signature.txt.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "repute/seal/digest.hpp"
#include "repute/seal/fingerprint.hpp"
#include "unit/schema/vectors.hpp"

namespace repute::test {

inline std::vector<std::vector<std::string>> textsig_rows(const std::string& name) {
  std::vector<std::vector<std::string>> rows = read_vectors("text_signature.txt");
  std::erase_if(rows, [&](const auto& row) { return row.at(0) != name; });
  EXPECT_FALSE(rows.empty()) << name;
  return rows;
}

inline seal::deployment_salt salt_of(const std::string& hex) {
  seal::deployment_salt salt;
  EXPECT_TRUE(seal::from_hex(hex, salt.bytes)) << hex;
  return salt;
}

/// The first `count` of the words a b c ... z ba bb ..., from the number `first` on.
inline std::string counted_words(std::size_t count, std::size_t first = 0) {
  std::string text;
  for (std::size_t number = first; number < first + count; ++number) {
    std::string word;
    for (std::size_t rest = number;; rest /= 26) {
      word.insert(word.begin(), static_cast<char>('a' + rest % 26));
      if (rest < 26) {
        break;
      }
    }
    text += (text.empty() ? "" : " ") + word;
  }
  return text;
}

/// A text as rows have it.
inline std::string text_of(const std::string& field) {
  const auto space = field.find(' ');
  return field.substr(space == std::string::npos ? 0 : space) == " words"
             ? counted_words(std::stoul(field))
             : field;
}

}  // namespace repute::test
