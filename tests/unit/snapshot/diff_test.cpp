// SPDX-License-Identifier: Apache-2.0
// Differences against a naive model: two maps from key to rows, compared as they stand.
#include "snapshot/diff.hpp"

#include <map>
#include <tuple>

#include "../load/verdict_model.hpp"
#include "repute/schema/test_points.hpp"
#include "snapshot/ranked_diff.hpp"
#include "snapshot_world.hpp"

namespace repute::snapshot::test {
namespace {

using rows_by_key = std::map<store::record_position, std::vector<test_row>>;

// Everything that counts in a row.
auto content_of(const test_row& row) {
  const store::record& r = row.record;
  return std::tuple(row.feed, r.exclusion, r.verdict, r.score, r.category, r.cache_ttl_s,
                    r.expires_h, row.text, row.reason);
}

rows_by_key by_key(const std::vector<test_row>& rows, const diff_filter& filter) {
  rows_by_key out;
  for (const test_row& row : rows) {
    if ((filter.feed.empty() || row.feed == filter.feed) &&
        (!filter.kind || subject_of(row.record.kind) == *filter.kind)) {
      out[position_of(row.record)].push_back(row);
    }
  }
  return out;
}

auto contents_of(const std::vector<test_row>& rows, const std::string& feed) {
  std::set<decltype(content_of(rows[0]))> out;
  for (const test_row& row : rows) {
    if (feed.empty() || row.feed == feed) {
      out.insert(content_of(row));
    }
  }
  return out;
}

answer verdict_of(const std::vector<test_row>& rows) {
  std::set<std::string> feeds;
  for (const test_row& row : rows) {
    feeds.insert(row.feed);
  }
  std::vector<load::claim> claims;
  for (const test_row& row : rows) {
    load::claim& made = claims.emplace_back();
    made.row = row.record;
    made.row.feed = static_cast<std::uint16_t>(std::distance(feeds.begin(), feeds.find(row.feed)));
  }
  answer out;
  if (claims.empty()) {
    return out;
  }
  const auto hour = static_cast<std::uint32_t>(repute::test::load_time_unix_s / 3600);
  const auto model = load::test::model_at(claims, 65535, hour);
  out.status = model.listed ? status::listed : status::not_listed;
  out.verdict = model.verdict;
  out.score = model.score;
  out.category = model.category;
  return out;
}

std::optional<change_kind> what_of(bool before, bool after, bool same) {
  if (before != after) {
    return before ? change_kind::removed : change_kind::added;
  }
  return same ? std::nullopt : std::optional(change_kind::changed);
}

std::string text_of(const change& from) {
  std::string feeds;
  for (const feed_change& each : from.feed_changes) {
    feeds += " " + each.feed + ":" + std::string(word(each.what));
  }
  const auto side = [](const answer& a) {
    return std::string(word(a.status)) + "/" + std::string(word(a.verdict)) + "/" +
           std::to_string(a.score) + "/" + std::to_string(a.category);
  };
  return std::string(word(from.what)) + " " + std::string(name(from.kind)) + " " + from.key + " " +
         side(from.before) + ">" + side(from.after) + feeds;
}

std::vector<std::string> model_diff(const std::vector<test_row>& before,
                                    const std::vector<test_row>& after, const diff_filter& filter) {
  rows_by_key left = by_key(before, filter);
  rows_by_key right = by_key(after, filter);
  std::set<store::record_position> keys;
  for (const auto* side : {&left, &right}) {
    for (const auto& [at, rows] : *side) {
      keys.insert(at);
    }
  }
  std::vector<std::string> out;
  for (const store::record_position& at : keys) {
    const auto was = left[at];
    const auto is = right[at];
    const auto what =
        what_of(!was.empty(), !is.empty(), contents_of(was, "") == contents_of(is, ""));
    if (!what) {
      continue;
    }
    change expected;
    expected.what = *what;
    expected.kind = at.kind;
    store::record named = is.empty() ? was[0].record : is[0].record;
    named.text = is.empty() ? was[0].text : is[0].text;
    expected.key = shown_key(named);
    expected.before = verdict_of(was);
    expected.after = verdict_of(is);
    std::set<std::string> feeds;
    for (const auto* side : {&was, &is}) {
      for (const test_row& row : *side) {
        feeds.insert(row.feed);
      }
    }
    for (const std::string& feed : feeds) {
      const auto a = contents_of(was, feed);
      const auto b = contents_of(is, feed);
      if (const auto changed = what_of(!a.empty(), !b.empty(), a == b)) {
        expected.feed_changes.push_back({feed, *changed});
      }
    }
    out.push_back(text_of(expected));
  }
  return out;
}

class random_rows {
 public:
  explicit random_rows(unsigned seed) : random_(seed) {}

