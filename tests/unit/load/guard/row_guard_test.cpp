// SPDX-License-Identifier: Apache-2.0
#include "load/guard/row_guard.hpp"

#include "guard_world.hpp"

namespace repute::load::test {
namespace {

guard_world plain() {
  return guard_world({});
}

guard_world with_own() {
  return guard_world(
      {{entry("203.0.113.64/26", true), entry("example.org", true), entry("2001:db8:7::1")}, {}});
}

guard_world with_allowed() {
  return guard_world({{},
                      {{"top.txt", {entry("google.com", false, 3), entry("8.8.8.8", false, 4)}},
                       {"hosts.json", {entry("mail.example", true, 9)}}}});
}

TEST(width_guard, trips_beyond_the_limit_of_either_family) {
  auto world = plain();
  world.limits.reserved = true;
  EXPECT_EQ(world.address("8.0.0.0/8"), "");
  EXPECT_EQ(world.address("8.0.0.0/7"), "width: 8.0.0.0/7 is wider than the feed's limit of /8");
  EXPECT_EQ(world.address("2600::/16"), "");
  EXPECT_EQ(world.address("2600::/15"), "width: 2600::/15 is wider than the feed's limit of /16");
  EXPECT_NE(world.address("::ffff:0:0/96"), "") << "all of IPv4";
  EXPECT_NE(world.address("0.0.0.0/0", false), "") << "trusting everybody is no better";
  world.limits.widest_v4 = 0;
  EXPECT_EQ(world.address("0.0.0.0/0"), "");
}

TEST(reserved_guard, trips_inside_and_around) {
  const auto world = plain();
  EXPECT_EQ(world.address("10.1.2.3"),
            "reserved: 10.1.2.3 is inside 10.0.0.0/8, private (RFC 1918)");
  EXPECT_EQ(world.address("10.0.0.0/8"), "reserved: 10.0.0.0/8 is 10.0.0.0/8, private (RFC 1918)");
  EXPECT_EQ(world.address("172.0.0.0/8"),
            "reserved: 172.0.0.0/8 overlaps 172.16.0.0/12, private (RFC 1918)");
  for (const std::string_view reserved : {"0.0.0.1",
                                          "100.64.0.1",
                                          "100.127.255.255",
                                          "127.0.0.1",
                                          "169.254.1.1",
                                          "172.31.255.255",
                                          "192.0.2.1",
                                          "192.88.99.1",
                                          "192.168.0.0/16",
                                          "198.18.0.1",
                                          "198.19.255.255",
                                          "198.51.100.1",
                                          "203.0.113.255",
                                          "224.0.0.1",
                                          "255.255.255.255",
                                          "::1",
                                          "::",
                                          "fe80::1",
                                          "fd00::1",
                                          "ff02::1",
                                          "2001:db8::1",
                                          "3fff::1",
                                          "100::1",
                                          "fec0::1",
                                          "2002:a01:203::1"}) {
    EXPECT_NE(world.address(reserved), "") << reserved;
  }
  for (const std::string_view common :
       {"1.0.0.0",     "9.255.255.255",  "11.0.0.0",        "100.63.255.255", "100.128.0.0",
        "126.0.0.0/8", "128.0.0.0/16",   "172.15.255.255",  "172.32.0.0",     "192.0.1.255",
        "192.0.3.0",   "192.167.0.0/16", "198.17.255.255",  "198.20.0.0",     "223.255.255.255",
        "2001::1",     "2001:4860::/32", "2002:808:808::1", "2600::/16",      "3ffe::1"}) {
    EXPECT_EQ(world.address(common), "") << common;
  }
}

TEST(reserved_guard, is_of_no_concern_to_some_rows_and_feeds) {
  auto world = plain();
  EXPECT_EQ(world.address("10.1.2.3", false), "") << "trusted, or an exclusion";
  EXPECT_EQ(world.url("http://10.1.2.3/"),
            "reserved: 10.1.2.3 is inside 10.0.0.0/8, private (RFC 1918)");
  EXPECT_NE(world.url("http://[fe80::1]/"), "");
  EXPECT_EQ(world.url("http://10.1.2.3/page"), "") << "stands for no host";
  world.limits.reserved = true;
  EXPECT_EQ(world.address("10.1.2.3"), "");
  EXPECT_EQ(world.url("http://10.1.2.3/"), "");
}

TEST(own_guard, protects_networks_inside_and_around) {
  const auto world = with_own();
  EXPECT_EQ(world.address("203.0.113.127"),
            "own: 203.0.113.127 is inside 203.0.113.64/26, your own");
  EXPECT_EQ(world.address("203.0.0.0/16"), "own: 203.0.0.0/16 overlaps 203.0.113.64/26, your own");
  EXPECT_EQ(world.address("203.0.113.128").substr(0, 9), "reserved:");
  EXPECT_EQ(world.address("2001:db8:7::1"), "own: 2001:db8:7::1 is 2001:db8:7::1, your own");
  EXPECT_EQ(world.url("http://203.0.113.70/deep/page"),
            "own: 203.0.113.70 is inside 203.0.113.64/26, your own");
  EXPECT_EQ(world.address("203.0.113.127", false), "");
}

TEST(own_guard, protects_names_with_all_under_and_above_them) {
  const auto world = with_own();
  EXPECT_EQ(world.host("example.org"), "own: example.org is your own");
  EXPECT_EQ(world.host("a.b.example.org"), "own: a.b.example.org is under example.org, your own");
  EXPECT_EQ(world.domain("b.example.org"), "own: b.example.org is under example.org, your own");
  EXPECT_EQ(world.domain("org"), "own: org covers example.org, your own");
  EXPECT_EQ(world.host("org"), "suffix: org is a public suffix");
  EXPECT_EQ(world.host("notexample.org"), "");
  EXPECT_EQ(world.host("example.org.example"), "");
  EXPECT_EQ(world.url("https://www.example.org/some/page?x=1"),
            "own: www.example.org/some/page?x=1 is under example.org, your own");
  EXPECT_EQ(world.key(subject::email, "chief@mail.example.org"),
            "own: chief@mail.example.org is under example.org, your own");
  EXPECT_EQ(world.key(subject::email, "chief@example.net"), "");
  EXPECT_EQ(world.key(subject::domain, "example.org", name_match::both, false), "");
}

TEST(suffix_guard, trips_on_names_of_the_list_alone) {
  const auto world = plain();
  EXPECT_EQ(world.host("com"), "suffix: com is a public suffix");
  EXPECT_EQ(world.domain("co.uk"), "suffix: co.uk is a public suffix");
  EXPECT_NE(world.host("anything.ck"), "") << "by a wildcard";
  EXPECT_NE(world.url("http://gov.uk/"), "");
  EXPECT_EQ(world.url("http://gov.uk/page"), "");
  EXPECT_EQ(world.host("example.co.uk"), "");
  EXPECT_EQ(world.host("duckdns.org"), "") << "of the private section";
  EXPECT_EQ(world.host("localhost"), "") << "no list has it";
  EXPECT_EQ(world.key(subject::domain, "com", name_match::both, false), "");
}

TEST(allow_guard, protects_the_name_the_domain_and_what_covers_it) {
  const auto world = with_allowed();
  EXPECT_EQ(world.host("google.com"), "allow: google.com is on the allow list top.txt:3");
  EXPECT_EQ(world.domain("google.com"), "allow: google.com is on the allow list top.txt:3");
  EXPECT_EQ(world.domain("com"), "allow: com covers google.com, on the allow list top.txt:3");
  EXPECT_EQ(world.url("http://google.com/"), "allow: google.com is on the allow list top.txt:3");
  EXPECT_EQ(world.url("http://google.com/url?q=1"), "");
  EXPECT_EQ(world.url("http://google.com/?q=1"), "");
  EXPECT_EQ(world.host("bad.google.com"), "") << "a string is that name alone";
  EXPECT_EQ(world.domain("bad.google.com"), "");
  EXPECT_EQ(world.host("x.mail.example"),
            "allow: x.mail.example is under mail.example, on the allow list hosts.json:9");
  EXPECT_EQ(world.domain("x.mail.example").substr(0, 6), "allow:");
  EXPECT_EQ(world.host("example"), "") << "covers nothing";
  EXPECT_EQ(world.domain("example"),
            "allow: example covers mail.example, on the allow list hosts.json:9");
  EXPECT_EQ(world.url("http://example/"),
            "allow: example covers mail.example, on the allow list hosts.json:9");
}

TEST(allow_guard, protects_addresses) {
  const auto world = with_allowed();
  EXPECT_EQ(world.address("8.8.8.8"), "allow: 8.8.8.8 is 8.8.8.8, on the allow list top.txt:4");
  EXPECT_EQ(world.address("8.8.8.0/24"),
            "allow: 8.8.8.0/24 overlaps 8.8.8.8, on the allow list top.txt:4");
  EXPECT_EQ(world.address("8.8.8.9"), "");
  EXPECT_NE(world.url("http://8.8.8.8/"), "");
  EXPECT_EQ(world.url("http://8.8.8.8/page"), "");
}

TEST(row_guard, tells_which_records_of_a_row_break_the_rule) {
  const row_guard guard(canonical_forms(), {{entry("example.org", true)}, {}});
  const auto check = [&](std::string_view name, name_match match) {
    return *guard.check({}, {kind::host, std::string(name)}, match, true);
  };
  const auto both = check("www.example.org", name_match::both);
  EXPECT_TRUE(both.itself && both.below);
  const auto exact = check("example.org", name_match::exact);
  EXPECT_TRUE(exact.itself && !exact.below);
  const auto under = check("example.org", name_match::subdomains);
  EXPECT_TRUE(!under.itself && under.below);
  const auto above = check("org", name_match::both);
  EXPECT_TRUE(!above.itself && above.below);
}

TEST(row_guard, other_kinds_are_none_of_its_business) {
  const auto world = with_own();
  EXPECT_EQ(world.key(subject::sha256, std::string(64, 'a')), "");
  EXPECT_EQ(world.key(subject::text, "write to example.org now"), "");
  EXPECT_EQ(world.key(subject::category, "7"), "");
}

}  // namespace
}  // namespace repute::load::test
