// SPDX-License-Identifier: Apache-2.0
#include "received.hpp"

#include <gtest/gtest.h>

namespace repute::mail::detail {
namespace {

std::string address_in(std::string_view field) {
  const auto address = address_in_received(field);
  return address ? canon::show(*address) : "none";
}

TEST(received, forms_of_many_servers) {
  EXPECT_EQ(address_in("from a.example (b.example [192.0.2.1]) by c.example"), "192.0.2.1");
  EXPECT_EQ(address_in("from [10.0.0.1] (b.example [192.0.2.1]) by c"), "192.0.2.1");
  EXPECT_EQ(address_in("from a ([IPv6:2001:db8::1]) by c"), "2001:db8::1");
  EXPECT_EQ(address_in("from a ([2001:db8::1]) by c"), "2001:db8::1");
  EXPECT_EQ(address_in("from a ([::ffff:192.0.2.1]) (AUTH: LOGIN x) by c"), "192.0.2.1");
  EXPECT_EQ(address_in("from [192.0.2.1] (helo=a) by c"), "192.0.2.1");
  EXPECT_EQ(address_in("from unknown (HELO a) (user@192.0.2.1) by c with SMTP"), "192.0.2.1");
  EXPECT_EQ(address_in("from 192.0.2.1 (EHLO a) by c"), "192.0.2.1");
  EXPECT_EQ(address_in("FROM a (sent by x [192.0.2.1]) BY c"), "192.0.2.1");
}

TEST(received, none) {
  EXPECT_EQ(address_in("by a (Postfix, from userid 0) id 1; [192.0.2.1]"), "none");
  EXPECT_EQ(address_in("from a by b ([192.0.2.1])"), "none");
  EXPECT_EQ(address_in("from a (1.2.3.4.5 [300.0.0.1] [192.0.2.0/24]) by c"), "none");
  EXPECT_EQ(address_in(""), "none");
  EXPECT_EQ(address_in("from"), "none");
  EXPECT_EQ(address_in("from ("), "none");
  EXPECT_EQ(address_in("from [192.0.2.1"), "192.0.2.1");
}

TEST(received, private_addresses) {
  const auto is_private_text = [](std::string_view text) {
    return is_private(std::get<canon::ip_prefix>(canon::parse_prefix(text)));
  };
  for (const char* text : {"10.1.2.3", "127.0.0.1", "172.31.255.255", "192.168.0.1", "169.254.1.1",
                           "100.64.0.1", "0.0.0.0", "224.0.0.1", "255.255.255.255", "::1",
                           "::", "fe80::1", "fc00::1", "fdff::1", "ff02::1"}) {
    EXPECT_TRUE(is_private_text(text)) << text;
  }
  for (const char* text : {"9.255.255.255", "11.0.0.0", "172.32.0.0", "192.169.0.0", "100.128.0.0",
                           "223.255.255.255", "::2", "2001:db8::1", "fbff::1"}) {
    EXPECT_FALSE(is_private_text(text)) << text;
  }
}

/// `client relay relay ...`
std::string way(std::string_view message, const extract_options& trust = {},
                const envelope& from = {}) {
  const extract_limits limits;
  budget within(limits, message.size());
  const route found = find_route(header::read(message, within), from, trust);
  std::string out = found.client ? canon::show(*found.client) : "none";
  for (const auto& relay : found.relays) {
    out += " " + canon::show(relay);
  }
  return out;
}

constexpr std::string_view three_hops =
    "Received: from a ([10.0.0.5]) by mx\n"
    "Received: from b ([192.0.2.1]) by a\n"
    "Received: from c ([198.51.100.7])\n\tby b\n"
    "Received: from d ([192.168.0.9]) by c\n"
    "Received: from e ([203.0.113.9]) by d\n\n";

TEST(route, the_first_public_address_is_the_client) {
  EXPECT_EQ(way(three_hops), "192.0.2.1 198.51.100.7 203.0.113.9");
  EXPECT_EQ(way("Subject: x\n\n"), "none");
}

TEST(route, trusted_networks_and_hops) {
  extract_options trust;
  trust.trusted_networks = {std::get<canon::ip_prefix>(canon::parse_prefix("192.0.2.0/24"))};
  EXPECT_EQ(way(three_hops, trust), "198.51.100.7 203.0.113.9");
  trust.trusted_networks = {std::get<canon::ip_prefix>(canon::parse_prefix("192.0.2.1"))};
  EXPECT_EQ(way(three_hops, trust), "198.51.100.7 203.0.113.9");
  trust.trusted_networks = {std::get<canon::ip_prefix>(canon::parse_prefix("192.0.2.128/25"))};
  EXPECT_EQ(way(three_hops, trust), "192.0.2.1 198.51.100.7 203.0.113.9");
  extract_options hops;
  hops.trusted_hops = 2;
  EXPECT_EQ(way(three_hops, hops), "198.51.100.7 203.0.113.9");
}

TEST(route, the_envelope_comes_first) {
  envelope from;
  from.client_ip = "203.0.113.77";
  EXPECT_EQ(way(three_hops, {}, from), "203.0.113.77 192.0.2.1 198.51.100.7 203.0.113.9");
  extract_options trust;
  trust.trusted_hops = 1;
  EXPECT_EQ(way(three_hops, trust, from), "192.0.2.1 198.51.100.7 203.0.113.9");
  from.client_ip = "127.0.0.2";
  EXPECT_EQ(way("Subject: x\n\n", {}, from), "127.0.0.2") << "the test point may be asked";
  from.client_ip = "IPv6:2001:db8::1";
  EXPECT_EQ(way("Subject: x\n\n", {}, from), "2001:db8::1");
}

TEST(route, relays_are_bounded) {
  std::string message;
  for (int i = 0; i < 100; ++i) {
    message += "Received: from a ([192.0.2." + std::to_string(i) + "]) by b\n";
  }
  const extract_limits limits;
  std::string_view text = message;
  budget within(limits, text.size());
  EXPECT_EQ(find_route(header::read(text, within), {}, {}).relays.size(), 16U);
}

}  // namespace
}  // namespace repute::mail::detail
