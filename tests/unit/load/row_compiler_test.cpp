// SPDX-License-Identifier: Apache-2.0
#include "load/row_compiler.hpp"

#include <gtest/gtest.h>

namespace repute::load {
namespace {

constexpr std::uint64_t now_s = 1'700'000'000;  // 472222 h and 800 s
constexpr std::uint32_t now_h = 472222;

struct compiled {
  compiled_rows records;
  std::string bad;
  bool expired = false;
};

compiled compile(const feed_spec& spec, const raw_row& row) {
  static const canon::canonicalizer canon;
  const row_compiler compiler(canon, {}, now_s);
  compiled out;
  const auto done = compiler.compile(spec, row, 3, 4, out.records);
  if (const auto* why = std::get_if<std::string>(&done)) {
    out.bad = *why;
  } else {
    out.expired = std::get<row_compiler::outcome>(done) == row_compiler::outcome::expired;
  }
  return out;
}

compiled compile(const feed_spec& spec, std::string_view key) {
  raw_row row;
  row.key = key;
  row.original = key;
  row.at = {7, 1};
  return compile(spec, row);
}

feed_spec domains(name_match match) {
  feed_spec spec;
  spec.match = match;
  return spec;
}

feed_spec of(subject kind) {
  feed_spec spec;
  spec.subject = kind;
  return spec;
}

TEST(row_compiler, a_name_is_host_or_domain_or_both) {
  const auto exact = compile(domains(name_match::exact), "WWW.Example.com.");
  ASSERT_EQ(exact.records.size(), 1U);
  EXPECT_EQ(exact.records[0].kind, kind::host);
  EXPECT_EQ(exact.records[0].text, "WWW.Example.com.");
  EXPECT_EQ(exact.records[0].feed, 3);
  EXPECT_EQ(exact.records[0].file, 4);
  EXPECT_EQ(exact.records[0].line, 7U);
  const auto under = compile(domains(name_match::subdomains), "www.example.com");
  ASSERT_EQ(under.records.size(), 1U);
  EXPECT_EQ(under.records[0].kind, kind::domain);
  const auto both = compile(domains(name_match::both), "www.example.com");
  ASSERT_EQ(both.records.size(), 2U);
  EXPECT_EQ(both.records[0].key, exact.records[0].key);
  EXPECT_EQ(both.records[1].key, under.records[0].key);
  EXPECT_NE(both.records[0].key, both.records[1].key);
}

TEST(row_compiler, names_that_are_no_parent_of_any_name_cannot_list_subdomains) {
  for (const char* never : {"com", "co.uk", "CO.UK.", "intranet", "e.d.c.b.example.com",
                            "e.d.c.b.example.co.uk", "f.e.d.c.b.example.com"}) {
    const auto under = compile(domains(name_match::subdomains), never);
    EXPECT_TRUE(under.bad.starts_with("never matches")) << never << ": " << under.bad;
    EXPECT_EQ(under.records.size(), 0U) << never;
    EXPECT_EQ(compile(domains(name_match::both), never).bad, "") << never;
    EXPECT_EQ(compile(domains(name_match::exact), never).bad, "") << never;
  }
  for (const char* asked :
       {"example.com", "example.co.uk", "c.b.example.com", "d.c.b.example.co.uk", "x.example.com",
        "b\xc3\xbc"
        "cher.example",
        "duckdns.org"}) {
    EXPECT_EQ(compile(domains(name_match::subdomains), asked).bad, "") << asked;
  }
}

TEST(row_compiler, what_the_format_says_of_matching_wins) {
  raw_row row;
  row.key = "example.com";
  row.match = name_match::both;
  EXPECT_EQ(compile(domains(name_match::exact), row).records.size(), 2U);
}

TEST(row_compiler, addresses_and_prefixes) {
  const auto single = compile(of(subject::ip), "192.0.2.1");
  ASSERT_EQ(single.records.size(), 1U);
  EXPECT_EQ(single.records[0].kind, kind::ip4);
  EXPECT_EQ(single.records[0].prefix_length, 32);
  EXPECT_EQ(single.records[0].key, (fingerprint{192, 0, 2, 1}));
  EXPECT_EQ(compile(of(subject::ip), "::ffff:192.0.2.0/120").records[0].prefix_length, 24);
  EXPECT_EQ(compile(of(subject::ip), "2001:db8::/32").records[0].kind, kind::ip6);
  EXPECT_NE(compile(of(subject::ip), "192.0.2.1/24").bad, "");
  EXPECT_NE(compile(of(subject::ip), "192.0.2.0/33").bad, "");
}

TEST(row_compiler, rows_that_a_guard_flags_are_stored_and_told_with_their_records) {
  static const canon::canonicalizer canon;
  const row_guard guard(canon, {{{"example.org", true, {}, 0}}, {}});
  row_compiler compiler(canon, {}, now_s);
  compiled_rows records;
  const auto flagged = [&](const feed_spec& spec, std::string_view key) {
    raw_row row;
    row.key = key;
    auto done = compiler.compile(spec, row, 0, 0, records);
    return std::holds_alternative<flagged_row>(done) ? std::get<flagged_row>(done).records
                                                     : std::vector<store::record_position>();
  };
  EXPECT_EQ(flagged(domains(name_match::both), "www.example.org").size(), 0U) << "no guard yet";
  compiler.watch(guard);
  records = {};
  EXPECT_EQ(flagged(domains(name_match::both), "www.example.net").size(), 0U);
  const auto under = flagged(domains(name_match::both), "www.example.org");
  EXPECT_EQ(under, (std::vector{position_of(records[2]), position_of(records[3])}));
  const auto same = flagged(domains(name_match::exact), "example.org");
  EXPECT_EQ(same, std::vector{position_of(records[4])});
  const auto above = flagged(domains(name_match::both), "org");
  EXPECT_EQ(above, std::vector{position_of(records[6])}) << "of names under it, not of its own";
  const auto wide = flagged(of(subject::ip), "10.0.0.0/7");
  EXPECT_EQ(wide, std::vector{position_of(records[7])});
  EXPECT_EQ(records[7].prefix_length, 7);
  EXPECT_EQ(records.size(), 8U);
}

TEST(row_compiler, keys_without_a_canonical_form_are_bad_rows) {
  EXPECT_NE(compile(domains(name_match::both), "").bad, "");
  EXPECT_NE(compile(domains(name_match::both), "*.example.com").bad, "");
  EXPECT_NE(compile(of(subject::sha256), "abc").bad, "");
  EXPECT_NE(compile(of(subject::url), "http://" + std::string(9000, 'a')).bad, "");
  EXPECT_EQ(compile(domains(name_match::both), "").records.size(), 0U);
}

TEST(row_compiler, of_a_url_the_canonical_form_is_kept_and_no_password) {
  const auto made = compile(of(subject::url), "http://user:secret@Example.com/x#y");
  ASSERT_EQ(made.records.size(), 1U);
  EXPECT_EQ(made.records[0].text, "example.com/x");
}

// Not inlined: GCC 12 takes the optional variant for uninitialised when it sees all of its life.
[[gnu::noinline]] feed_spec with_second_column(std::optional<column> feed_spec::*which) {
  feed_spec spec;
  spec.*which = std::uint32_t{2};
  return spec;
}

compiled with_score(std::string_view text, double scale) {
  feed_spec spec = with_second_column(&feed_spec::score_column);
  spec.score_scale = scale;
  raw_row row;
  row.key = "a.example";
  row.score = text;
  return compile(spec, row);
}

TEST(row_compiler, scores_are_scaled_rounded_and_cut) {
  EXPECT_EQ(with_score("3", 1).records[0].score, 3);
  EXPECT_EQ(with_score("2.5", 1).records[0].score, 3);
  EXPECT_EQ(with_score("-2.5", 1).records[0].score, -3);
  EXPECT_EQ(with_score("7", 100).records[0].score, 700);
  EXPECT_EQ(with_score("11", 100).records[0].score, 1000);
  EXPECT_EQ(with_score("-1e300", 1).records[0].score, -1000);
  for (const char* bad : {"", "x", "1x", "nan", "inf", "-inf", "1e999", "0x10", "1,5", "+1"}) {
    EXPECT_NE(with_score(bad, 1).bad, "") << bad;
  }
  EXPECT_NE(with_score("1e300", 1e300).bad, "");
}

compiled with_expiry(std::string_view text, std::uint64_t after_s = 0) {
  feed_spec spec = with_second_column(&feed_spec::expires_column);
  spec.expires_after_s = after_s;
  raw_row row;
  row.key = "a.example";
  row.expires = text;
  return compile(spec, row);
}

TEST(row_compiler, expiry_is_rounded_up_to_the_hour) {
  EXPECT_EQ(with_expiry("").records[0].expires_h, 0U);
  EXPECT_EQ(with_expiry("", 1).records[0].expires_h, now_h + 1);
  EXPECT_EQ(with_expiry("", 2800).records[0].expires_h, now_h + 1);
  EXPECT_EQ(with_expiry("", 2801).records[0].expires_h, now_h + 2);
  EXPECT_EQ(with_expiry(std::to_string((now_h + 5) * std::uint64_t{3600})).records[0].expires_h,
            now_h + 5);
  EXPECT_EQ(with_expiry("2030-01-01", 1).records[0].expires_h, 525960U);
  EXPECT_NE(with_expiry("soon").bad, "");
}

TEST(row_compiler, rows_that_ended_before_the_load_are_left_out) {
  EXPECT_TRUE(with_expiry("2020-01-01").expired);
  EXPECT_TRUE(with_expiry(std::to_string(now_h * std::uint64_t{3600})).expired);
  EXPECT_FALSE(with_expiry(std::to_string(now_s)).expired) << "its hour has not ended";
  EXPECT_EQ(with_expiry("2020-01-01").records.size(), 0U);
  for (const char* beginning : {"0", "1970-01-01"}) {
    EXPECT_TRUE(with_expiry(beginning).expired) << "the first hour of all is not \"never\"";
  }
}

TEST(row_compiler, rows_that_begin_after_the_load_are_left_out) {
  raw_row row;
  row.key = "a.example";
  row.begins = "2023-11-14T22:13:20.000Z";  // the time of the load
  EXPECT_EQ(compile(feed_spec(), row).records.size(), 1U);
  row.begins = "2023-11-14T22:13:21Z";
  EXPECT_TRUE(compile(feed_spec(), row).expired);
  row.begins = "some day";
  EXPECT_NE(compile(feed_spec(), row).bad, "");
}

// Feeds of several kinds: what the row says wins over the feed.
TEST(row_compiler, a_row_may_say_its_kind_match_and_score) {
  raw_row row;
  row.key = "192.0.2.0/24";
  row.subject = subject::ip;
  row.score = "750";
  const auto network = compile(domains(name_match::both), row);
  ASSERT_EQ(network.records.size(), 1U);
  EXPECT_EQ(network.records[0].kind, kind::ip4);
  EXPECT_EQ(network.records[0].prefix_length, 24);
  EXPECT_EQ(network.records[0].score, 750);
  row.key = "www.example.com";
  row.subject = subject::domain;
  row.match = name_match::subdomains;
  const auto name = compile(of(subject::ip), row);
  ASSERT_EQ(name.records.size(), 1U);
  EXPECT_EQ(name.records[0].kind, kind::domain);
}

// The feed names no kind, so that only the row can be refused.
TEST(row_compiler, a_row_of_a_kind_that_can_be_forged_is_never_trusted) {
  feed_spec spec = of(subject::sha256);
  spec.verdict = verdict::trusted;
  raw_row row;
  row.key = "d41d8cd98f00b204e9800998ecf8427e";
  row.subject = subject::md5;
  EXPECT_EQ(compile(spec, row).bad, "\"trusted\" is refused for md5: such a key can be forged");
  EXPECT_EQ(compile(spec, std::string(64, 'a')).records.size(), 1U);
}

TEST(row_compiler, long_texts) {
  raw_row row;
  row.key = "a.example";
  const std::string reason(5000, 'r');
  row.reason = reason;
  EXPECT_EQ(compile(feed_spec(), row).records[0].reason.size(), store::record_reason_max);
  EXPECT_NE(compile(of(subject::text), std::string(8193, 'a')).bad, "");
}

// What carry-over and inherited verdicts rest on.
TEST(row_compiler, a_stored_record_gives_its_key_again) {
  static const canon::canonicalizer canon;
  const row_compiler compiler(canon, {}, now_s);
  for (const auto& [kind, text] :
       {std::pair(subject::domain, "WWW.example.com"),
        std::pair(subject::url, "http://u:p@h.example/a?b"),
        std::pair(subject::email, "A@example.com"), std::pair(subject::email_md5, "A@example.com"),
        std::pair(subject::name_md5, "Invoice.PDF"), std::pair(subject::text, "three words here"),
        std::pair(subject::avrec, "Win.Test 1"), std::pair(subject::category, "7"),
        std::pair(subject::ip, "192.0.2.1")}) {
    feed_spec spec = of(kind);
    spec.match = kind == subject::domain ? name_match::both : name_match::exact;
    const auto made = compile(spec, text);
    for (std::size_t i = 0; i < made.records.size(); ++i) {
      const stored_row& row = made.records.rows[i];
      if (!is_ip(row.kind)) {
        canonical_key again;
        ASSERT_TRUE(compiler.canonical_of(row, again)) << text;
        EXPECT_EQ(again.kind, row.kind);
        EXPECT_EQ(compiler.fingerprint_of(again), row.key) << text;
      }
    }
  }
}

}  // namespace
}  // namespace repute::load
