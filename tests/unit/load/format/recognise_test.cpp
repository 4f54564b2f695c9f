// SPDX-License-Identifier: Apache-2.0
#include "recorded_rows.hpp"

namespace repute::load::test {
namespace {

std::string_view format_of(std::string_view head) {
  return word(recognise(head));
}

TEST(recognise, lists) {
  for (const std::string_view list :
       {"", "\n", "# only a comment\n", "a.example\nb.example\n", "192.0.2.1\n192.0.2.0/24\n",
        "192.0.2.1 # seen\n", "2001:db8::1\n", "a@b.example\n",
        "d41d8cd98f00b204e9800998ecf8427e\n", "; c\n!a.example\n", "free money now\nclick here\n",
        "a.example\nhttp://b.example/\n"}) {
    EXPECT_EQ(format_of(list), "list") << list;
  }
}

TEST(recognise, tables) {
  EXPECT_EQ(format_of("# c\ndomain,score\na.example,1\nb.example,2\n"), "csv");
  EXPECT_EQ(format_of("a,\"x,y\"\nb,z\n"), "csv");
  EXPECT_EQ(format_of("a.example\t1\nb.example\t2\n"), "tsv");
  EXPECT_EQ(format_of("one, two\nthree\n"), "list");
}

TEST(recognise, hosts_files) {
  EXPECT_EQ(format_of("# c\n127.0.0.1 localhost\n::1 localhost\n0.0.0.0 a.example\n"), "hosts");
  EXPECT_EQ(format_of("0.0.0.0\ta.example b.example # c\r\n"), "hosts");
}

// The head of many published files.
TEST(recognise, hosts_files_that_begin_with_the_machine_s_own_names) {
  const std::string head =
      "# c\n127.0.0.1 localhost\n127.0.0.1 localhost.localdomain\n127.0.0.1 local\n"
      "255.255.255.255 broadcasthost\n::1 localhost\n::1 ip6-localhost\n::1 ip6-loopback\n"
      "fe80::1%lo0 localhost\nff00::0 ip6-localnet\nff00::0 ip6-mcastprefix\n"
      "ff02::1 ip6-allnodes\nff02::2 ip6-allrouters\nff02::3 ip6-allhosts\n0.0.0.0 0.0.0.0\n\n"
      "0.0.0.0 a.example\n";
  EXPECT_EQ(format_of(head), "hosts");
  EXPECT_EQ(recorded_rows(head, spec_without_kind(feed_format::automatic)).lines(),
            lines{"17:9 a.example"});
  EXPECT_EQ(format_of("0.0.0.0/8 a.example\n"), "list") << "no address of a host";
}

TEST(recognise, rbldnsd) {
  EXPECT_EQ(format_of("$SOA 1w a b 0 1 1 1 1\n:127.0.0.2:Listed\n192.0.2.1\n"), "ip4set");
  EXPECT_EQ(format_of(":2:Listed $\n192.0.2.1\n192.0.2.4-9\n"), "ip4set");
  EXPECT_EQ(format_of("192.0.2.1-9\n192.0.2.20\n"), "ip4set");
  EXPECT_EQ(format_of("$TIMESTAMP 2026:01:31 +1d\n2001:db8::/32\n"), "ip6trie");
  EXPECT_EQ(format_of(":127.0.0.2:x\n.a.example\nb.example\n"), "dnset");
  EXPECT_EQ(format_of(".a.example\n*.b.example\nc.example\n"), "dnset");
  EXPECT_EQ(format_of("# c\n$NS 1w a\n$DATASET ip4set x\n"), "combined");
}

TEST(recognise, published_lists) {
  EXPECT_EQ(format_of("; Spamhaus DROP List\n192.0.2.0/24 ; SBL1\n"), "drop");
  EXPECT_EQ(format_of("{\"cidr\":\"192.0.2.0/24\",\"sblid\":\"SBL1\",\"rir\":\"x\"}\n"), "drop");
  EXPECT_EQ(format_of("#\n# id,dateadded,url,url_status,last_online,threat,tags,urlhaus_link,"
                      "reporter\n"),
            "urlhaus");
  EXPECT_EQ(format_of("# \"first_seen_utc\",\"sha256_hash\",\"md5_hash\"\n"), "malwarebazaar");
  EXPECT_EQ(format_of("# \"first_seen_utc\",\"ioc_id\",\"ioc_value\",\"ioc_type\"\n"), "threatfox");
  EXPECT_EQ(format_of("first_seen_utc,dst_ip,dst_port,c2_status,last_online,malware\n"), "feodo");
  EXPECT_EQ(format_of("phish_id,url,phish_detail_url,submission_time,verified,verification_time,"
                      "online,target\n"),
            "phishtank");
  EXPECT_EQ(format_of("http://a.example/x\r\nhttps://b.example/\r\n"), "openphish");
  EXPECT_EQ(format_of("[Adblock Plus 2.0]\n! Title\n"), "adblock");
  EXPECT_EQ(format_of("! Title\n||a.example^\n"), "adblock");
  EXPECT_EQ(format_of("$TTL 60\n@ IN SOA a. b. 1 2 3 4 5\n  NS a.\nbad.example CNAME .\n"), "rpz");
  EXPECT_EQ(format_of("$ORIGIN rpz.example.\nbad.example CNAME .\nx A 192.0.2.1\ny A 192.0.2.1\n"),
            "rpz");
  EXPECT_EQ(format_of("\"SHA-1\",\"MD5\",\"CRC32\",\"FileName\",\"SpecialCode\"\n"), "nsrl");
  EXPECT_EQ(format_of(std::string_view("SQLite format 3\0\x10", 17)), "nsrl");
}

TEST(recognise, json) {
  EXPECT_EQ(format_of("{\"name\": \"n\", \"type\": \"cidr\", \"list\": [\"192.0.2.0/24\"]}"),
            "misp");
  EXPECT_EQ(format_of("{\n \"list\": [\n" + std::string(std::size_t{70} << 10, ' ')), "misp");
  EXPECT_EQ(format_of("{\"Event\": {\"info\": \"x\", \"Attribute\": []}}"), "misp_event");
  EXPECT_EQ(format_of(" \n{\"type\": \"bundle\", \"id\": \"b\", \"objects\": []}"), "stix");
  EXPECT_EQ(format_of("{\"k\": \"a\"}\n{\"k\": \"b\"}\n"), "jsonl");
}

// What a publisher's server leaves behind the document makes it no lines.
TEST(recognise, blank_lines_behind_a_document_do_not_count) {
  const std::string event = "{\"Event\": {\"info\": \"x\", \"Attribute\": []}}";
  for (const std::string_view blank : {"\n", "\n\n", "\r\n\r\n", "\n \n\t\n"}) {
    EXPECT_EQ(format_of(event + std::string(blank)), "misp_event") << blank;
  }
  EXPECT_EQ(format_of("{\"k\": \"a\"}\n\n{\"k\": \"b\"}\n"), "jsonl");
}

TEST(recognise, half_a_line_at_the_end_of_the_head_is_not_looked_at) {
  std::string text;
  while (text.size() < std::size_t{64} << 10) {
    text += "http://long.example/0123456789\n";
  }
  text.resize((std::size_t{64} << 10) - 4);
  text += "\nhtt";
  EXPECT_EQ(format_of(text), "openphish");
}

TEST(auto_format, reads_what_it_recognised_and_says_so) {
  feed_spec spec = spec_without_kind(feed_format::automatic);
  const recorded_rows rows("||a.example^\n", spec);
  EXPECT_EQ(rows.lines(), lines{"1:3 a.example"});
  EXPECT_EQ(rows.format(), feed_format::adblock);
  EXPECT_EQ(recorded_rows("a.example\n", spec_of(feed_format::automatic)).lines(),
            lines{"1:1 a.example"});
}

TEST(auto_format, the_header_row_of_a_table_is_no_key) {
  feed_spec spec = spec_of(feed_format::automatic);
  EXPECT_EQ(recorded_rows("# c\nDomain,Malware\na.example,x\n", spec).lines(),
            lines{"3:1 a.example"});
  EXPECT_EQ(recorded_rows("a.example\t3\nb.example\t4\n", spec).lines(),
            (lines{"1:1 a.example", "2:1 b.example"}));
  spec.key_column = std::uint32_t{2};
  EXPECT_EQ(recorded_rows("id,name\n1,a.example\n", spec).lines(), lines{"2:3 a.example"});
  spec.subject = subject::md5;
  EXPECT_EQ(recorded_rows("id,md5\n1,d41d8cd98f00b204e9800998ecf8427e\n", spec).lines(),
            lines{"2:3 d41d8cd98f00b204e9800998ecf8427e"});
}

TEST(auto_format, a_list_needs_a_kind_and_kinds_must_fit) {
  EXPECT_EQ(recorded_rows("a.example\n", spec_without_kind(feed_format::automatic)).problem(),
            "1:1 recognised as \"list\", whose feed must say a kind");
  EXPECT_EQ(recorded_rows("http://a.example/\n", spec_of(feed_format::automatic)).problem(),
            "1:1 recognised as \"openphish\": format \"openphish\" holds other keys: kind must be "
            "\"url\"");
  EXPECT_EQ(recorded_rows("{\"k\": 1}\n{\"k\": 2}\n", spec_of(feed_format::automatic)).problem(),
            "1:1 recognised as \"jsonl\": the columns of jsonl are names of members, and "
            "columns.key is needed");
}

}  // namespace
}  // namespace repute::load::test
