// SPDX-License-Identifier: Apache-2.0
// Rows of schema/vectors/sealed.txt.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "repute/seal/secret.hpp"
#include "unit/schema/vectors.hpp"

namespace repute::test {

inline std::vector<std::vector<std::string>> sealed_rows(const std::string& name) {
  std::vector<std::vector<std::string>> rows = read_vectors("sealed.txt");
  std::erase_if(rows, [&](const auto& row) { return row.at(0) != name; });
  EXPECT_FALSE(rows.empty()) << name;
  return rows;
}

template <std::size_t size>
seal::secret<size> secret_of(const std::string& hex) {
  const bytes parsed = parse_hex(hex);
  EXPECT_EQ(parsed.size(), size);
  return seal::secret<size>(std::span(parsed).template first<size>());
}

inline std::string text_of(const std::string& hex) {
  const bytes parsed = parse_hex(hex);
  return {parsed.begin(), parsed.end()};
}

}  // namespace repute::test
