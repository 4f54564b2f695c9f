// SPDX-License-Identifier: Apache-2.0
#include "live_keys.hpp"

#include <gtest/gtest.h>

namespace repute::tool {
namespace {

using load::name_match;

class live_keys_test : public testing::Test {
 protected:
  std::vector<std::string> shown(std::string_view text, name_match match = name_match::both,
                                 std::optional<subject> kind = {}) {
    const auto keys = keys_of(canon_, fingerprints_, kind, match, text);
    if (const auto* problem = std::get_if<std::string>(&keys)) {
      return {"problem: " + *problem};
    }
    std::vector<std::string> out;
    for (const named_key& each : std::get<std::vector<named_key>>(keys)) {
      out.push_back(std::string(name(each.key.kind)) + " " + each.shown);
    }
    return out;
  }
  named_key one(std::string_view text) {
    return std::get<std::vector<named_key>>(
               keys_of(canon_, fingerprints_, {}, name_match::exact, text))
        .at(0);
  }
  using texts = std::vector<std::string>;

  canon::canonicalizer canon_;
  seal::fingerprinter fingerprints_{seal::deployment_salt{}};
};

TEST_F(live_keys_test, a_name_is_one_key_or_two) {
  EXPECT_EQ(shown("Example.COM"), (texts{"HOST example.com", "DOMAIN .example.com"}));
  EXPECT_EQ(shown("example.com", name_match::exact), texts{"HOST example.com"});
  EXPECT_EQ(shown("example.com", name_match::subdomains), texts{"DOMAIN .example.com"});
  // Nobody asks about all names under a public suffix.
  EXPECT_EQ(shown("co.uk"), texts{"HOST co.uk"});
  EXPECT_EQ(shown("co.uk", name_match::subdomains),
            texts{"problem: clients ask nothing about all names under it"});
}

TEST_F(live_keys_test, addresses_and_networks) {
  EXPECT_EQ(shown(" 192.0.2.1 "), texts{"IP4 192.0.2.1"});
  EXPECT_EQ(one("192.0.2.1").key.prefix_length, 32);
  EXPECT_EQ(shown("192.0.2.0/24"), texts{"IP4 192.0.2.0/24"});
  EXPECT_EQ(one("192.0.2.0/24").key.prefix_length, 24);
  EXPECT_EQ(shown("::ffff:192.0.2.1"), texts{"IP4 192.0.2.1"});
  EXPECT_EQ(shown("2001:db8::/32"), texts{"IP6 2001:db8::/32"});
  EXPECT_EQ(shown("192.0.2.1/24").at(0).substr(0, 8), "problem:");
}

TEST_F(live_keys_test, a_password_in_a_url_is_kept_nowhere) {
  const named_key url = one("https://user:secret@Example.com/a?b#c");
  EXPECT_EQ(url.text, "example.com/a?b");
  EXPECT_EQ(url.shown, url.text);
}

TEST_F(live_keys_test, other_kinds_and_what_is_none) {
  EXPECT_EQ(shown("44d88612fea8a8f36de82e1278abb02f").at(0).substr(0, 9), "FILE_MD5 ");
  EXPECT_EQ(shown("7", name_match::both, subject::category), texts{"CATEGORY 7"});
  EXPECT_EQ(shown("").at(0).substr(0, 8), "problem:");
  EXPECT_EQ(shown("00", name_match::both, subject::textsig).at(0).substr(0, 8), "problem:");
  EXPECT_EQ(shown(std::string(9000, 'a')), texts{"problem: longer than 8192 bytes"});
}

TEST_F(live_keys_test, keys_are_those_that_clients_ask) {
  EXPECT_EQ(one("example.com").key.key, fingerprints_({kind::host, "example.com"}));
  EXPECT_EQ(one("someone@example.com").key.kind, kind::email);
}

}  // namespace
}  // namespace repute::tool
