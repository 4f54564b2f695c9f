// SPDX-License-Identifier: Apache-2.0
// Records: all of them, in order, and those of one key, however many blocks they fill.
#include "store/snapshot_reader.hpp"

#include <gtest/gtest.h>

#include <map>
#include <random>

#include "published_database.hpp"

namespace repute::store {
namespace {

using test::content_builder;
using test::published_database;

fingerprint numbered(std::uint32_t i) {
  fingerprint key{};
  store_le(key.data(), __builtin_bswap32(i));
  return key;
}

// Keys with 1, 0 or thousands of records next to each other; texts that do not compress.
snapshot_content many_records(std::map<std::uint32_t, std::size_t>& counts) {
  content_builder builder;
  std::mt19937_64 random(4);
  for (std::uint32_t i = 1; i < 400; ++i) {
    const std::size_t count = i % 100 == 50 ? 3000 : i % 3;
    counts[i] = count;
    for (std::size_t n = 0; n < count; ++n) {
      builder.add_record(kind::host, numbered(i), static_cast<std::uint32_t>(n + 1),
                         std::to_string(random()) + std::to_string(n));
    }
  }
  return std::move(builder.content());
}

TEST(snapshot_reader, finds_the_records_of_a_key_across_blocks) {
  std::map<std::uint32_t, std::size_t> counts;
  published_database database(many_records(counts));
  const auto reader = snapshot_reader::open(database.path(), 1);
  ASSERT_TRUE(reader) << reader.error().message;
  for (std::uint32_t i = 0; i < 402; ++i) {
    record_set found;
    ASSERT_TRUE(reader->find_records(kind::host, numbered(i), 0, found));
    ASSERT_EQ(found.size(), counts[i]) << i;
    for (std::size_t n = 0; n < found.size(); ++n) {
      ASSERT_EQ(found[n].key, numbered(i));
    }
    record_set none;
    ASSERT_TRUE(reader->find_records(kind::domain, numbered(i), 0, none));
    ASSERT_TRUE(reader->find_records(kind::ip4, numbered(i), 0, none));
    ASSERT_EQ(none.size(), 0U);
  }
}

TEST(snapshot_reader, reads_all_records_back_in_order) {
  std::map<std::uint32_t, std::size_t> counts;
  snapshot_content content = many_records(counts);
  content.records.sort_unique();
  record_set wanted;
  for (std::size_t i = 0; i < content.records.size(); ++i) {
    wanted.add(content.records[i]);
  }
  published_database database(std::move(content));
  const auto reader = snapshot_reader::open(database.path(), 1);
  ASSERT_TRUE(reader);
  std::size_t at = 0;
  ASSERT_TRUE(reader->for_each_record([&](const record& got) {
    ASSERT_LT(at, wanted.size());
    ASSERT_TRUE(same_content(got, wanted[at]));
    ASSERT_EQ(got.line, wanted[at].line);
    ++at;
  }));
  EXPECT_EQ(at, wanted.size());
  EXPECT_EQ(reader->meta().info.records, wanted.size());
}

TEST(snapshot_reader, tells_prefixes_of_one_address_apart) {
  content_builder builder;
  for (const int length : {0, 8, 9, 32}) {
    record row;
    row.kind = kind::ip4;
    row.verdict = verdict::spam;
    row.prefix_length = static_cast<std::uint8_t>(length);
    row.line = row.prefix_length;
    row.text = "a";
    builder.content().records.add(row);
  }
  published_database database(builder.content());
  const auto reader = snapshot_reader::open(database.path(), 1);
  ASSERT_TRUE(reader);
  for (const unsigned length : {0U, 1U, 8U, 9U, 10U, 32U}) {
    record_set found;
    ASSERT_TRUE(reader->find_records(kind::ip4, {}, static_cast<std::uint8_t>(length), found));
    const bool wanted = length != 1 && length != 10;
    ASSERT_EQ(found.size(), wanted ? 1U : 0U) << length;
    if (wanted) {
      EXPECT_EQ(found[0].line, length);
    }
  }
}

TEST(snapshot_reader, takes_the_longest_texts) {
  content_builder builder;
  const std::string text(record_text_max, 't');
  const std::string reason(record_reason_max, 'r');
  for (std::uint32_t i = 0; i < 20; ++i) {
    builder.add_record(kind::url, numbered(i), i, text, reason);
  }
  published_database database(builder.content());
  const auto reader = snapshot_reader::open(database.path(), 1);
  ASSERT_TRUE(reader);
  std::size_t count = 0;
  ASSERT_TRUE(reader->for_each_record([&](const record& got) {
    EXPECT_EQ(got.text, text);
    EXPECT_EQ(got.reason, reason);
    ++count;
  }));
  EXPECT_EQ(count, 20U);
}

TEST(snapshot_reader, knows_feeds_and_sources) {
  content_builder builder;
  builder.content().feeds = {{"a", {"x", "y"}, 1, 2}, {"b", {}, 3, 4}};
  builder.content().verdicts.push_back({{{test::listing(1), 0}}, {0, 1}});
  builder.content().verdicts.push_back({{{test::listing(1), 0}}, {1}});
  const fingerprint both{1, 0, 0, 0, 0, 0, 0, 0, 1};
  const fingerprint second{2, 0, 0, 0, 0, 0, 0, 0, 2};
  builder.add_key(kind::host, both, 0);
  builder.add_key(kind::host, second, 1);
  published_database database(builder.content());
  const auto reader = snapshot_reader::open(database.path(), 1);
  ASSERT_TRUE(reader);
  EXPECT_EQ(reader->feeds(), builder.content().feeds);
  const auto sources_of = [&](const fingerprint& key) {
    return reader->sources_of(reader->view().table.find(table_key_of(key.data())));
  };
  EXPECT_EQ(sources_of(both), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(sources_of(second), (std::vector<std::string>{"b"}));
  EXPECT_TRUE(reader->sources_of(0).empty());
  EXPECT_TRUE(reader->sources_of(99).empty());
  EXPECT_EQ(reader->meta().keys_by_kind[0x10], 2U);
}

TEST(snapshot_reader, of_no_records_finds_none) {
  published_database database(content_builder().content());
  const auto reader = snapshot_reader::open(database.path(), 1);
  ASSERT_TRUE(reader) << reader.error().message;
  record_set found;
  EXPECT_TRUE(reader->find_records(kind::host, {}, 0, found));
  EXPECT_EQ(found.size(), 0U);
  EXPECT_TRUE(reader->for_each_record([](const record&) { FAIL(); }));
}

TEST(snapshot_reader, gives_the_live_entries_of_the_build) {
  content_builder builder;
  live_entry said;
  said.kind = kind::host;
  said.key = numbered(7);
  said.seq = 41;
  said.verdict = verdict::phishing;
  said.text = "example.com";
  builder.content().live = {said};
  builder.content().data_seq = 42;
  published_database database(builder.content());
  const auto reader = snapshot_reader::open(database.path(), 1);
  ASSERT_TRUE(reader) << reader.error().message;
  EXPECT_EQ(reader->live(), std::vector{said});
  EXPECT_EQ(reader->meta().info.data_seq, 42U);
}

}  // namespace
}  // namespace repute::store
