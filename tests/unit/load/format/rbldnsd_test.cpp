// SPDX-License-Identifier: Apache-2.0
#include "recorded_rows.hpp"

namespace repute::load::test {
namespace {

recorded_rows read(feed_format format, std::string_view text) {
  return {text, spec_without_kind(format)};
}
lines ip4set(std::string_view text) {
  return read(feed_format::ip4set, text).lines();
}

TEST(rbldnsd_format, addresses_networks_and_partial_addresses) {
  EXPECT_EQ(ip4set("192.0.2.1\n 192.0.2.0/25\n192.0.2\n127.16/12\n127/8\n010.1.2.3\n"),
            (lines{"1:1 192.0.2.1", "2:2 192.0.2.0/25", "3:1 192.0.2.0/24", "4:1 127.16.0.0/12",
                   "5:1 127.0.0.0/8", "6:1 10.1.2.3"}));
  // One octet alone may be a mistake for anything.
  for (const std::string bad :
       {"127", "192.0.2.256", "192.0.2.1.5", "192.0.2.", ".1", "192.0.2.0/33", "192.0.2.0/",
        "192.0.2.9-3", "192.0.2.1-", "a.example", "1.2.3.4/24/3", "192.0.2.1x"}) {
    EXPECT_EQ(ip4set(bad), lines{"1:1 bad: not an IPv4 address, network or range"}) << bad;
  }
  // Bits behind the prefix are the compiler's to refuse.
  EXPECT_EQ(ip4set("127.2.3.4/24\n"), lines{"1:1 127.2.3.4/24"});
}

TEST(rbldnsd_format, ranges_become_the_fewest_networks) {
  EXPECT_EQ(ip4set("192.0.2.0-255\n192.0.2.0-192.0.2.127\n127.16-31\n127.16.0-31\n"
                   "127.16-127.31\n127.16.0.0-127.31.255.255\n127-127.0.0\n"),
            (lines{"1:1 192.0.2.0/24", "2:1 192.0.2.0/25", "3:1 127.16.0.0/12", "4:1 127.16.0.0/19",
                   "5:1 127.16.0.0/12", "6:1 127.16.0.0/12", "7:1 127.0.0.0/24"}));
  EXPECT_EQ(ip4set("127.0.0.1-6"),
            (lines{"1:1 127.0.0.1", "1:1 127.0.0.2/31", "1:1 127.0.0.4/31", "1:1 127.0.0.6"}));
  EXPECT_EQ(ip4set("0.0.0.0-255.255.255.255"), lines{"1:1 0.0.0.0/0"});
  EXPECT_EQ(ip4set("255.255.255.254-255.255.255.255"), lines{"1:1 255.255.255.254/31"});
  EXPECT_EQ(ip4set("0.0.0.1-255.255.255.254").size(), 62U);
  EXPECT_EQ(read(feed_format::ip4trie, "192.0.2.0-255\n192.0.2.0/24\n").lines(),
            (lines{"1:1 bad: not an IPv4 address, network or range", "2:1 192.0.2.0/24"}))
      << "a trie knows no ranges";
}

TEST(rbldnsd_format, values_and_their_defaults) {
  EXPECT_EQ(
      ip4set(":127.0.0.2:IP address $ is listed\n127.0.0.4\n127.0.0.5 :5\n127.0.0.6 :6:\n"
             "127.0.0.7 IP address $ running an open relay\n127.0.0.8:8:own\n"
             "127/8 ; loopback\n127.0.0.9 # why\n127.0.0.10 ::no address\n"),
      (lines{"2:1 127.0.0.4|||IP address 127.0.0.4 is listed",
             "3:1 127.0.0.5|||IP address 127.0.0.5 is listed", "4:1 127.0.0.6|||127.0.0.6",
             "5:1 127.0.0.7|||IP address 127.0.0.7 running an open relay", "6:1 127.0.0.8|||own",
             "7:1 127.0.0.0/8|||IP address 127.0.0.0/8 is listed",
             "8:1 127.0.0.9|||IP address 127.0.0.9 is listed", "9:1 127.0.0.10|||no address"}));
  EXPECT_EQ(ip4set(":x:text\n192.0.2.1 :999:t\n192.0.2.2\n"),
            (lines{"1:1 bad: no address between the colons",
                   "2:10 bad: no address between the colons", "3:1 192.0.2.2"}));
}

TEST(rbldnsd_format, variables_and_the_base_template) {
  EXPECT_EQ(ip4set("$1 See http://www.example.com/bl\n$2 for details\n#$1 ignored\n"
                   "127.0.0.2  $1/spammer/$ $2\n127.0.0.4  wants some $$$$.  $1/$\n"),
            (lines{"4:1 127.0.0.2|||See http://www.example.com/bl/spammer/127.0.0.2 for details",
                   "5:1 127.0.0.4|||wants some $$.  See http://www.example.com/bl/127.0.0.4"}));
  EXPECT_EQ(
      ip4set("$= See http://www.example.com/bl?$= ($) for details\n127.0.0.2\tr123\n"
             "127.0.0.3\n127.0.0.4\t=See other lists about $\n"),
      (lines{"2:1 127.0.0.2|||See http://www.example.com/bl?r123 (127.0.0.2) for details",
             "3:1 127.0.0.3|||See http://www.example.com/bl?127.0.0.3 (127.0.0.3) for details",
             "4:1 127.0.0.4|||See other lists about 127.0.0.4"}));
}

TEST(rbldnsd_format, templates_cannot_grow_without_bound) {
  std::string base = "$= ";
  for (int i = 0; i < 10000; ++i) {
    base += "$=";
  }
  const auto rows = ip4set(base + "\n192.0.2.1 " + std::string(4000, 'x') + "\n");
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_LE(rows[0].size(), 1024U + 40U);
}

TEST(rbldnsd_format, exclusions_and_comments) {
  EXPECT_EQ(ip4set("# c\n; c\n\n  # c\n192.0.2.0/24\n!192.0.2.10\n! 192.0.2.11 :3:text\n"),
            (lines{"5:1 192.0.2.0/24", "6:2 !192.0.2.10", "7:3 !192.0.2.11"}));
}

TEST(rbldnsd_format, special_entries) {
  EXPECT_EQ(ip4set("$SOA 1w ns.example admin.example 0 2h 2h 1w 1h\n$NS 1w ns1.example\n$TTL 35m\n"
                   ";$TTL 1h\n:$TTL 1h\n#$Id: made by hand $\n$nameserver 0 a\n192.0.2.1\n"),
            lines{"8:1 192.0.2.1"});
  EXPECT_EQ(ip4set("$FOO bar\n$DATASET ip4set x\n"),
            (lines{"1:1 bad: unknown special entry \"$FOO\"",
                   "2:1 bad: unknown special entry \"$DATASET\""}));
}

TEST(rbldnsd_format, time_stamps_and_expiry) {
  const auto relative =
      read(feed_format::ip4set, "$TIMESTAMP 2026:01:31:00:00:00 +1d\n192.0.2.1\n");
  EXPECT_EQ(relative.lines(), lines{"2:1 192.0.2.1||1769904000|"});
  EXPECT_EQ(relative.begins(), lines{"2026-01-31 00:00:00"});
  EXPECT_EQ(ip4set("$TIMESTAMP 20260131 2026-02-01-12\n192.0.2.1\n"),
            lines{"2:1 192.0.2.1||2026-02-01 12:00:00|"});
  EXPECT_EQ(ip4set("$TIMESTAMP 0 -\n192.0.2.1\n"), lines{"2:1 192.0.2.1"});
  EXPECT_EQ(ip4set("$TIMESTAMP 2026:13:31\n$TIMESTAMP 0 +1d\n$TIMESTAMP 2026:01:31 soon\n"),
            (lines{"1:1 bad: a time stamp that is no time", "2:14 bad: an expiry that is no time",
                   "3:23 bad: an expiry that is no time"}));
}

TEST(rbldnsd_format, the_largest_range_can_only_shrink) {
  EXPECT_EQ(ip4set("$MAXRANGE4 /24\n192.0.2.0/24\n192.0.0.0/23\n$MAXRANGE4 4\n$MAXRANGE4 /8\n"
                   "192.0.2.0-3\n192.0.2.0-4\n$MAXRANGE4 x\n$MAXRANGE4 0\n$MAXRANGE4 /33\n"),
            (lines{"2:1 192.0.2.0/24", "3:1 bad: more than the 256 addresses of $MAXRANGE4",
                   "6:1 192.0.2.0/30", "7:1 bad: more than the 4 addresses of $MAXRANGE4",
                   "8:1 bad: $MAXRANGE4 is a number of addresses or a prefix length",
                   "9:1 bad: $MAXRANGE4 is a number of addresses or a prefix length",
                   "10:1 bad: $MAXRANGE4 is a number of addresses or a prefix length"}));
}

TEST(rbldnsd_format, ip6_networks) {
  EXPECT_EQ(
      read(feed_format::ip6trie,
           ":127.0.1.2: Listed, see http://example.com/lookup?$\n2001:db8:c000/36\n"
           "2001:db8:def7:4242 :127.0.1.3: This one\n2605:6001:42::/52\n"
           "::1                   # localhost\n!2605:6001:42::bead   # exclusion\n"
           "2001:db8:1:2:3:4:5:6 :2:\n")
          .lines(),
      (lines{"2:1 2001:db8:c000::/36|||Listed, see http://example.com/lookup?2001:db8:c000::/36",
             "3:1 2001:db8:def7:4242::/64|||This one",
             "4:1 2605:6001:42::/52|||Listed, see http://example.com/lookup?2605:6001:42::/52",
             "5:1 ::1|||Listed, see http://example.com/lookup?::1", "6:2 !2605:6001:42::bead",
             "7:1 2001:db8:1:2:3:4:5:6|||127.0.0.2"}));
  for (const std::string bad : {"2001", "192.0.2.1", "x::1", "2001:db8:1:2:3:4:5:6:7", "2001:"}) {
    EXPECT_EQ(read(feed_format::ip6trie, bad).lines(),
              lines{"1:1 bad: not an IPv6 address or network"})
        << bad;
  }
}

TEST(rbldnsd_format, names_and_wildcards) {
  const auto rows = read(feed_format::dnset,
                         ":2:Listed: $\nexample.com\n*.example.net\n.example.org own $\n"
                         "!ok.example.org\n!.fine.example.org\n");
  EXPECT_EQ(
      rows.lines(),
      (lines{"2:1 example.com|||Listed: example.com", "3:1 example.net|||Listed: example.net",
             "4:1 example.org|||own example.org", "5:2 !ok.example.org", "6:2 !fine.example.org"}));
  EXPECT_EQ(kinds_of(rows), (lines{"domain exact", "domain subdomains", "domain both",
                                   "domain exact", "domain both"}));
}

TEST(rbldnsd_format, hash_zones_are_dnsets_of_digests) {
  feed_spec spec = spec_of(feed_format::dnset);
  spec.subject = subject::md5;
  const recorded_rows rows("d41d8cd98f00b204e9800998ecf8427e :4:\n", spec);
  EXPECT_EQ(rows.lines(), lines{"1:1 d41d8cd98f00b204e9800998ecf8427e|||127.0.0.4"});
  EXPECT_EQ(kinds_of(rows), lines{"- exact"});
}

constexpr std::string_view combined =
    "# common\n$NS 1w ns1.ex.com\n$1 shared\n"
    "$DATASET ip4set:proxy proxies @\n:2:Open proxy $1 $\n192.0.2.2\n"
    "$DATASET dnset:names @ # more\n.bad.example $1\n$1 own\n"
    "$DATASET generic:common proxies\n@ A 192.0.2.8\nwww A 192.0.2.8\n"
    "$DATASET ip6trie x\n2001:db8::/32\n";

TEST(rbldnsd_format, a_combined_file_holds_several_datasets) {
  const auto rows = read(feed_format::combined, combined);
  EXPECT_EQ(rows.lines(), (lines{"6:1 192.0.2.2|||Open proxy shared 192.0.2.2",
                                 "8:1 bad.example|||shared", "14:1 2001:db8::/32"}));
  EXPECT_EQ(kinds_of(rows), (lines{"ip", "domain both", "ip"}));
  EXPECT_EQ(rows.skipped(), 2U) << "records of the zone itself";
}

TEST(rbldnsd_format, a_kind_takes_its_part_of_a_combined_file) {
  feed_spec spec = spec_of(feed_format::combined);
  spec.subject = subject::domain;
  const recorded_rows rows(combined, spec);
  EXPECT_EQ(rows.lines(), lines{"8:1 bad.example|||shared"});
  EXPECT_EQ(rows.skipped(), 4U);
}

TEST(rbldnsd_format, what_stands_outside_of_a_dataset_is_a_bad_row) {
  EXPECT_EQ(read(feed_format::combined, "192.0.2.1\n$DATASET acl2 x\n192.0.2.3\n").lines(),
            (lines{"1:1 bad: an entry before the first $DATASET",
                   "2:1 bad: unknown dataset type \"acl2\""}));
}

}  // namespace
}  // namespace repute::load::test
