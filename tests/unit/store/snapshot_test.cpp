// SPDX-License-Identifier: Apache-2.0
// What was published is what both storage modes answer, for every kind of key.
#include "store/snapshot.hpp"

#include <gtest/gtest.h>

#include <random>

#include "published_database.hpp"
#include "store/manifest.hpp"

namespace repute::store {
namespace {

using test::content_builder;
using test::listing;
using test::load_time_unix_s;
using test::published_database;

// A world with keys of every kind, and what each of them must answer.
struct world {
  struct row {
    repute::kind kind;
    fingerprint key;
    answer says;
  };
  content_builder builder;
  std::vector<row> rows;

  explicit world(std::size_t keys_per_kind, std::uint64_t seed = 1) {
    std::mt19937_64 random(seed);
    for (const kind kind : all_kinds) {
      if (kind == kind::text_sig) {
        continue;
      }
      for (std::size_t i = 0; i < keys_per_kind; ++i) {
        fingerprint key{};
        for (std::size_t byte = 0; byte < key_size(kind); ++byte) {
          key[byte] = static_cast<std::uint8_t>(random());
        }
        const answer says = listing(static_cast<std::int16_t>(rows.size() % 997), verdict::malware,
                                    static_cast<std::uint16_t>(random()));
        builder.add_key(kind, key, builder.verdict_of(says));
        builder.add_record(kind, key, static_cast<std::uint32_t>(i + 1), "row");
        rows.push_back({kind, key, says});
      }
    }
    const auto range = builder.verdict_of(listing(1));
    builder.content().ranges4 = {{0x0a000000, range}, {0x0b000000, no_verdict}};
    builder.content().ranges6 = {{{0x20010db800000000, 0}, range},
                                 {{0x20010db900000000, 0}, no_verdict}};
  }
};

answer ask(const snapshot& from, kind kind, const fingerprint& key) {
  const probe wanted = from.view().make_probe(kind, key.data());
  answer out;
  from.view().lookup({&wanted, 1}, load_time_unix_s, {&out, 1});
  return out;
}

class snapshot_test : public testing::TestWithParam<storage_mode> {};
INSTANTIATE_TEST_SUITE_P(modes, snapshot_test,
                         testing::Values(storage_mode::mmap, storage_mode::memory),
                         [](const auto& each) {
                           return each.param == storage_mode::mmap ? "mmap" : "memory";
                         });

TEST_P(snapshot_test, answers_what_was_published) {
  world made(500);
  published_database database(made.builder.content());
  const auto opened = snapshot::open(database.path(), 1, GetParam());
  ASSERT_TRUE(opened) << opened.error().message;
  std::vector<probe> probes;
  for (const world::row& row : made.rows) {
    probes.push_back((*opened)->view().make_probe(row.kind, row.key.data()));
  }
  std::vector<answer> answers(probes.size());
  (*opened)->view().lookup(probes, load_time_unix_s, answers);
  for (std::size_t i = 0; i < answers.size(); ++i) {
    ASSERT_EQ(answers[i], made.rows[i].says) << name(made.rows[i].kind) << " " << i;
  }
  for (world::row row : made.rows) {
    row.key[key_size(row.kind) - 1] ^= 1;             // of a fingerprint: its tag
    row.key[0] = row.key[0] == 10 ? 99 : row.key[0];  // outside of the listed network
    const answer got = ask(**opened, row.kind, row.key);
    ASSERT_EQ(got.status, status::not_listed);
    ASSERT_EQ(got.ttl_s, is_ip(row.kind) ? 60 : 5);
  }
  EXPECT_EQ(ask(**opened, kind::ip4, {10, 9, 8, 7}), listing(1));
  EXPECT_EQ(ask(**opened, kind::ip4, {11, 0, 0, 0}).status, status::not_listed);
  EXPECT_EQ(ask(**opened, kind::ip6, {0x20, 0x01, 0x0d, 0xb8, 9}), listing(1));
  EXPECT_EQ(ask(**opened, kind::ip6, {0x20, 0x01, 0x0d, 0xb9}).status, status::not_listed);
}

TEST_P(snapshot_test, tells_what_it_is) {
  world made(10);
  published_database database(made.builder.content());
  const auto opened = snapshot::open(database.path(), 1, GetParam());
  ASSERT_TRUE(opened) << opened.error().message;
  const snapshot_info& info = (*opened)->view().info;
  EXPECT_EQ(info.generation, 1U);
  EXPECT_EQ(info.data_epoch, 7U);
  EXPECT_EQ(info.data_seq, 0U);
  EXPECT_EQ(info.created_unix_s, load_time_unix_s);
  EXPECT_EQ(info.ip_seed, made.builder.content().ip_seed);
  EXPECT_EQ(info.salt_fp, made.builder.content().salt_fp);
  EXPECT_EQ(info.keys, made.rows.size());
  EXPECT_EQ(info.records, made.rows.size());
  EXPECT_EQ(info.prefixes, 2U);
}

TEST_P(snapshot_test, an_empty_one_answers_nothing) {
  content_builder builder;
  published_database database(builder.content());
  const auto opened = snapshot::open(database.path(), 1, GetParam());
  ASSERT_TRUE(opened) << opened.error().message;
  EXPECT_EQ(ask(**opened, kind::host, {}).status, status::not_listed);
  EXPECT_EQ(ask(**opened, kind::ip4, {}).status, status::not_listed);
  EXPECT_EQ(ask(**opened, kind::ip6, {}).status, status::not_listed);
}

// More verdicts than 16 bits can number: the other layout.
TEST_P(snapshot_test, takes_more_verdicts_than_16_bits) {
  content_builder builder;
  constexpr std::uint32_t count = 66000;
  fingerprint key{};
  const auto key_of = [&](std::uint32_t i) {
    store_le<std::uint64_t>(key.data(), i * 0x9e3779b97f4a7c15U);
    store_le<std::uint64_t>(key.data() + 8, (i + 1) * 0xd6e8feb86659fd93U);
    return key;
  };
  const auto says = [](std::uint32_t i) {
    answer out = listing(static_cast<std::int16_t>(i % 1000));
    out.category = static_cast<std::uint16_t>(i / 1000);
    return out;
  };
  for (std::uint32_t i = 0; i < count; ++i) {
    builder.add_key(kind::host, key_of(i), builder.verdict_of(says(i)));
  }
  published_database database(builder.content());
  const auto opened = snapshot::open(database.path(), 1, GetParam());
  ASSERT_TRUE(opened) << opened.error().message;
  EXPECT_EQ((*opened)->view().table.layout(), table_layout::five_slots_32);
  for (std::uint32_t i = 0; i < count; ++i) {
    ASSERT_EQ(ask(**opened, kind::host, key_of(i)), says(i)) << i;
  }
}

// The page: payloads begin at multiples of 64, so that a bucket is one cache line.
TEST_P(snapshot_test, lines_of_the_table_are_cache_lines) {
  world made(100);
  published_database database(made.builder.content());
  const auto opened = snapshot::open(database.path(), 1, GetParam());
  ASSERT_TRUE(opened);
  const auto* dictionary = (*opened)->view().dictionary.data();
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(dictionary) % 64, 0U);
}

// Against every address of a small world: 2001:db8:0:1::4 to ::7 and 2001:db8:0:2::/64 are listed.
TEST(lists_in_network, is_true_if_any_address_of_it_is_listed) {
  content_builder builder;
  const std::uint32_t listed = builder.verdict_of(listing(7));
  constexpr std::uint64_t high = 0x20010db800000000;
  builder.content().ranges6 = {{{high + 1, 4}, listed},
                               {{high + 1, 8}, store::no_verdict},
                               {{high + 2, 0}, listed},
                               {{high + 3, 0}, store::no_verdict}};
  builder.content().ranges4 = {{0xffffff00, listed}};
  const test::memory_snapshot snapshot(builder.content());
  const auto lists = [&](std::uint64_t upper, std::uint64_t lower, int length) {
    fingerprint address{};
    store_le(address.data(), __builtin_bswap64(upper));
    store_le(address.data() + 8, __builtin_bswap64(lower));
    return snapshot.view().lists_in_network(snapshot.view().make_probe(kind::ip6, address.data()),
                                            static_cast<std::uint8_t>(length), load_time_unix_s);
  };
  EXPECT_TRUE(lists(high + 1, 4, 128));
  EXPECT_TRUE(lists(high + 1, 6, 127));
  EXPECT_TRUE(lists(high + 1, 0, 125));
  EXPECT_TRUE(lists(high + 1, 0, 64));
  EXPECT_TRUE(lists(high, 0, 63));
  EXPECT_TRUE(lists(0, 0, 0));
  EXPECT_TRUE(lists(high + 2, ~std::uint64_t{0}, 128));
  EXPECT_FALSE(lists(high + 1, 0, 126));
  EXPECT_FALSE(lists(high + 1, 8, 125));
  EXPECT_FALSE(lists(high, 0, 64));
  EXPECT_FALSE(lists(high + 3, 0, 64));
  EXPECT_FALSE(lists(high + 4, 0, 62));
  const auto lists4 = [&](std::uint32_t address, std::uint8_t length) {
    std::array<std::uint8_t, 4> bytes{};
    store_le(bytes.data(), __builtin_bswap32(address));
    return snapshot.view().lists_in_network(snapshot.view().make_probe(kind::ip4, bytes.data()),
                                            length, load_time_unix_s);
  };
  EXPECT_TRUE(lists4(0, 0));
  EXPECT_TRUE(lists4(0xffffffff, 32));
  EXPECT_TRUE(lists4(0xffff0000, 16));
  EXPECT_FALSE(lists4(0xfffffe00, 24));
  EXPECT_FALSE(lists4(0, 1));
}

TEST(snapshot_files, are_named_and_protected_as_the_page_says) {
  world made(1);
  published_database database(made.builder.content());
  const auto file = database.path() / "snapshots" / "00000001.mdb";
  const auto manifest_file = database.path() / "snapshots" / "00000001.manifest";
  using std::filesystem::perms;
  const perms read_only = perms::owner_read | perms::group_read | perms::others_read;
  EXPECT_EQ(std::filesystem::status(file).permissions(), read_only);
  EXPECT_EQ(std::filesystem::status(manifest_file).permissions(), read_only);
  EXPECT_EQ(test::read_file(database.path() / "CURRENT"), "1\n");
  const auto read = read_manifest(manifest_file);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->file_bytes, std::filesystem::file_size(file));
  for (const manifest_part& part : read->parts) {
    const std::string bytes = test::read_file(file);
    const std::size_t at = part.page * read->page_bytes + 16;
    EXPECT_EQ(bytes.substr(at, 48), std::string(48, '\0')) << part.name;
    EXPECT_EQ((at + 48) % 64, 0U);
    if (part.name == "meta") {
      EXPECT_EQ(bytes.substr(at + 48, 8), "REPUTEDB");
    }
  }
}

