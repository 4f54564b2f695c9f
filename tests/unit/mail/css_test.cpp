// SPDX-License-Identifier: Apache-2.0
#include "css.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace repute::mail::detail {
namespace {

TEST(css, gone_for_good) {
  for (const char* style : {"display:none", "DISPLAY : None !important", "color:red;opacity:0",
                            "opacity:0.0", "max-height:0px", ";;display:none;x"}) {
    EXPECT_TRUE(read_style(style).gone) << style;
  }
  for (const char* style : {"display:block", "opacity:0.5", "max-height:10px", "x-display:none",
                            "display", "", "display:"}) {
    EXPECT_FALSE(read_style(style).gone) << style;
  }
}

TEST(css, sizes_of_letters) {
  for (const char* style :
       {"font-size:0", "font-size:1px", "font-size: 0.5pt", "font-size:0%", "font-size:0em"}) {
    EXPECT_EQ(read_style(style).tiny, true) << style;
  }
  for (const char* style : {"font-size:9px", "font-size:12pt", "font-size:1rem"}) {
    EXPECT_EQ(read_style(style).tiny, false) << style;
  }
  for (const char* style : {"font-size:1em", "font-size:80%", "font-size:small", ""}) {
    EXPECT_EQ(read_style(style).tiny, std::nullopt) << style;
  }
}

TEST(css, visibility_can_come_back) {
  EXPECT_EQ(read_style("visibility:hidden").invisible, true);
  EXPECT_EQ(read_style("visibility:visible").invisible, false);
  EXPECT_EQ(read_style("color:red").invisible, std::nullopt);
}

TEST(css, addresses) {
  std::vector<std::string> found;
  for_each_css_url("a{background:url(http://a/)} b{x:URL( 'http://b/' ) url(\"http://c/\")} curl(x",
                   [&found](std::string_view url) { found.emplace_back(url); });
  EXPECT_EQ(found, (std::vector<std::string>{"http://a/", "http://b/", "http://c/", "x"}));
}

}  // namespace
}  // namespace repute::mail::detail
