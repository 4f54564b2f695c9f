// SPDX-License-Identifier: Apache-2.0
#include "repute/client/error.hpp"

#include <gtest/gtest.h>

#include <set>

namespace repute::test {
namespace {

TEST(ClientError, EveryValueHasASentenceOfItsOwn) {
  std::set<std::string> sentences;
  constexpr int last = static_cast<int>(errc::bad_key);
  for (int value = 1; value <= last; ++value) {
    const boost::system::error_code code = static_cast<errc>(value);
    EXPECT_TRUE(code);
    EXPECT_STREQ(code.category().name(), "repute.client");
    sentences.insert(code.message());
  }
  EXPECT_EQ(sentences.size(), static_cast<std::size_t>(last));
  EXPECT_EQ(sentences.count("unknown error"), 0u);
}

}  // namespace
}  // namespace repute::test