// Rows and keys in another order, the same verdicts under other numbers: the same bytes.
TEST(snapshot_files, are_identical_for_the_same_content_and_time) {
  const auto publish_shuffled = [](std::uint64_t seed) {
    world made(300);
    std::mt19937_64 random(seed);
    snapshot_content& content = made.builder.content();
    std::shuffle(content.keys.begin(), content.keys.end(), random);
    std::vector<record> rows;
    for (std::size_t i = 0; i < content.records.size(); ++i) {
      rows.push_back(content.records[i]);
    }
    std::shuffle(rows.begin(), rows.end(), random);
    record_set shuffled;
    for (const record& row : rows) {
      shuffled.add(row);
    }
    content.records = std::move(shuffled);
    published_database database(std::move(content));
    return std::tuple(test::read_file(database.snapshot_file()),
                      test::read_file(database.manifest_file()), database.made().content_digest);
  };
  const auto first = publish_shuffled(1);
  const auto second = publish_shuffled(2);
  EXPECT_TRUE(first == second);
  EXPECT_GT(std::get<0>(first).size(), 100000U);
}

TEST(content_digest, leaves_out_lines_files_and_times_only) {
  const auto digest_of = [](auto change) {
    world made(3);
    made.builder.add_record(kind::host, {1}, 1, "text", "reason");
    change(made.builder.content());
    return published_database(made.builder.content()).made().content_digest;
  };
  const std::string plain = digest_of([](snapshot_content&) {});
  EXPECT_EQ(plain.size(), 64U);
  const auto with_record = [&](auto change) {
    return digest_of([&](snapshot_content& content) {
      record_set changed;
      for (std::size_t i = 0; i < content.records.size(); ++i) {
        record row = content.records[i];
        change(row);
        changed.add(row);
      }
      content.records = std::move(changed);
    });
  };
  EXPECT_EQ(with_record([](record& r) { r.line += 5; }), plain);
  EXPECT_EQ(with_record([](record& r) { r.file = 1; }), plain);
  EXPECT_NE(with_record([](record& r) { r.text = "other"; }), plain);
  EXPECT_NE(with_record([](record& r) { r.reason = "other"; }), plain);
  EXPECT_NE(with_record([](record& r) { r.score = 1; }), plain);
  EXPECT_EQ(digest_of([](auto& c) { c.created_unix_s += 1; }), plain);
  EXPECT_EQ(digest_of([](auto& c) { c.data_epoch += 1; }), plain);
  EXPECT_EQ(digest_of([](auto& c) { c.feeds[0].loaded_unix_s += 1; }), plain);
  EXPECT_EQ(digest_of([](auto& c) { c.feeds[0].files = {"other", "more"}; }), plain);
  EXPECT_NE(digest_of([](auto& c) { c.feeds[0].name = "other"; }), plain);
  EXPECT_NE(digest_of([](auto& c) { c.canon_version = 2; }), plain);
  EXPECT_NE(digest_of([](auto& c) { c.salt_fp = {1, 2}; }), plain);
  EXPECT_NE(digest_of([](auto& c) { c.ranges4[0].start += 1; }), plain);
  EXPECT_NE(digest_of([](auto& c) { c.keys.pop_back(); }), plain);
}

TEST(snapshot_content, refuses_what_cannot_be_told_apart) {
  world made(2);
  made.builder.content().keys.push_back(made.builder.content().keys.front());
  const test::temporary_directory folder;
  const auto lock = write_lock::acquire(folder.path());
  ASSERT_TRUE(lock);
  const auto done = publish_snapshot(folder.path(), std::move(made.builder.content()));
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, store_error::bad_rows);
}

}  // namespace
}  // namespace repute::store
