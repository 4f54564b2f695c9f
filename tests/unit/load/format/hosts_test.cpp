// SPDX-License-Identifier: Apache-2.0
#include "recorded_rows.hpp"

namespace repute::load::test {
namespace {

lines read(std::string_view text) {
  return read_as(feed_format::hosts, text);
}

TEST(hosts_format, every_name_is_a_row_with_its_place) {
  EXPECT_EQ(read("0.0.0.0 a.example b.example\n::  c.example#d\n\t127.0.0.1\te.example # f\n"),
            (lines{"1:9 a.example", "1:19 b.example", "2:5 c.example", "3:12 e.example"}));
}

// The head of many published files: none of it is a bad row, none of it a listing.
TEST(hosts_format, the_machine_s_own_names_are_skipped) {
  EXPECT_EQ(
      read("127.0.0.1 localhost localhost.localdomain local\n255.255.255.255 broadcasthost\n"
           "::1 ip6-localhost ip6-loopback\nfe80::1%lo0 localhost\nff00::0 ip6-mcastprefix\n"
           "fe00::0 ip6-localnet\nff02::1 ip6-allnodes\nff02::2 ip6-allrouters\n"
           "ff02::3 ip6-allhosts\n0.0.0.0 0.0.0.0\n127.0.0.1 LocalHost\n0.0.0.0 x localhost y\n"),
      (lines{"12:9 x", "12:21 y"}));
}

TEST(hosts_format, what_does_not_begin_with_an_address_is_a_bad_row) {
  EXPECT_EQ(read("a.example\n0.0.0.0\n 0.0.0.0 # x\n1.2.3 a\n256.0.0.1 a\n0.0.0.0/8 a\n"),
            (lines{"1:1 bad: a line of a hosts file begins with an address",
                   "2:1 bad: no name after the address", "3:1 bad: no name after the address",
                   "4:1 bad: a line of a hosts file begins with an address",
                   "5:1 bad: a line of a hosts file begins with an address",
                   "6:1 bad: a line of a hosts file begins with an address"}));
}

TEST(hosts_format, line_ends_and_traps) {
  EXPECT_EQ(read("\xEF\xBB\xBF"
                 "0.0.0.0 a\r\n\r\n# c\r\n0.0.0.0 b\r"),
            (lines{"1:9 a", "4:9 b"}));
  EXPECT_EQ(read(std::string_view("0.0.0.0 a\0b\n", 12)), lines{"1:10 bad: a NUL byte"});
  EXPECT_EQ(read("0.0.0.0 " + std::string(row_bytes_max, 'a')),
            lines{"1:1 bad: longer than 64 KiB"});
  EXPECT_EQ(read(std::string(100, '1') + " a"),
            lines{"1:1 bad: a line of a hosts file begins with an address"});
}

}  // namespace
}  // namespace repute::load::test
