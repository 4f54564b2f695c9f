// SPDX-License-Identifier: Apache-2.0
#include "html.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "extracted.hpp"

namespace repute::mail::detail {
namespace {

/// Visible text, lines joined by '|'.
std::string seen(std::string_view page) {
  const extract_limits limits;
  budget within(limits, page.size());
  link_list links(within);
  std::string text = read_html(
      page, links, [](std::string_view) {}, within);
  std::ranges::replace(text, '\n', '|');
  return text;
}

test::lines links_in_page(const std::string& page) {
  return test::links_in("Content-Type: text/html\n\n" + page);
}

TEST(html, blocks_part_words_and_others_do_not) {
  EXPECT_EQ(seen("a<b>b</b>c<p>d</p>e<br>f<td>g<span>h</span>"), "abc|d|e|f|gh");
  EXPECT_EQ(seen("  a \n\t b  "), "a b ");
  EXPECT_EQ(seen("V<!-- -->ia<wbr>gra"), "Viagra");
}

TEST(html, what_is_never_shown) {
  EXPECT_EQ(seen("<head><title>t</title><style>s</style></head>a<script>x</script>"
                 "<noscript>n</noscript><template>t</template><svg>v</svg>b<!-- c -->"),
            "ab");
}

TEST(html, hidden_by_attribute_or_style) {
  for (const char* how :
       {"hidden", "style='display:none'", "style=\"font-size:0px\"", "style='opacity:0'",
        "style='visibility:hidden'", "style='max-height:0;overflow:hidden'"}) {
    EXPECT_EQ(seen("a<span " + std::string(how) + ">b<i>c</i></span>d"), "ad") << how;
  }
}

TEST(html, what_an_inner_element_brings_back) {
  EXPECT_EQ(seen("<td style='font-size:0'>a<p style='font-size:13px'>b</p>c</td>"), "b|");
  EXPECT_EQ(seen("<b style='visibility:hidden'>a<i style='visibility:visible'>b</i></b>c"), "bc");
  EXPECT_EQ(seen("<b style='display:none'>a<i style='display:block'>b</i></b>c"), "c");
}

TEST(html, hidden_elements_end_where_browsers_end_them) {
  EXPECT_EQ(seen("<p hidden>a<p>b"), "b");
  EXPECT_EQ(seen("<p hidden><b>a<div>b"), "b");
  EXPECT_EQ(seen("<div><span hidden>a</div>b"), "b");
  EXPECT_EQ(seen("<td hidden>a<td>b"), "b");
  EXPECT_EQ(seen("<ul><li hidden>a<li>b"), "b");
  EXPECT_EQ(seen("<img hidden>a"), "a");
  EXPECT_EQ(seen("<b hidden>a</i>b"), "") << "an end tag of nothing ends nothing";
}

TEST(html, deep_nesting_is_still_read) {
  std::string page;
  for (int i = 0; i < 2000; ++i) {
    page += "<b>";
  }
  EXPECT_EQ(seen(page + "a<i hidden>b</i>"), "ab") << "deeper than is remembered: shown";
}

TEST(html, references_in_text) {
  EXPECT_EQ(seen("a&amp;b&nbsp;c &lt;d&gt;"), "a&b\u00a0c <d>");
}

TEST(html, all_attributes_that_lead_somewhere) {
  EXPECT_EQ(links_in_page("<a href=http://a.example/><form action='https://b.example/'>"
                          "<button formaction=http://c.example/><iframe src=//d.example/>"
                          "<link href=http://e.example/><area href=http://f.example/>"
                          "<object data=http://g.example/><script src=http://h.example/></script>"),
            (test::lines{"a.example/", "b.example/", "c.example/", "d.example/", "e.example/",
                         "f.example/", "g.example/", "h.example/"}));
}

TEST(html, all_attributes_that_fetch_a_picture) {
  const auto found = test::extracted(
      "Content-Type: text/html\n\n<img src=http://a.example/ srcset='http://b.example/ 1x, "
      "http://c.example/ 2x'><td background=http://d.example/ style=\"x:url('http://e.example/')\">"
      "<style>body{background:url(http://f.example/)}</style><video poster=http://g.example/>");
  EXPECT_EQ(test::in_role(found, role::image_link),
            (test::lines{"a.example/", "b.example/", "c.example/", "d.example/", "e.example/",
                         "f.example/", "g.example/"}));
}

TEST(html, refresh_and_base) {
  EXPECT_EQ(links_in_page("<meta http-equiv=refresh content=\"0; URL='http://a.example/x'\">"),
            test::lines{"a.example/x"});
  EXPECT_EQ(links_in_page("<base href='http://b.example/d/'><a href=x.html><a href=/y>"
                          "<a href='#z'><a href=mailto:a@b.example>"),
            (test::lines{"b.example/d/", "b.example/d/x.html", "b.example/y"}));
  EXPECT_EQ(links_in_page("<a href=x.html><a href=cid:a@b>"), test::lines{});
}

TEST(html, disguised_links) {
  EXPECT_EQ(links_in_page("<a href='h&#116;tp&colon;&sol;/&#x61;.example/&quest;b&amp;c'>"),
            test::lines{"a.example/?b&c"});
  EXPECT_EQ(links_in_page("<a href=' ht\ntp://a.exa\tmple/ '>"), test::lines{"a.example/"});
  EXPECT_EQ(links_in_page("<a href='HTTP:\\\\a.example\\b'>"), test::lines{"a.example/b"});
  EXPECT_EQ(links_in_page("<a href='http://a.ex\u00adam\u200bple/'>"), test::lines{"a.example/"});
  EXPECT_EQ(links_in_page("http://a.e<b></b>xam&shy;ple/ "), test::lines{"a.example/"});
  EXPECT_EQ(links_in_page("<a href=\"javascript:open('http://a.example/')\">"),
            test::lines{"a.example/"});
  EXPECT_EQ(links_in_page("<script>location='http://a.example/'</script>"),
            test::lines{"a.example/"});
  EXPECT_EQ(links_in_page("<!--[if mso]><a href='http://a.example/'><![endif]-->"),
            test::lines{"a.example/"});
  EXPECT_EQ(links_in_page("<a href=3D\"http://a.example/\">"), test::lines{"a.example/"});
}

TEST(html, pictures_within_the_page) {
  const auto found = test::extracted(
      "Content-Type: text/html\n\n<img src='data:image/png;base64,dGVzdCBpbWFn\nZQ=='>");
  EXPECT_EQ(test::shown(found), test::lines{"image image-md5 481f62ed11aa6e240482974feb1dcab6"});
}

TEST(html, long_text_is_cut) {
  extract_limits limits;
  limits.text_bytes = 10;
  budget within(limits, 100);
  link_list links(within);
  EXPECT_EQ(read_html(
                "<p>0123456789</p><p>more</p>", links, [](std::string_view) {}, within),
            "0123456789\n");
  EXPECT_EQ(within.take_met(), std::vector{limit::text_bytes});
}

}  // namespace
}  // namespace repute::mail::detail
