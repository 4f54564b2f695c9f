// SPDX-License-Identifier: Apache-2.0
#include "load/format/stix_pattern.hpp"
#include "recorded_rows.hpp"

namespace repute::load::test {
namespace {

/// `kind value` of each key, then `skipped N` if anything was, or `problem`.
lines pattern(std::string_view text) {
  const stix_pattern got = parse_stix_pattern(text);
  lines out;
  for (const stix_key& key : got.keys) {
    out.push_back(std::string(word(key.subject)) + " " + key.value);
  }
  if (got.skipped != 0) {
    out.push_back("skipped " + std::to_string(got.skipped));
  }
  if (!got.problem.empty()) {
    out.emplace_back("problem");
  }
  return out;
}

TEST(stix_pattern, comparisons_of_every_kind) {
  EXPECT_EQ(pattern("[url:value = 'http://a.example/x']"), lines{"url http://a.example/x"});
  EXPECT_EQ(pattern("[ipv4-addr:value='192.0.2.0/24']"), lines{"ip 192.0.2.0/24"});
  EXPECT_EQ(pattern(" [ domain-name:value == 'a' ] "), lines{"domain a"});
  EXPECT_EQ(pattern("[file:hashes.'SHA-256' = 'aa' OR file:hashes.MD5 = 'bb' OR "
                    "file:hashes.\"SHA-256\" = 'cc' OR file:hashes.'SHA-1' = 'dd']"),
            (lines{"sha256 aa", "md5 bb", "sha256 cc", "skipped 1"}));
  EXPECT_EQ(pattern("[email-message:from_ref.value = 'a@b.example']"), lines{"email a@b.example"});
  EXPECT_EQ(pattern("[ipv6-addr:value ISSUBSET '2001:db8::/32']"), lines{"ip 2001:db8::/32"});
  EXPECT_EQ(pattern("[ipv4-addr:value IN ('192.0.2.1', '192.0.2.2')]"),
            (lines{"ip 192.0.2.1", "ip 192.0.2.2"}));
}

TEST(stix_pattern, observations_joined_by_or_stand_alone) {
  EXPECT_EQ(pattern("[url:value = 'u'] OR [file:hashes.MD5 = 'a' OR ipv4-addr:value = 'b']\nOR "
                    "[domain-name:value = 'c']"),
            (lines{"url u", "md5 a", "ip b", "domain c"}));
}

TEST(stix_pattern, texts_hold_escapes_and_brackets) {
  EXPECT_EQ(pattern(R"([url:value = 'a\'b\\c] OR [x'])"), lines{R"(url a'b\c] OR [x)"});
}

// One fact alone says nothing where two are needed.
TEST(stix_pattern, what_needs_more_than_one_fact_gives_no_key) {
  EXPECT_EQ(pattern("[url:value = 'u' AND file:hashes.MD5 = 'a']"), lines{"skipped 1"});
  EXPECT_EQ(pattern("[url:value = 'u' AND file:size = 5] OR [domain-name:value = 'c']"),
            (lines{"domain c", "skipped 1"}));
  for (const std::string_view text :
       {"[url:value = 'u'] AND [url:value = 'v']", "[url:value = 'u'] FOLLOWEDBY [url:value = 'v']",
        "[url:value = 'u'] WITHIN 300 SECONDS", "[url:value = 'u'] REPEATS 5 TIMES",
        "([url:value = 'u'])", "[url:value = 'u'] OR ([url:value = 'v'])", "[(url:value = 'u')]",
        "[NOT url:value = 'u']", "[url:value != 'u']", "[url:value LIKE 'u%']",
        "[url:value MATCHES 'u.*']", "[url:value NOT = 'u']",
        "[url:value = t'2026-01-01T00:00:00Z']", "[file:size > 5]", "[EXISTS url:value]",
        "[process:pid IN (1, 2)]", "[x-own:list[0].'a b' = 'u']"}) {
    const auto got = pattern(text);
    ASSERT_EQ(got.size(), 1U) << text;
    EXPECT_EQ(got[0].substr(0, 7), "skipped") << text;
  }
}

TEST(stix_pattern, what_is_no_pattern_is_a_problem) {
  for (const std::string_view text : {"", "url:value = 'u'", "[url:value = 'u", "[url:value = 'u'",
                                      "[url:value =", "'", "[x:y.'z", "[url:value = 'u'] OR"}) {
    EXPECT_EQ(pattern(text).back(), "problem") << text;
  }
}

recorded_rows read(std::string_view text) {
  return {text, spec_without_kind(feed_format::stix)};
}

constexpr std::string_view bundle = R"({"type": "bundle", "id": "bundle--1", "objects": [
{"type": "identity", "name": "somebody"},
{"type": "indicator", "pattern": "[url:value = 'u'] OR [file:hashes.'SHA-1' = 'x']",
 "pattern_type": "stix", "valid_from": "2026-01-01T00:00:00Z",
 "valid_until": "2026-02-01T00:00:00.000Z", "confidence": 85, "name": "bad page"},
{"type": "indicator", "pattern": "[url:value = 'old']", "revoked": true},
{"type": "indicator", "pattern": "alert tcp", "pattern_type": "snort"},
{"type": "indicator", "pattern": "[url:value = 'good']", "indicator_types": ["benign"]},
{"type": "indicator", "pattern": "[domain-name:value = 'd']", "revoked": false},
{"type": "indicator", "pattern": "url = d"}
]})";

TEST(stix_format, indicators_of_a_bundle) {
  const auto rows = read(bundle);
  EXPECT_EQ(rows.problem(), "");
  EXPECT_EQ(rows.lines(), (lines{"3:34 u|850|2026-02-01T00:00:00.000Z|bad page", "9:34 d",
                                 "10:34 bad: not a STIX pattern"}));
  EXPECT_EQ(rows.begins(), (lines{"2026-01-01T00:00:00Z", ""}));
  EXPECT_EQ(kinds_of(rows), (lines{"url", "domain"}));
  EXPECT_EQ(rows.skipped(), 4U);
}

TEST(stix_format, one_indicator_and_an_envelope) {
  EXPECT_EQ(read(R"({"type": "indicator", "pattern": "[url:value = 'u']"})").lines(),
            lines{"1:34 u"});
  EXPECT_EQ(
      read(R"({"more": false, "objects": [{"pattern": "[url:value = 'u']", "type": "indicator"}]})")
          .lines(),
      lines{"1:41 u"});
  EXPECT_EQ(read(R"({"objects": []})").problem(), "");
}

TEST(stix_format, other_files_and_cut_ones_are_refused) {
  for (const std::string_view text :
       {"{}", "[]", "7", "", "a.example", R"({"type": "identity"})"}) {
    EXPECT_NE(read(text).problem(), "") << text;
  }
  for (std::size_t size = 0; size < bundle.size(); ++size) {
    EXPECT_NE(read(bundle.substr(0, size)).problem(), "") << size;
  }
}

}  // namespace
}  // namespace repute::load::test
