// SPDX-License-Identifier: Apache-2.0
// Properties that hold for every text, tried on texts made of the pieces that matter.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "escape.hpp"
#include "fuzz/canon_properties.hpp"
#include "host.hpp"
#include "text.hpp"
#include "vector_file.hpp"

namespace repute::canon::test {
namespace {

using pieces = std::vector<std::string>;

const pieces nasty_pieces{"http://",
                          "https:",
                          "//",
                          "/",
                          "\\",
                          "?",
                          "#",
                          "@",
                          ":",
                          "%40",
                          "%2F",
                          "%25",
                          "%3a",
                          "%5C",
                          "%3F",
                          "%23",
                          "%00",
                          "%",
                          "..",
                          ".",
                          "/../",
                          "/./",
                          "[",
                          "]",
                          "[::1]",
                          "::ffff:",
                          "0x7f",
                          "017",
                          "127",
                          "1",
                          "80",
                          "xn--",
                          "XN--",
                          "-",
                          "_",
                          "~",
                          "user",
                          "example",
                          ".com",
                          ".co.uk",
                          "WWW.",
                          "a",
                          "Z",
                          " ",
                          "\t",
                          "\n",
                          "\r",
                          "\"",
                          "<",
                          ">",
                          "\x01",
                          "\x80",
                          "\xff",
                          "\u00fc",
                          "\u00df",
                          "\u3002",
                          "\uff0e",
                          "\uff21",
                          "\uff20",
                          "\uff1a",
                          "\uff0f",
                          "\u0430",
                          "\u0301",
                          "\u200d",
                          "\u00ad",
                          "\u4f60",
                          "\u3099",
                          "\u0e33",
                          "\u0e14",
                          "\u0660",
                          "\u2100",
                          "\u2024",
                          "\u0131",
                          "\u0130",
                          "\u03c2",
                          "\u1e9e",
                          "\ufdfa",
                          "\u0600",
                          "0123456789abcdef"};

rc::Gen<std::string> joined(const pieces& from) {
  return rc::gen::map(rc::gen::container<pieces>(rc::gen::elementOf(from)), [](const pieces& some) {
    std::string out;
    for (const std::string& piece : some) {
      out += piece;
    }
    return out;
  });
}

rc::Gen<std::string> texts() {
  return rc::gen::oneOf(joined(nasty_pieces), rc::gen::arbitrary<std::string>());
}

TEST(properties, hold_for_every_subject) {
  for (const subject subject : all_subjects) {
    EXPECT_TRUE(rc::check(std::string(word(subject)), [subject] {
      for (int i = 0; i < 20; ++i) {
        const std::string text = *texts();
        const char* broken = broken_property(canon(), subject, text);
        RC_ASSERT(broken == nullptr);
      }
    }));
  }
}

TEST(properties, hold_for_names_under_every_suffix_rule) {
  const pieces labels{"a",     "b.c",         "www",       "d.e.f.g.h", "com",
                      "co.uk", "ck",          "www.ck",    "jp",        "kobe.jp",
                      "city",  "duckdns.org", "github.io", "unknown",   "arpa"};
  EXPECT_TRUE(rc::check([&labels] {
    const auto some = *rc::gen::container<pieces>(rc::gen::elementOf(labels));
    std::string name;
    for (const std::string& label : some) {
      name += label + ".";
    }
    RC_ASSERT(broken_property(canon(), subject::domain, name) == nullptr);
    RC_ASSERT(broken_property(canon(), subject::url, name + "/x/y/z/../w?q") == nullptr);
  }));
}

TEST(properties, short_way_for_plain_names_is_the_same_way) {
  const detail::name_table names;
  const pieces from{"a",
                    "Z",
                    "0",
                    "9",
                    "-",
                    "_",
                    ".",
                    "xn--",
                    "b",
                    "A1",
                    "--",
                    "..",
                    std::string(30, 'x'),
                    std::string(60, 'y'),
                    "\u00fc",
                    "*"};
  EXPECT_TRUE(rc::check([&] {
    for (int i = 0; i < 20; ++i) {
      const std::string text = *joined(from);
      RC_ASSERT(names.name(text) == names.name_by_icu(text));
    }
  }));
}

TEST(properties, prefixes_show_and_read_back) {
  EXPECT_TRUE(rc::check([] {
    ip_prefix prefix;
    prefix.v6 = *rc::gen::arbitrary<bool>();
    const std::size_t size = prefix.v6 ? 16 : 4;
    prefix.length = *rc::gen::inRange<std::uint8_t>(0, static_cast<std::uint8_t>(8 * size + 1));
    for (std::size_t bit = 0; bit < prefix.length; ++bit) {
      const bool set = *rc::gen::weightedElement<bool>({{1, true}, {3, false}});
      prefix.address[bit / 8] =
          static_cast<std::uint8_t>(prefix.address[bit / 8] | (set ? 0x80 >> bit % 8 : 0));
    }
    const auto read = parse_prefix(show(prefix));
    RC_ASSERT(std::holds_alternative<ip_prefix>(read));
    RC_ASSERT(parse_prefix(show(std::get<ip_prefix>(read))) == read);
    if (std::get<ip_prefix>(read).v6 == prefix.v6) {
      RC_ASSERT(std::get<ip_prefix>(read) == prefix);
    }
  }));
}

TEST(properties, escape_and_unescape_undo_each_other) {
  const pieces from{"%", "2", "5", "4", "1", "#", "?", " ", "a", "%25", "%41", "\xff"};
  EXPECT_TRUE(rc::check([&from] {
    const std::string plain = detail::unescape_fully(*joined(from));
    RC_ASSERT(detail::unescape_fully(plain) == plain);
    RC_ASSERT(detail::unescape_fully(detail::escape(plain, "?")) == plain);
  }));
}

TEST(properties, unescaping_is_linear) {
  std::string text = "%";
  while (text.size() < 8000) {
    text += "25";
  }
  EXPECT_EQ(detail::unescape_fully(text + "41"), "A");
}

// URLs as most are written take a short way; a scheme in capitals takes the long one.
RC_GTEST_PROP(url, the_short_way_gives_what_the_long_way_gives, ()) {
  const pieces from{"a",
                    "b.c",
                    "example.com",
                    "xn--",
                    "-",
                    "_",
                    ".",
                    "..",
                    "/",
                    "//",
                    "/./",
                    "/../x",
                    "?",
                    "?q",
                    ":",
                    ":80",
                    ":x",
                    "@",
                    "#",
                    "%",
                    "%41",
                    "\\",
                    "1",
                    "192.0.2.1",
                    "0x7f",
                    "A",
                    "~",
                    "|",
                    "\x7f",
                    "[::1]",
                    std::string(64, 'l'),
                    ".com",
                    ":65536",
                    ";"};
  const std::string rest = *joined(from);
  static const canonicalizer canon;
  RC_ASSERT(canon.canonical(subject::url, "http://" + rest) ==
            canon.canonical(subject::url, "HTTP://" + rest));
}

TEST(properties, short_way_for_texts_is_the_same_way) {
  pieces from = nasty_pieces;
  for (const char* piece : {" ", " ", "\n", "\u00a0", "hhttps://", "ftp:/", "www.", "w", "a.b@c.d",
                            "+x_y-z@", "<", "x1y22 ", "\u0301", "\u2019", "\u3042", "@b.c "}) {
    from.emplace_back(piece);
  }
  EXPECT_TRUE(rc::check([&from] {
    for (int i = 0; i < 20; ++i) {
      std::string text;
      for (const std::string& piece : *rc::gen::container<pieces>(40, rc::gen::elementOf(from))) {
        text += piece;
      }
      RC_ASSERT(normalise_text(text) == detail::normalise_text_by_icu(text));
    }
  }));
}

TEST(properties, short_way_for_texts_ends_at_the_same_token) {
  std::string text;
  for (int i = 0; i < 6000; ++i) {
    text += i % 7 == 0 ? "\u043f\u0430 " : i % 5 == 0 ? "\u4e2d\u6587 " : "a,b ";
  }
  EXPECT_EQ(normalise_text(text), detail::normalise_text_by_icu(text));
}

RC_GTEST_PROP(covering, those_among_it_that_are_wanted_are_the_same, ()) {
  static const canonicalizer canon;
  const auto key = *rc::gen::elementOf(
      std::vector<canonical_key>{{kind::host, "d.c.b.a.example.co.uk"},
                                 {kind::domain, "b.a.example.com"},
                                 {kind::url, "c.b.example.com/1/2/3/4/5?q=/x"},
                                 {kind::url, "%01.b.example.com/1/"},
                                 {kind::url, "192.0.2.1/1/2?"},
                                 {kind::url, "[2001:db8::1]/"},
                                 {kind::host, "com"},
                                 {kind::av_record, std::string("id\0version", 10)},
                                 {kind::file_md5, std::string(16, 'm')}});
  auto wanted = canon.covering(key);
  std::set<std::pair<kind, std::string>> chosen;
  std::erase_if(wanted, [&](const canonical_key& each) {
    const bool keep = !(each == key) && *rc::gen::arbitrary<bool>();
    return !keep || !chosen.emplace(each.kind, each.canonical).second;
  });
  const auto got = canon.covering_among(key, [&](kind kind, std::string_view canonical) {
    return chosen.contains({kind, std::string(canonical)});
  });
  RC_ASSERT(got == wanted);
}

}  // namespace
}  // namespace repute::canon::test
