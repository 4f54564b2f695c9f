// SPDX-License-Identifier: Apache-2.0
#include "recorded_rows.hpp"

namespace repute::load::test {
namespace {

recorded_rows read(feed_format format, std::string_view text) {
  return {text, spec_without_kind(format)};
}

constexpr std::string_view urlhaus =
    "################\r\n# URLhaus Database Dump (CSV - recent URLs only)\r\n#\r\n"
    "# id,dateadded,url,url_status,last_online,threat,tags,urlhaus_link,reporter\r\n"
    "\"1\",\"2026-02-26 12:05:20\",\"http://192.0.2.1:58801/i\",\"online\",\"\","
    "\"malware_download\",\"32-bit,elf\",\"https://u.example/1/\",\"r\"\r\n"
    "\"2\",\"2026-02-26 12:05:20\",\"http://a.example/a,b\"\"c\",\"offline\",\"\","
    "\"malware_download\",\"None\",\"https://u.example/2/\",\"r\"";

TEST(urlhaus_format, columns_are_named_by_a_comment) {
  const auto rows = read(feed_format::urlhaus, urlhaus);
  EXPECT_EQ(rows.problem(), "");
  EXPECT_EQ(rows.lines(), (lines{"5:27 http://192.0.2.1:58801/i|||malware_download: 32-bit,elf",
                                 "6:27 http://a.example/a,b\"c|||malware_download"}));
  EXPECT_EQ(kinds_of(rows), (lines{"url", "url"}));
}

TEST(urlhaus_format, a_file_without_the_names_is_refused) {
  EXPECT_EQ(read(feed_format::urlhaus, "\"1\",\"d\",\"http://a.example\"\n").problem(),
            "1:1 no header that names the column \"url\" before the first row");
  EXPECT_EQ(read(feed_format::urlhaus, "# nothing new\n").problem(),
            "1:1 no header that names the column \"url\" before the first row");
}

constexpr std::string_view bazaar =
    "# \"first_seen_utc\",\"sha256_hash\",\"md5_hash\",\"sha1_hash\",\"reporter\",\"file_name\","
    "\"file_type_guess\",\"mime_type\",\"signature\",\"clamav\",\"vtpercent\",\"imphash\"\n"
    "\"2026-01-01 00:00:00\", \"aa\", \"bb\", \"cc\", \"r\", \"a, b.exe\", \"exe\", "
    "\"application/x-dosexec\", \"Mirai\", \"n/a\", \"70.0\", \"n/a\", \"3:x,y\", \"T1\"\n"
    "\"2026-01-01 00:00:00\", \"dd\", \"n/a\", \"cc\", \"r\", \"c\", \"exe\", \"m\", \"n/a\"\n";

// The header names 12 of 14 columns; separators have a blank behind them.
TEST(malwarebazaar_format, takes_sha256_or_with_that_kind_md5) {
  const auto rows = read(feed_format::malwarebazaar, bazaar);
  EXPECT_EQ(rows.lines(), (lines{"2:24 aa|||Mirai", "3:24 dd"}));
  EXPECT_EQ(kinds_of(rows), (lines{"sha256", "sha256"}));
  feed_spec spec = spec_of(feed_format::malwarebazaar);
  spec.subject = subject::md5;
  EXPECT_EQ(recorded_rows(bazaar, spec).lines(), (lines{"2:30 bb|||Mirai", "3:30 "}));
}

constexpr std::string_view threatfox =
    "# \"first_seen_utc\",\"ioc_id\",\"ioc_value\",\"ioc_type\",\"threat_type\",\"fk_malware\","
    "\"malware_alias\",\"malware_printable\",\"last_seen_utc\",\"confidence_level\","
    "\"is_compromised\",\"reference\",\"tags\",\"anonymous\",\"reporter\"\n"
    "\"t\", \"1\", \"a.example\", \"domain\", \"botnet_cc\", \"js.x\", \"None\", \"X\", \"\", "
    "\"100\", "
    "\"False\", \"None\", \"tag\", \"0\", \"r\"\n"
    "\"t\", \"2\", \"192.0.2.1:443\", \"ip:port\", \"botnet_cc\", \"x\", \"None\", \"X\", \"\", "
    "\"75\", "
    "\"False\", \"None\", \"None\", \"0\", \"r\"\n"
    "\"t\", \"3\", \"[2001:db8::1]:80\", \"ip:port\", \"c\", \"x\", \"None\", \"None\", \"\", "
    "\"\", "
    "\"False\", \"None\", \"None\", \"0\", \"r\"\n"
    "\"t\", \"4\", \"aa\", \"sha1_hash\", \"c\", \"x\", \"None\", \"X\", \"\", \"50\", \"False\", "
    "\"None\", \"None\", \"0\", \"r\"\n"
    "\"t\", \"5\", \"bb\", \"md5_hash\", \"c\", \"x\", \"None\", \"X\", \"\", \"101\", \"False\", "
    "\"None\", \"None\", \"0\", \"r\"\n";

TEST(threatfox_format, each_row_says_its_kind_and_confidence) {
  const auto rows = read(feed_format::threatfox, threatfox);
  EXPECT_EQ(rows.lines(),
            (lines{"2:11 a.example|1000||botnet_cc: X, tag", "3:11 192.0.2.1|750||botnet_cc: X",
                   "4:11 2001:db8::1|||c", "6:11 bb|||c: X"}));
  EXPECT_EQ(kinds_of(rows), (lines{"domain", "ip", "ip", "md5"}));
  EXPECT_EQ(rows.skipped(), 1U);
}

// Cut at its last colon, or at none, it would list an address that nobody named.
TEST(threatfox_format, an_address_of_many_colons_needs_brackets) {
  const std::string header = "# id,ioc_value,ioc_type\n";
  EXPECT_EQ(
      read(feed_format::threatfox, header + "1,2001:db8::1:443,ip:port\n" +
                                       "2,[2001:db8::1:443,ip:port\n3,192.0.2.1,ip:port\n" +
                                       "4,[2001:db8::1],ip:port\n5,http://a:1/b:2,url\n")
          .lines(),
      (lines{"2:3 bad: an IPv6 address with a port stands in brackets", "3:3 [2001:db8::1:443",
             "4:3 192.0.2.1", "5:3 2001:db8::1", "6:3 http://a:1/b:2"}));
  EXPECT_EQ(read(feed_format::feodo, "# id,dst_ip,dst_port\n1,2001:db8::1,443\n").lines(),
            lines{"2:3 2001:db8::1"})
      << "its column holds no ports";
}

// Dumps from before "is_compromised" have 14 columns: only their names tell.
TEST(threatfox_format, older_dumps_have_fewer_columns) {
  EXPECT_EQ(read(feed_format::threatfox,
                 "# first_seen_utc,ioc_id,ioc_value,ioc_type,threat_type,fk_malware,malware_alias,"
                 "malware_printable,last_seen_utc,confidence_level,reference,tags,anonymous,"
                 "reporter\n\"t\",\"1\",\"http://a.example/\",\"url\",\"c\",\"f\",\"\",\"M\",\"\","
                 "\"10\",\"None\",\"g\",\"0\",\"r\"\n")
                .lines(),
            lines{"2:9 http://a.example/|100||c: M, g"});
}

TEST(threatfox_format, with_a_kind_only_its_rows_are_taken) {
  feed_spec spec = spec_of(feed_format::threatfox);
  spec.subject = subject::ip;
  const recorded_rows rows(threatfox, spec);
  EXPECT_EQ(rows.lines(), (lines{"3:11 192.0.2.1|750||botnet_cc: X", "4:11 2001:db8::1|||c"}));
  EXPECT_EQ(rows.skipped(), 3U);
}

TEST(feodo_format, with_a_header_in_a_comment_or_a_row) {
  const lines expected{"2:21 192.0.2.50|||Dridex"};
  EXPECT_EQ(read(feed_format::feodo,
                 "# first_seen_utc,dst_ip,dst_port,c2_status,last_online,malware\n"
                 "2024-01-15 10:30:00,192.0.2.50,443,online,2024-01-15,Dridex\n")
                .lines(),
            expected);
  EXPECT_EQ(read(feed_format::feodo,
                 "\"first_seen_utc\",\"dst_ip\",\"dst_port\",\"c2_status\",\"last_online\","
                 "\"malware\"\r\n2024-01-15 10:30:00,192.0.2.50,443,online,2024-01-15,Dridex\r\n")
                .lines(),
            expected);
}

TEST(phishtank_format, only_verified_pages_that_are_online) {
  const std::string header =
      "phish_id,url,phish_detail_url,submission_time,verified,verification_time,online,target\n";
  const auto rows =
      read(feed_format::phishtank, header + "1,\"http://a.example/a,b\",d,t,yes,t,yes,Bank\n" +
                                       "2,http://b.example/,d,t,no,t,yes,Other\n" +
                                       "3,http://c.example/,d,t,yes,t,no,Other\n" + header +
                                       "4,http://d.example/,d,t,Yes,t,YES,\n");
  EXPECT_EQ(rows.lines(), (lines{"2:3 http://a.example/a,b|||Bank", "6:3 http://d.example/"}));
  EXPECT_EQ(rows.skipped(), 2U);
}

// Without "verified" and "online" every page would be taken, without "ioc_type" as anything.
TEST(published_csv, headers_without_the_deciding_columns_are_none) {
  EXPECT_NE(read(feed_format::phishtank, "phish_id,url,target\n1,http://a.example/,x\n").problem(),
            "");
  EXPECT_NE(read(feed_format::threatfox, "# id,ioc_value,tags\n1,a.example,x\n").problem(), "");
}

TEST(published_csv, short_and_broken_rows_are_bad_rows) {
  EXPECT_EQ(read(feed_format::feodo,
                 "# first_seen_utc,dst_ip,dst_port\n2024\n\"x\"y,z\n2024,192.0.2.1\n\"open\n")
                .lines(),
            (lines{"2:1 bad: only 1 columns", "3:4 bad: text after a closing quote",
                   "4:6 192.0.2.1", "5:1 bad: a quoted field that does not end"}));
}

TEST(published_csv, a_forgotten_quote_swallows_no_good_rows) {
  EXPECT_EQ(read(feed_format::feodo,
                 "# first_seen_utc,dst_ip,dst_port\n1,\"192.0.2.1,443\n2,192.0.2.2,443\n\",x,y\n")
                .lines(),
            (lines{"2:3 bad: a key with a line end in it", "3:3 192.0.2.2",
                   "4:1 bad: a quoted field that does not end"}));
}

TEST(nsrl_format, version_2_in_both_orders_of_columns) {
  feed_spec spec = spec_of(feed_format::nsrl);
  spec.subject = subject::md5;
  EXPECT_EQ(recorded_rows("\"SHA-1\",\"MD5\",\"CRC32\",\"FileName\",\"FileSize\",\"ProductCode\","
                          "\"OpSystemCode\",\"SpecialCode\"\n"
                          "\"AA\",\"BB\",\"CC\",\".text,x\",33,219181,\"362\",\"\"\n",
                          spec)
                .lines(),
            lines{"2:6 BB"});
  EXPECT_EQ(recorded_rows("\"SHA-1\",\"FileName\",\"FileSize\",\"ProductCode\",\"OpSystemCode\","
                          "\"MD4\",\"MD5\",\"CRC32\",\"SpecialCode\"\n"
                          "\"AA\",\"n\",1,2,\"3\",\"DD\",\"BB\",\"CC\",\"\"\n",
                          spec)
                .lines(),
            lines{"2:23 BB"});
  EXPECT_EQ(read(feed_format::nsrl, "\"SHA-1\",\"MD5\"\n").problem().substr(0, 32),
            "1:1 version 2 of the NSRL has no");
}

}  // namespace
}  // namespace repute::load::test
