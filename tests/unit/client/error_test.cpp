// SPDX-License-Identifier: Apache-2.0
#include "repute/client/error.hpp"

#include <gtest/gtest.h>

#include <set>
#include <vector>

namespace repute::test {
namespace {

TEST(ClientError, EveryValueHasASentenceOfItsOwn) {
  std::set<std::string> sentences;
  std::vector<int> values{static_cast<int>(errc::bad_credentials),
                          static_cast<int>(errc::plain_refused)};
  for (int value = 1; value <= static_cast<int>(errc::bad_key); ++value) {
    values.push_back(value);
  }
  for (const int value : values) {
    const boost::system::error_code code = static_cast<errc>(value);
    EXPECT_TRUE(code);
    EXPECT_STREQ(code.category().name(), "repute.client");
    sentences.insert(code.message());
  }
  EXPECT_EQ(sentences.size(), values.size());
  EXPECT_EQ(sentences.count("unknown error"), 0u);
}

}  // namespace
}  // namespace repute::test
