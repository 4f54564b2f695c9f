// SPDX-License-Identifier: Apache-2.0
#include "links.hpp"

#include <gtest/gtest.h>

#include "extracted.hpp"

namespace repute::mail::detail {
namespace {

test::lines links_in_text(const std::string& text) {
  return test::links_in("Content-Type: text/plain; charset=utf-8\n\n" + text);
}

TEST(links, in_running_text) {
  EXPECT_EQ(
      links_in_text("see http://a.example/x?y=1, (https://b.example/) and <ftp://c.example>."),
      (test::lines{"a.example/x?y=1", "b.example/", "c.example/"}));
  EXPECT_EQ(links_in_text("www.a.example, (www.b.example). WWW.C.example/x!"),
            (test::lines{"www.a.example/", "www.b.example/", "www.c.example/x"}));
  EXPECT_EQ(links_in_text("http://a.example/x_(y) http://b.example/z)"),
            (test::lines{"a.example/x_(y)", "b.example/z"}));
  EXPECT_EQ(links_in_text("http://a.example*http://b.example"),
            (test::lines{"a.example/", "b.example/"}));
}

TEST(links, that_are_none) {
  EXPECT_EQ(links_in_text("http:// https: www. www.. a:b http//x mailto:a@b.example x.www.y"),
            test::lines{});
}

TEST(links, without_a_scheme_or_with_a_spoilt_one) {
  EXPECT_EQ(links_in_text("hxxp://a.example/ hXXps://b.example/ http:\\\\c.example\\d"),
            (test::lines{"a.example/", "b.example/", "c.example/d"}));
  EXPECT_EQ(links_in_text("xhttp://a.example/"), test::lines{"a.example/"});
}

TEST(links, with_invisible_characters) {
  EXPECT_EQ(links_in_text("ht\u200btp://a.ex\u00adample/"), test::lines{"a.example/"});
  EXPECT_EQ(links_in_text("ww\u2060w.a.example"), test::lines{"www.a.example/"});
}

TEST(links, beside_letters_of_another_script) {
  EXPECT_TRUE(test::holds(links_in_text("http://a.example\u70b9\u51fb"), "a.example/"));
  EXPECT_TRUE(test::holds(links_in_text("http://a.example\u2019s"), "a.example/"));
  EXPECT_TRUE(test::holds(links_in_text("http://b\u00fccher.example/"), "xn--bcher-kva.example/"));
}

TEST(links, soft_breaks_and_base64_hide_nothing) {
  EXPECT_EQ(
      test::links_in("Content-Transfer-Encoding: quoted-printable\n\nhttp://a.exa=\nmple/=3Fx"),
      test::lines{"a.example/?x"});
  EXPECT_EQ(test::links_in("Content-Transfer-Encoding: base64\n\naHR0cDovL2EuZXhhbXBsZS8="),
            test::lines{"a.example/"});
}

TEST(links, never_show_a_password) {
  const auto found = test::extracted(
      "Content-Type: text/html\n\n<a href='http://secret:word@a.example/'>http://secret@b.example "
      "www.secret.example:word@c.example "
      "http://d.example/?u=http%3A%2F%2Fsecret:word%40e.example/");
  for (const fact& each : found.facts) {
    if (each.role == role::link && each.subject == subject::url &&
        !each.value.starts_with("d.example")) {
      EXPECT_EQ(each.value.find("secret"), std::string::npos) << each.value;
    }
  }
  EXPECT_TRUE(test::holds(test::in_role(found, role::link), "a.example/"));
  EXPECT_TRUE(test::holds(test::in_role(found, role::link), "e.example/"));
}

TEST(links, within_links) {
  EXPECT_EQ(links_in_text("http://r.example/?url=http%3A%2F%2Fa.example%2Fb&x=1"),
            (test::lines{"r.example/?url=http://a.example/b&x=1", "a.example/b"}));
  EXPECT_EQ(links_in_text("http://r.example/?u=http%253A%252F%252Fa.example"),
            (test::lines{"r.example/?u=http://a.example", "a.example/"}));
  EXPECT_EQ(links_in_text("http://r.example/?q=http://a.example&m=x@b.example"),
            (test::lines{"r.example/?q=http://a.example&m=x@b.example", "a.example/"}));
  EXPECT_EQ(links_in_text("http://r.example/http://a.example/c?d=e"),
            (test::lines{"r.example/http:/a.example/c?d=e", "a.example/c?d=e"}));
  EXPECT_EQ(links_in_text("http://r.example/?u=www.a.example"),
            (test::lines{"r.example/?u=www.a.example", "www.a.example/"}));
}

TEST(links, within_links_within_links) {
  const auto found = links_in_text(
      "http://r.example/?u=http%3A%2F%2Fs.example%2F%3Fv%3Dhttp%253A%252F%252Ft.example");
  EXPECT_TRUE(test::holds(found, "s.example/?v=http://t.example"));
  EXPECT_TRUE(test::holds(found, "t.example/"));
}

TEST(links, too_long_ones_still_have_a_host) {
  const std::string long_text(9000, 'x');
  EXPECT_EQ(links_in_text("http://a.example/b?" + long_text), test::lines{"a.example/b"});
  EXPECT_EQ(links_in_text("http://a.example/" + long_text), test::lines{"a.example/"});
}

TEST(links, are_none_twice) {
  EXPECT_EQ(links_in_text("http://a.example http://A.example/ http://a.example"),
            test::lines{"a.example/"});
}

TEST(links, of_more_than_the_limit_the_first_and_the_last_are_kept) {
  std::string text;
  for (int i = 0; i < 100; ++i) {
    text += "http://h" + std::to_string(i) + ".example/ ";
  }
  extract_options options;
  options.limits.links = 10;
  const auto found = test::extracted("\n" + text, {}, options);
  EXPECT_EQ(test::in_role(found, role::link),
            (test::lines{"h0.example/", "h1.example/", "h2.example/", "h3.example/", "h4.example/",
                         "h95.example/", "h96.example/", "h97.example/", "h98.example/",
                         "h99.example/"}));
  EXPECT_EQ(found.limits, std::vector{limit::links});
}

TEST(links, one_seen_in_the_middle_is_kept_when_it_comes_again_at_the_end) {
  std::string text = "http://h0.example/ http://h1.example/ http://bad.example/ ";
  for (int i = 2; i < 50; ++i) {
    text += "http://h" + std::to_string(i) + ".example/ ";
  }
  extract_options options;
  options.limits.links = 4;
  const auto found = test::extracted("\n" + text + "http://bad.example/ ", {}, options);
  EXPECT_TRUE(test::holds(test::in_role(found, role::link), "bad.example/"));
}

}  // namespace
}  // namespace repute::mail::detail