  std::size_t below(std::size_t limit) { return random_() % limit; }

  test_row row(std::size_t keys) {
    static const std::vector<kind> kinds{kind::ip4, kind::host, kind::domain, kind::url};
    static const std::vector<std::string> feeds{"alpha", "beta", "gamma", "omega"};
    test_row out = row_of(kinds[below(kinds.size())], below(keys), feeds[below(feeds.size())],
                          static_cast<verdict>(1 + below(7)));
    if (out.record.kind == kind::ip4 && below(3) == 0) {
      out.record.prefix_length = 24;
      out.record.key[3] = 0;
    }
    out.record.score = static_cast<std::int16_t>(below(3) * 100);
    out.record.exclusion = below(12) == 0;
    out.record.expires_h =
        below(8) == 0
            ? static_cast<std::uint32_t>(repute::test::load_time_unix_s / 3600 + 1 + below(40))
            : 0;
    out.reason = below(2) == 0 ? "" : "because " + std::to_string(below(3));
    out.record.line = static_cast<std::uint32_t>(1 + below(1000));
    return out;
  }

  // Some rows gone, some new, some changed, the lines of all renumbered.
  std::vector<test_row> changed(std::vector<test_row> rows, std::size_t changes, std::size_t keys) {
    for (std::size_t i = 0; i < changes; ++i) {
      const std::size_t at = below(rows.size());
      switch (below(4)) {
        case 0:
          rows.erase(rows.begin() + static_cast<std::ptrdiff_t>(at));
          break;
        case 1:
          rows.push_back(row(keys));
          break;
        case 2:
          rows[at].record.verdict = static_cast<verdict>(1 + below(7));
          break;
        default:
          rows[at].reason += "!";
          break;
      }
    }
    for (test_row& each : rows) {
      ++each.record.line;
    }
    return rows;
  }

