// SPDX-License-Identifier: Apache-2.0
// No byte of a URL's userinfo reaches a key, in whatever way it is written.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <set>

#include "escape.hpp"
#include "vector_file.hpp"

namespace repute::canon::test {
namespace {

using pieces = std::vector<std::string>;

/// In no other part of the generated URLs, nor any four bytes of it.
const std::string marker = "qjzxkvqwj";

std::string join(const pieces& some) {
  std::string out;
  for (const std::string& piece : some) {
    out += piece;
  }
  return out;
}

/// Userinfo around the marker.
std::string secret_of(const pieces& from) {
  const auto some = rc::gen::container<pieces>(rc::gen::elementOf(from));
  const std::string before = join(*some);
  return before + marker + join(*some);
}

/// True if any four bytes in a row of the marker are in any key of the URL, escaped or not.
bool survives(const std::string& url) {
  const auto result = canon().canonical(subject::url, url);
  const auto* key = std::get_if<canonical_key>(&result);
  if (key == nullptr) {
    return false;
  }
  for (const canonical_key& each : canon().covering(*key)) {
    const std::string text = detail::unescape_fully(show(each));
    for (std::size_t i = 0; i + 4 <= marker.size(); ++i) {
      if (text.find(marker.substr(i, 4)) != text.npos) {
        return true;
      }
    }
  }
  return false;
}

const pieces schemes{
    "http://", "https://", "ftp://", "HTTP:", "http:/", "http:///", "//", "foo://"};
const pieces hosts{"example.com",         "[2001:db8::1]", "192.0.2.1",    "0x7f.1",
                   "b\u00fccher.example", "%65xample.com", "a%20b.example"};
const pieces tails{"", "/", ":8080/", "/a/b?c=d", "?x@y", "#f", "/@z", ":80\\@w", "\\x", "/u:v@w"};

/// What the generic syntax allows in userinfo or both standards read past, '@' included.
const pieces allowed{"a",      "Z",         "1",           "@",      ":",    "%40", "%2F",  "%3A",
                     "%3a%40", "%25%34%30", "%5C",         "%3F",    "%23",  "%00", "%",    "%%",
                     "..",     ".",         "!$&'()*+,;=", "[",      "]",    "\t",  "\r\n", " ",
                     "\u00fc", "\uff20",    "\uff1a",      "\uff0f", "\x01", "\xff"};

TEST(password, of_valid_userinfo_leaves_no_trace) {
  EXPECT_TRUE(rc::check([] {
    for (int i = 0; i < 20; ++i) {
      const std::string url = *rc::gen::elementOf(schemes) + secret_of(allowed) + ":" +
                              secret_of(allowed) + "@" + *rc::gen::elementOf(hosts) +
                              *rc::gen::elementOf(tails);
      RC_ASSERT(!survives(url));
    }
  }));
}

TEST(password, is_gone_and_its_host_stays) {
  for (const std::string& scheme : schemes) {
    const auto result =
        canon().canonical(subject::url, scheme + "user:" + marker + "@example.com/x?y");
    EXPECT_EQ(written(result), "example.com/x?y") << scheme;
  }
}

/// '@' escaped: neither standard reads a password, a careless reader does.
TEST(password, before_an_escaped_at_sign_is_refused) {
  const pieces escaped{"%40", "%2540", "%25%34%30", "%252540", "\uff20", "%EF%BC%A0", "\ufe6b"};
  EXPECT_TRUE(rc::check([&] {
    const std::string url = *rc::gen::elementOf(schemes) + "user" +
                            *rc::gen::elementOf(pieces{":", "%3A", "%253a", "\uff1a"}) +
                            secret_of({"a", ".", "%2E", "-"}) + *rc::gen::elementOf(escaped) +
                            "example.com/";
    RC_ASSERT(!survives(url));
  }));
}

/// True if both standards read the marker of `http://user:SECRET@...` as host, path or query: a raw
/// delimiter ends the authority before it, and what it leaves of the authority is well formed.
bool is_no_userinfo(std::string secret) {
  std::erase_if(secret, [](char c) { return c == '\t' || c == '\r' || c == '\n'; });
  const std::size_t end = secret.find_first_of("/?#\\");
  if (end == secret.npos) {
    return false;
  }
  const std::string_view port = std::string_view(secret).substr(0, end);
  if (port.find('@') == port.npos && port.find_first_not_of("0123456789") != port.npos) {
    return false;
  }
  const std::size_t marked = secret.find(marker);
  if (port.find('@') != port.npos && port.rfind('@') < marked && marked < end) {
    return true;  // the host to which browsers go
  }
  // RFC 3986 reads on after '\': the last '@' before the next delimiter ends the userinfo.
  const std::size_t next = secret.find_first_of("/?#", end);
  const std::size_t at = std::string_view(secret).substr(0, next).rfind('@');
  const bool disputed = next == secret.npos || (at != secret.npos && at > end);
  return !disputed || (next != secret.npos && marked > at);
}

/// Raw '/', '?', '#' and '\' end the authority. What is left before them is then a port that is no
/// number, and the URL is refused; only if it is a number do both standards read path or query.
TEST(password, with_raw_delimiters_is_refused_unless_it_reads_as_a_port) {
  pieces all = allowed;
  all.insert(all.end(), {"/", "?", "#", "\\", "//", "12", "/\\"});
  std::size_t checked = 0;
  EXPECT_TRUE(rc::check([&] {
    for (int i = 0; i < 20; ++i) {
      const std::string secret = secret_of(all);
      if (!is_no_userinfo(secret)) {
        ++checked;
        RC_ASSERT(!survives("http://user:" + secret + "@example.com/"));
      }
    }
  }));
  EXPECT_GT(checked, 500u);
}

/// Browsers end the authority at '\', RFC 3986 does not: what they dispute is dropped.
TEST(password, after_a_backslash_leaves_no_trace) {
  EXPECT_TRUE(rc::check([] {
    const std::string url = *rc::gen::elementOf(schemes) + "user" +
                            *rc::gen::elementOf(pieces{"", ":", ":80", ":x"}) + "\\" +
                            secret_of({"a", "\\", "@", ":", "%40", "."}) + "@example.com" +
                            *rc::gen::elementOf(tails);
    RC_ASSERT(!survives(url));
  }));
}

}  // namespace
}  // namespace repute::canon::test
