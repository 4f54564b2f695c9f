// SPDX-License-Identifier: Apache-2.0
#include "addresses.hpp"

#include <gtest/gtest.h>

namespace repute::mail::detail {
namespace {

using texts = std::vector<std::string>;

TEST(addresses, of_every_form) {
  EXPECT_EQ(addresses_in("a@b.example"), texts{"a@b.example"});
  EXPECT_EQ(addresses_in("Name <a@b.example>"), texts{"a@b.example"});
  EXPECT_EQ(addresses_in("a@b.example (comment (within)), <c@d.example>"),
            (texts{"a@b.example", "c@d.example"}));
  EXPECT_EQ(addresses_in("group: a@b.example, c@d.example;"),
            (texts{"a@b.example", "c@d.example"}));
  EXPECT_EQ(addresses_in("<@relay.example:a@b.example>"), texts{"a@b.example"});
  EXPECT_EQ(addresses_in("\"quoted @ local\"@b.example"), texts{"\"quoted @ local\"@b.example"});
}

TEST(addresses, what_is_shown_is_no_address) {
  EXPECT_EQ(addresses_in("\"bank@bank.example\" <a@b.example>"), texts{"a@b.example"});
  EXPECT_EQ(addresses_in("bank@bank.example <a@b.example>"), texts{"a@b.example"});
  EXPECT_EQ(addresses_in("(bank@bank.example) a@b.example"), texts{"a@b.example"});
  EXPECT_EQ(addresses_in("\"bank@bank.example, \\\" x\" <a@b.example>"), texts{"a@b.example"});
}

TEST(addresses, broken_ones_end_somewhere) {
  EXPECT_EQ(addresses_in(""), texts{});
  EXPECT_EQ(addresses_in("nobody"), texts{});
  EXPECT_EQ(addresses_in("<a@b.example"), texts{"a@b.example"});
  EXPECT_EQ(addresses_in("\"a@b.example"), texts{"\"a@b.example\""});
  EXPECT_EQ(addresses_in("(a@b.example"), texts{});
  EXPECT_EQ(addresses_in("a@b.example\\"), texts{"a@b.example\\"});
}

TEST(addresses, sixteen_are_enough) {
  std::string field;
  for (int i = 0; i < 100; ++i) {
    field += "a" + std::to_string(i) + "@b.example, ";
  }
  EXPECT_EQ(addresses_in(field).size(), 16U);
  std::string list;
  for (int i = 0; i < 100; ++i) {
    list += "<x>";
  }
  EXPECT_EQ(bracketed(list).size(), 16U);
}

TEST(addresses, texts_in_brackets) {
  EXPECT_EQ(bracketed("<mailto:a@b>, <https://c/> <open"),
            (std::vector<std::string_view>{"mailto:a@b", "https://c/"}));
}

TEST(addresses, domain) {
  EXPECT_EQ(domain_of("a@b@c.example "), "c.example");
  EXPECT_EQ(domain_of("nobody"), "");
}

}  // namespace
}  // namespace repute::mail::detail
