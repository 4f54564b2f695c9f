// SPDX-License-Identifier: Apache-2.0
#include "html_tokens.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace repute::mail::detail {
namespace {

/// A page as a line: `<a href=x>text</a><!--comment--><*raw*>`.
std::string tokens_of(std::string_view page) {
  html_tokenizer tokens(page);
  html_token token;
  std::string out;
  while (tokens.next(token)) {
    switch (token.kind) {
      case html_token::type::text:
        out += token.text;
        break;
      case html_token::type::raw_text:
        out += "<*" + std::string(token.text) + "*>";
        break;
      case html_token::type::comment:
        out += "<!--" + std::string(token.text) + "-->";
        break;
      case html_token::type::end_tag:
        out += "</" + token.name + ">";
        break;
      case html_token::type::start_tag:
        out += "<" + token.name;
        for (const html_attribute& attribute : token.attributes) {
          out += " " + std::string(attribute.name) + "=" + std::string(attribute.value);
        }
        out += ">";
    }
  }
  return out;
}

std::string decoded(std::string_view text, bool in_attribute = false) {
  std::string out;
  append_decoded(text, in_attribute, out);
  return out;
}

TEST(html_tokens, tags_and_attributes) {
  EXPECT_EQ(tokens_of("<A HREF='x' b = \"y z\" c=w d>t</A>"), "<a HREF=x b=y z c=w d=>t</a>");
  EXPECT_EQ(tokens_of("<a/href=x/y>"), "<a href=x/y>");
  EXPECT_EQ(tokens_of("<a href=\"x\"b=y>"), "<a href=x b=y>");
  EXPECT_EQ(tokens_of("<br/>"), "<br>");
  EXPECT_EQ(tokens_of("<a =x>"), "<a =x=>");
  EXPECT_EQ(tokens_of("<a href=>"), "<a href=>");
  EXPECT_EQ(tokens_of("<a\nhref\n=\nx\n>"), "<a href=x>");
  EXPECT_EQ(tokens_of("</a href=x>"), "</a>");
}

TEST(html_tokens, what_the_end_cuts_off_counts) {
  EXPECT_EQ(tokens_of("<a href=\"x"), "<a href=x>");
  EXPECT_EQ(tokens_of("<a href=x"), "<a href=x>");
  EXPECT_EQ(tokens_of("<a href"), "<a href=>");
  EXPECT_EQ(tokens_of("<a"), "<a>");
}

TEST(html_tokens, text_that_looks_like_markup) {
  EXPECT_EQ(tokens_of("a < b << c <3 <"), "a < b << c <3 <");
  EXPECT_EQ(tokens_of("<>x"), "<>x");
}

TEST(html_tokens, comments) {
  EXPECT_EQ(tokens_of("a<!-- <b> -->c"), "a<!-- <b> -->c");
  EXPECT_EQ(tokens_of("<!-->a<!--->b"), "<!---->a<!----->b");
  EXPECT_EQ(tokens_of("<!--x--!>a"), "<!--x-->a");
  EXPECT_EQ(tokens_of("<!doctype html><?x y?></ >a"), "<!--doctype html--><!--x y?--><!-- -->a");
  EXPECT_EQ(tokens_of("<!--x>a<!--y>b"), "<!--x-->a<!--y-->b") << "nothing ends them";
  EXPECT_EQ(tokens_of("<!--x>a<!--y-->b"), "<!--x>a<!--y-->b");
}

TEST(html_tokens, text_that_is_no_markup) {
  EXPECT_EQ(tokens_of("<script>a<b></scriptx></SCRIPT >c"), "<script><*a<b></scriptx>*></script>c");
  EXPECT_EQ(tokens_of("<title>a&amp;<b></title>c"), "<title>a&amp;<b></title>c");
  EXPECT_EQ(tokens_of("<style>a"), "<style><*a*>");
  EXPECT_EQ(tokens_of("<plaintext></plaintext><b>"), "<plaintext><*</plaintext><b>*>");
}

RC_GTEST_PROP(html_tokens, come_to_an_end_and_read_every_byte, ()) {
  const auto some =
      *rc::gen::container<std::vector<std::string>>(rc::gen::elementOf(std::vector<std::string>{
          "<", ">", "/", "!",    "--",  "-",        "a",        "=",       "'", "\"",
          " ", "&", "#", "<!--", "-->", "<script>", "</script", "<title>", "x", ";"}));
  std::string page;
  for (const std::string& piece : some) {
    page += piece;
  }
  html_tokenizer tokens(page);
  html_token token;
  for (std::size_t last = 0; tokens.next(token); last = tokens.position()) {
    RC_ASSERT(tokens.position() > last || token.kind == html_token::type::text ||
              token.kind == html_token::type::raw_text);
  }
  RC_ASSERT(tokens.position() == page.size());
}

TEST(html_references, by_name) {
  EXPECT_EQ(decoded("&lt;&eacute;&period;&sol;&colon;&NewLine;"), "<\u00e9./:\n");
  EXPECT_EQ(decoded("&nbsp;&ZeroWidthSpace;"), "\u00a0\u200b");
  EXPECT_EQ(decoded("&nobody; &; & &"), "&nobody; &; & &");
}

TEST(html_references, old_ones_need_no_semicolon) {
  EXPECT_EQ(decoded("&ampx &copy &notit; &sol"), "&x \u00a9 \u00acit; &sol");
  EXPECT_EQ(decoded("?a=1&copy=2&amp;b&lt", true), "?a=1&copy=2&b<");
  EXPECT_EQ(decoded("&ampx", true), "&ampx");
}

TEST(html_references, by_number) {
  EXPECT_EQ(decoded("&#65;&#x42;&#X43;&#68"), "ABCD");
  EXPECT_EQ(decoded("&#128;&#0;&#xd800;&#x110000;&#99999999999;"),
            "\u20ac\ufffd\ufffd\ufffd\ufffd");
  EXPECT_EQ(decoded("&#;&#x;&#-1;"), "&#;&#x;&#-1;");
}

}  // namespace
}  // namespace repute::mail::detail