 private:
  std::mt19937_64 random_;
};

class diff_test : public snapshot_world {
 protected:
  void expect_model(const std::vector<test_row>& before, const std::vector<test_row>& after,
                    std::uint32_t left, std::uint32_t right, const diff_filter& filter = {}) {
    std::vector<std::string> got;
    const auto done = diff(open(left), open(right), filter, [&](const change& next) {
      got.push_back(text_of(next));
      return true;
    });
    ASSERT_TRUE(done) << done.error().message;
    ASSERT_EQ(got, model_diff(before, after, filter));
  }
};

TEST_F(diff_test, agrees_with_a_naive_model) {
  for (unsigned seed = 0; seed < 15; ++seed) {
    SCOPED_TRACE(seed);
    random_rows random(seed);
    const std::size_t keys = seed % 3 == 0 ? 40 : 3000;
    std::vector<test_row> before;
    for (std::size_t i = 200 + random.below(4000); i-- > 0;) {
      before.push_back(random.row(keys));
    }
    const std::size_t changes = seed % 4 == 0 ? 0 : 1 + random.below(seed % 5 == 0 ? 800 : 12);
    const auto after = random.changed(before, changes, keys);
    // A feed more on either side moves the numbers of the others.
    const auto left =
        publish(before, seed % 2 == 0 ? std::set<std::string>{"aaa"} : std::set<std::string>{});
    const auto right =
        publish(after, seed % 7 == 0 ? std::set<std::string>{"b", "zzz"} : std::set<std::string>{});
    expect_model(before, after, left, right);
    expect_model(after, before, right, left);
    expect_model(before, after, left, right, {"beta", std::nullopt});
    expect_model(before, after, left, right, {"", subject::domain});
    expect_model(before, after, left, right, {"omega", subject::ip});
    expect_model(before, after, left, right, {"no-such-feed", std::nullopt});
  }
}

// The rows of one key may fill several blocks, of which only some differ; its verdict needs all.
TEST_F(diff_test, sees_the_whole_of_a_key_whose_rows_fill_several_blocks) {
  std::vector<test_row> before;
  for (int i = 0; i < 9000; ++i) {
    before.push_back(row_of(kind::host, 7, "many", i == 3 ? verdict::malware : verdict::spam));
    before.back().reason = std::to_string(100000 + i);
    before.push_back(row_of(kind::host, static_cast<std::uint64_t>(i + 100), "many"));
  }
  for (const int changed : {0, 6, 9000, 17998}) {
    auto after = before;
    after[static_cast<std::size_t>(changed)].reason = "another";
    const auto left = publish(before);
    const auto right = publish(after);
    expect_model(before, after, left, right);
  }
}

TEST_F(diff_test, files_and_lines_are_no_difference) {
  auto rows = std::vector{row_of(kind::host, 1, "feed"), row_of(kind::host, 2, "feed")};
  const auto left = publish(rows);
  rows[0].record.line = 77;
  const auto right = publish(rows);
  expect_model(rows, rows, left, right);
}

TEST_F(diff_test, empty_snapshots_have_no_rows) {
  const std::vector<test_row> rows{row_of(kind::host, 1, "feed")};
  const auto none = publish({});
  const auto one = publish(rows);
  expect_model({}, {}, none, none);
  expect_model({}, rows, none, one);
  expect_model(rows, {}, one, none);
}

TEST_F(diff_test, tells_live_entries_and_overrides_after_the_rows) {
  store::live_entry entry;
  entry.kind = kind::host;
  entry.key = row_of(kind::host, 5, "").record.key;
  entry.seq = 3;
  entry.verdict = verdict::phishing;
  entry.text = "said.example";
  store::live_entry other = entry;
  other.layer = store::live_layer::override;
  other.verdict = verdict::trusted;
  const std::vector<test_row> rows{row_of(kind::host, 1, "feed")};
  const auto left = publish(rows, {}, {entry});
  const auto right = publish(rows, {}, {other});
  std::vector<std::string> got;
  const auto visit = [&](const change& next) {
    got.push_back(std::string(word(next.layer)) + " " + std::string(word(next.what)) + " " +
                  std::string(word(next.severity)) + " " + next.key);
    return true;
  };
  ASSERT_TRUE(diff(open(left), open(right), {}, visit));
  EXPECT_EQ(got, (std::vector<std::string>{"live removed no-longer-listed said.example",
                                           "override added became-trusted said.example"}));
  got.clear();
  ASSERT_TRUE(diff(open(left), open(right), {"feed", std::nullopt}, visit));
  ASSERT_TRUE(diff(open(left), open(right), {"", subject::ip}, visit));
  EXPECT_TRUE(got.empty());
}

TEST_F(diff_test, ends_when_the_visitor_has_enough) {
  const auto left = publish({});
  const auto right = publish({row_of(kind::host, 1, "f"), row_of(kind::host, 2, "f")});
  int seen = 0;
  ASSERT_TRUE(diff(open(left), open(right), {}, [&](const change&) { return ++seen < 1; }));
  EXPECT_EQ(seen, 1);
}

answer says(verdict value, std::int16_t score = 0) {
  return repute::test::listing(score, value);
}

TEST(severity_of_change, orders_what_hurts_most_first) {
  using enum severity_of_change;
  const answer nothing;
  const answer excluded = says(verdict::none);
  EXPECT_EQ(severity_of(says(verdict::trusted), says(verdict::formal)), trusted_became_listed);
  EXPECT_EQ(severity_of(nothing, says(verdict::malware)), became_malware);
  EXPECT_EQ(severity_of(says(verdict::spam), says(verdict::malware)), became_malware);
  EXPECT_EQ(severity_of(says(verdict::spam), says(verdict::phishing)), became_phishing);
  EXPECT_EQ(severity_of(excluded, says(verdict::blacklisted)), became_blacklisted);
  EXPECT_EQ(severity_of(says(verdict::formal), says(verdict::spam)), became_spam);
  EXPECT_EQ(severity_of(nothing, says(verdict::probable_spam)), became_probable_spam);
  EXPECT_EQ(severity_of(nothing, says(verdict::formal)), became_formal);
  EXPECT_EQ(severity_of(says(verdict::malware), says(verdict::trusted)), listed_became_trusted);
  EXPECT_EQ(severity_of(excluded, says(verdict::trusted)), became_trusted);
  EXPECT_EQ(severity_of(says(verdict::trusted), nothing), no_longer_trusted);
  EXPECT_EQ(severity_of(says(verdict::malware), says(verdict::spam)), became_milder);
  EXPECT_EQ(severity_of(says(verdict::malware), excluded), no_longer_listed);
  EXPECT_EQ(severity_of(says(verdict::spam, 1), says(verdict::spam, 2)), other_score);
  EXPECT_EQ(severity_of(nothing, excluded), other_rows);
  EXPECT_EQ(severity_of(says(verdict::spam), says(verdict::spam)), other_rows);
}

class ranked_diff_test : public snapshot_world {};

TEST_F(ranked_diff_test, gives_the_worst_first_however_little_it_may_remember) {
  random_rows random(4);
  std::vector<test_row> before;
  for (int i = 0; i < 1500; ++i) {
    before.push_back(random.row(600));
  }
  const auto after = random.changed(before, 400, 600);
  const auto left = open(publish(before));
  const auto right = open(publish(after));

  const auto ranked = [&](std::size_t bytes, std::uint64_t shown) {
    std::vector<change> got;
    const auto done = ranked_diff(left, right, {}, {shown, bytes}, [&](const change& next) {
      got.push_back(next);
      return true;
    });
    EXPECT_TRUE(done);
    EXPECT_EQ(done->keys.total(), model_diff(before, after, {}).size());
    return std::pair(got, *done);
  };
  const auto [all, summary] = ranked(std::size_t{1} << 30, ~0ULL);
  EXPECT_EQ(all.size(), summary.keys.total());
  EXPECT_TRUE(std::is_sorted(all.begin(), all.end(), [](const change& a, const change& b) {
    return a.severity < b.severity;
  }));
  std::set<severity_of_change> seen;
  std::map<std::string, change_counts> by_feed;
  for (const change& each : all) {
    seen.insert(each.severity);
    for (const feed_change& feed : each.feed_changes) {
      by_feed[feed.feed].count(feed.what);
    }
  }
  EXPECT_GT(seen.size(), 8U) << "the rows are too few to tell";
  EXPECT_EQ(by_feed, summary.by_feed);
  EXPECT_EQ(ranked(0, ~0ULL).first, all) << "a walk for each severity";
  for (const std::uint64_t shown : {0U, 1U, 50U}) {
    const std::vector<change> some(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(shown));
    EXPECT_EQ(ranked(std::size_t{1} << 30, shown).first, some);
    EXPECT_EQ(ranked(0, shown).first, some);
  }
}

}  // namespace
}  // namespace repute::snapshot::test
