// SPDX-License-Identifier: Apache-2.0
// Spamhaus DROP, adblock lists, OpenPhish and response policy zones.
#include "recorded_rows.hpp"

namespace repute::load::test {
namespace {

recorded_rows read(feed_format format, std::string_view text) {
  return {text, spec_without_kind(format)};
}

TEST(drop_format, text_and_json_lines) {
  const auto text = read(feed_format::drop,
                         "; Spamhaus DROP List\n; Expires: soon\n192.0.2.0/24 ; SBL1\n"
                         "198.51.100.0/24;SBL2\r\n\n203.0.113.0/24\nAS64496 ; somebody\n");
  EXPECT_EQ(text.lines(),
            (lines{"3:1 192.0.2.0/24|||SBL1", "4:1 198.51.100.0/24|||SBL2", "6:1 203.0.113.0/24"}));
  EXPECT_EQ(text.skipped(), 1U);
  const auto json = read(feed_format::drop,
                         R"({"cidr":"192.0.2.0/24","sblid":"SBL1","rir":"apnic"}
{"cidr":"2001:db8::/32","sblid":"SBL2"}
{"asn":64496,"rir":"x","domain":"d","cc":"DE","asname":"n"}
{"cidr":"192.0.2.0/24","sblid":"SBL1","rir":"apnic"}
{"type":"metadata","timestamp":1790072042,"size":104461,"records":2,"copyright":"C"}
)");
  EXPECT_EQ(json.lines(), (lines{"1:9 192.0.2.0/24|||SBL1", "2:9 2001:db8::/32|||SBL2",
                                 "4:9 192.0.2.0/24|||SBL1"}));
  EXPECT_EQ(json.skipped(), 2U);
  EXPECT_EQ(kinds_of(json), (lines{"ip", "ip", "ip"}));
}

TEST(drop_format, broken_lines_are_bad_rows) {
  EXPECT_EQ(read(feed_format::drop,
                 "{\"cidr\":\"192.0.2.0/24\"\n{\"rir\":\"x\"}\n"
                 "{\"cidr\":[\"a\"]}\n{\"cidr\":\"a\"} x\n{}\n")
                .lines()
                .size(),
            5U);
  const auto rows = read(feed_format::drop, "{\"rir\":\"x\"}\n{\"cidr\":[\"a\"]}\n").lines();
  EXPECT_EQ(rows,
            (lines{"1:1 bad: no \"cidr\" in it", "2:9 bad: \"cidr\" is no text and no number"}));
}

TEST(adblock_format, only_rules_about_whole_hosts_are_taken) {
  const auto rows = read(feed_format::adblock,
                         "[Adblock Plus 2.0]\n! Title: list\n# comment\n||bad.example^\n"
                         "@@||ok.bad.example^\n||192.0.2.7^\n||pipe.example^|\n\n"
                         "||bad.example^$third-party\n||bad.example/path^\n||*.bad.example^\n"
                         "bad.example##.banner\n##.ad\nexample.com\n/ads/*\n||unended.example\n");
  EXPECT_EQ(rows.lines(),
            (lines{"4:3 bad.example", "5:5 !ok.bad.example", "6:3 192.0.2.7", "7:3 pipe.example"}));
  EXPECT_EQ(kinds_of(rows), (lines{"domain both", "domain both", "ip", "domain both"}));
  EXPECT_EQ(rows.skipped(), 8U);
}

TEST(openphish_format, one_url_a_line) {
  const auto rows =
      read(feed_format::openphish, "http://a.example/x#y\r\n# c\nhttps://b.example\n");
  EXPECT_EQ(rows.lines(), (lines{"1:1 http://a.example/x#y", "3:1 https://b.example"}));
  EXPECT_EQ(kinds_of(rows), (lines{"url", "url"}));
}

TEST(rpz_format, triggers_and_actions) {
  const auto rows = read(feed_format::rpz,
                         "$TTL 1h\n@ IN SOA ns.example. admin.example. (1 ; serial\n 2 3\n 4 5)\n"
                         "  NS ns.example.\nbad.example CNAME .\n*.bad.example 300 IN CNAME .\n"
                         "ok.bad.example CNAME rpz-passthru.\nnodata.example IN 60 CNAME *.\n"
                         "slow.example CNAME rpz-tcp-only.\ndrop.example CNAME rpz-drop.\n"
                         "wall.example A 192.0.2.1\n   AAAA 2001:db8::1\n"
                         "old.example CNAME old.example.\n");
  EXPECT_EQ(rows.lines(),
            (lines{"6:1 bad.example|||NXDOMAIN", "7:1 bad.example|||NXDOMAIN",
                   "8:1 !ok.bad.example", "9:1 nodata.example|||NODATA",
                   "11:1 drop.example|||dropped", "12:1 wall.example|||answered with other data",
                   "13:1 wall.example|||answered with other data", "14:1 !old.example"}));
  EXPECT_EQ(kinds_of(rows)[0], "domain exact");
  EXPECT_EQ(kinds_of(rows)[1], "domain subdomains");
  EXPECT_EQ(rows.skipped(), 1U) << "rpz-tcp-only lists nothing";
}

TEST(rpz_format, addresses_are_written_backwards) {
  const auto rows = read(feed_format::rpz,
                         "24.0.2.0.192.rpz-ip CNAME .\n48.zz.db8.2001.rpz-ip CNAME .\n"
                         "128.1.zz.db8.2001.rpz-ip CNAME .\n128.1.zz.rpz-ip CNAME rpz-passthru.\n"
                         "128.8.7.6.5.4.3.2.1.rpz-ip CNAME .\nx.rpz-ip CNAME .\n"
                         "32.1.2.0.192.rpz-client-ip CNAME .\n32.1.2.0.192.rpz-nsip CNAME .\n"
                         "ns.bad.example.rpz-nsdname CNAME .\n");
  EXPECT_EQ(rows.lines(), (lines{"1:1 192.0.2.0/24|||NXDOMAIN", "2:1 2001:db8::/48|||NXDOMAIN",
                                 "3:1 2001:db8::1/128|||NXDOMAIN", "4:1 !::1/128",
                                 "5:1 1:2:3:4:5:6:7:8/128|||NXDOMAIN",
                                 "6:1 bad: not a network in the form of rpz-ip"}));
  EXPECT_EQ(kinds_of(rows)[0], "ip");
  EXPECT_EQ(rows.skipped(), 3U);
}

// As in a file with $ORIGIN, and as a zone transfer prints it.
TEST(rpz_format, names_are_relative_to_the_zone) {
  EXPECT_EQ(read(feed_format::rpz,
                 "$ORIGIN rpz.example.\n@ SOA a. b. 1 2 3 4 5\nbad.example CNAME .\n"
                 "worse.example.rpz.example. CNAME .\n@ A 192.0.2.1\nelsewhere. CNAME .\n"
                 "$ORIGIN com.rpz.example.\nevil CNAME .\n")
                .lines(),
            (lines{"3:1 bad.example|||NXDOMAIN", "4:1 worse.example|||NXDOMAIN",
                   "6:1 bad: a name outside of the zone rpz.example", "8:1 evil.com|||NXDOMAIN"}));
  EXPECT_EQ(read(feed_format::rpz,
                 "rpz.example.\t60\tIN\tSOA\ta. b. 1 2 3 4 5\n"
                 "*.bad.example.rpz.example.\t60\tIN\tCNAME\t.\n"
                 "rpz.example.\t60\tIN\tSOA\ta. b. 1 2 3 4 5\n")
                .lines(),
            lines{"2:1 bad.example|||NXDOMAIN"});
}

TEST(rpz_format, what_is_no_record_is_a_bad_row) {
  EXPECT_EQ(read(feed_format::rpz,
                 "  CNAME .\nx.example\ny.example CNAME\n$INCLUDE more\n\"unended CNAME .\n"
                 "z.example TXT \"a ; b\" ; c\nv.example SOA ( 1\n")
                .lines(),
            (lines{"1:1 bad: a record without a name before it", "2:1 bad: a record without a type",
                   "3:1 bad: a record without data", "4:1 bad: \"$INCLUDE\" is not followed",
                   "5:1 bad: a record without a type", "6:1 z.example|||answered with other data",
                   "7:1 bad: a parenthesis that does not close"}));
}

// "Do nothing" as it was written before version 2 of the draft: the trigger itself is the target.
TEST(rpz_format, a_target_that_is_the_trigger_is_an_exclusion) {
  EXPECT_EQ(read(feed_format::rpz,
                 "$ORIGIN rpz.local.\nok.bad.example CNAME ok.bad.example.\n"
                 "32.7.2.0.192.rpz-ip CNAME 32.7.2.0.192.\n"
                 "32.8.2.0.192.rpz-ip CNAME 32.8.2.0.192.rpz-ip.\n"
                 "full.example CNAME full.example.rpz.local.\n"
                 "other.example CNAME ok.bad.example.\n")
                .lines(),
            (lines{"2:1 !ok.bad.example", "3:1 !192.0.2.7/32", "4:1 !192.0.2.8/32",
                   "5:1 !full.example", "6:1 other.example|||answered with other data"}));
}

TEST(rpz_format, a_parenthesis_that_does_not_close_costs_one_line) {
  EXPECT_EQ(
      read(feed_format::rpz, "a.example CNAME ( .\nb.example CNAME .\nc.example A (\n").lines(),
      (lines{"1:1 bad: a parenthesis that does not close", "2:1 b.example|||NXDOMAIN",
             "3:1 bad: a parenthesis that does not close"}));
  std::string text = "a.example CNAME ( .\n";
  lines expected{"1:1 bad: a parenthesis that does not close"};
  for (int i = 2; i < 1000; ++i) {
    text += "b.example CNAME .\n";
    expected.push_back(std::to_string(i) + ":1 b.example|||NXDOMAIN");
  }
  EXPECT_EQ(read(feed_format::rpz, text).lines(), expected);
  const std::string wide = "; " + std::string(row_bytes_max / 2, 'c') + "\n";
  const auto rows =
      read(feed_format::rpz, "a.example CNAME ( .\n" + wide + wide + "b.example CNAME . )\n");
  EXPECT_EQ(rows.lines(),
            (lines{"1:1 bad: a parenthesis that does not close", "4:1 b.example|||NXDOMAIN"}));
  EXPECT_EQ(rows.originals()[0], "a.example CNAME ( .");
}

}  // namespace
}  // namespace repute::load::test
