// SPDX-License-Identifier: Apache-2.0
#include "transfer.hpp"

#include <gtest/gtest.h>

namespace repute::mail::detail {
namespace {

TEST(transfer, damaged_base64_gives_what_can_be_read) {
  std::string storage;
  EXPECT_EQ(decode_transfer("base64", "YW\nJj!!ZGVm", storage), "abcdef");
  EXPECT_EQ(decode_transfer("base64", "", storage), "");
  EXPECT_EQ(decode_transfer("7bit", "YWJj", storage), "YWJj");
}

}  // namespace
}  // namespace repute::mail::detail
