// SPDX-License-Identifier: Apache-2.0
#include "store/record_block.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <zstd.h>

namespace repute::store {
namespace {

record example() {
  record r;
  r.kind = kind::ip4;
  r.prefix_length = 24;
  r.exclusion = true;
  r.verdict = verdict::phishing;
  r.key = {192, 0, 2, 0};
  r.score = -5;
  r.category = 0x0123;
  r.cache_ttl_s = 60;
  r.feed = 3;
  r.file = 4;
  r.expires_h = 0x01020304;
  r.line = 77;
  r.text = "192.0.2.0/24";
  r.reason = "why";
  return r;
}

std::vector<std::uint8_t> block_of(const std::vector<record>& rows) {
  return encode_block(rows);
}

bool decodes(byte_view block) {
  record_set out;
  return decode_block(block, out);
}

void expect_equal(const record& got, const record& wanted) {
  EXPECT_TRUE(same_content(got, wanted)) << got.text;
  EXPECT_EQ(got.file, wanted.file);
  EXPECT_EQ(got.line, wanted.line);
}

TEST(record_block, a_block_lies_as_the_page_says) {
  record second = example();
  second.key = {192, 0, 2, 128};
  second.prefix_length = 25;
  second.file = 0;
  const auto block = block_of({example(), second});
  EXPECT_EQ(block[32], 0x01) << "kind";
  EXPECT_EQ(block[33], 1) << "not all rows are of file 0";
  EXPECT_EQ(load_le<std::uint16_t>(&block[34]), 2U);
  EXPECT_EQ(load_le<std::uint32_t>(&block[36]), 2U * (2 + 2 + 12 + 3)) << "bytes of texts";
  EXPECT_EQ(load_le<std::uint16_t>(&block[40]), 2U) << "sets of attributes";
  const std::vector<std::uint8_t> attributes{24, 1, 6, 0, 0xfb, 0xff, 0x23, 0x01,
                                             60, 0, 3, 0, 0x04, 0x03, 0x02, 0x01};
  EXPECT_TRUE(std::equal(attributes.begin(), attributes.end(), &block[42]));
  EXPECT_EQ(block[42 + 16], 25);
  const std::vector<std::uint8_t> rest{0,   1,                        // sets of the rows
                                       192, 0, 2, 0, 192, 0, 2, 128,  // keys
                                       77,  0, 0, 0, 77,  0, 0, 0,    // lines
                                       4,   0, 0, 0};                 // files
  EXPECT_TRUE(std::equal(rest.begin(), rest.end(), &block[42 + 32]));
  EXPECT_EQ(load_le<std::uint32_t>(&block[42 + 32 + rest.size()]), 0xfd2fb528U) << "a zstd frame";
}

TEST(record_block, records_read_back_and_every_cut_is_refused) {
  record digest = example();
  digest.text = "00ff";
  record upper = example();
  upper.text = "00FF";
  upper.verdict = verdict::spam;
  record odd = example();
  odd.text = "0ff";
  odd.reason = "";
  const std::vector<record> rows{example(), digest, upper, odd};
  const auto block = block_of(rows);
  record_set out;
  ASSERT_TRUE(decode_block(block, out));
  ASSERT_EQ(out.size(), rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    expect_equal(out[i], rows[i]);
  }
  for (std::size_t size = 0; size < block.size(); ++size) {
    EXPECT_FALSE(decodes(byte_view(block).first(size))) << size;
  }
  auto longer = block;
  longer.push_back(0);
  EXPECT_FALSE(decodes(longer));
}

TEST(record_block, the_digest_of_the_content_leaves_places_out) {
  const auto digest = [](auto change) {
    record r = example();
    change(r);
    return read_block_summary(block_of({r})).value().content;
  };
  const auto plain = digest([](record&) {});
  EXPECT_EQ(digest([](record& r) { r.line = 78; }), plain);
  EXPECT_EQ(digest([](record& r) { r.file = 0; }), plain);
  EXPECT_NE(digest([](record& r) { r.feed = 4; }), plain);
  EXPECT_NE(digest([](record& r) { r.key[3] = 1; }), plain);
  EXPECT_NE(digest([](record& r) { r.text = "192.0.2.0/25"; }), plain);
  EXPECT_NE(digest([](record& r) { r.reason = "who"; }), plain);
  EXPECT_NE(digest([](record& r) { r.expires_h = 0; }), plain);
}

// A value out of its range would otherwise reach the next load, which asserts its ranges.
TEST(record_block, values_out_of_range_are_refused) {
  const auto with = [](std::size_t offset, std::uint8_t value) {
    auto block = block_of({example()});
    block[offset] = value;
    return decodes(block);
  };
  EXPECT_TRUE(with(0, 1)) << "the digest is the manifest's business";
  EXPECT_FALSE(with(32, 0x77)) << "kind";
  EXPECT_FALSE(with(33, 2)) << "flags";
  EXPECT_FALSE(with(34, 0)) << "no rows";
  EXPECT_FALSE(with(39, 1)) << "texts of 16 MiB";
  EXPECT_FALSE(with(40, 0)) << "no attributes";
  EXPECT_FALSE(with(40, 2)) << "more attributes than rows";
  EXPECT_FALSE(with(42, 33)) << "prefix length";
  EXPECT_FALSE(with(43, 2)) << "exclusion";
  EXPECT_FALSE(with(44, 8)) << "verdict";
  EXPECT_FALSE(with(45, 1)) << "reserved";
  EXPECT_FALSE(with(47, 0x7f)) << "score";
  EXPECT_FALSE(with(49, 0x10)) << "category";
}

TEST(record_block, longest_texts_fit_and_longer_ones_are_refused) {
  const std::string text(record_text_max, 't');
  const std::string reason(record_reason_max, 'r');
  record r = example();
  r.text = text;
  r.reason = reason;
  record_set out;
  ASSERT_TRUE(decode_block(block_of({r, r, r}), out));
  EXPECT_EQ(out[2].text, text);
  EXPECT_EQ(out[2].reason, reason);
}

TEST(record_block, frames_without_size_are_refused) {
  auto block = block_of({example()});
  const std::size_t frame = 42 + 16 + 4 + 4 + 2;
  const std::vector<std::uint8_t> texts(19);
  std::vector<std::uint8_t> unsized(ZSTD_compressBound(100));
  ZSTD_CCtx* context = ZSTD_createCCtx();
  ZSTD_CCtx_setParameter(context, ZSTD_c_contentSizeFlag, 0);
  unsized.resize(
      ZSTD_compress2(context, unsized.data(), unsized.size(), texts.data(), texts.size()));
  ZSTD_freeCCtx(context);
  block.resize(frame);
  block.insert(block.end(), unsized.begin(), unsized.end());
  EXPECT_FALSE(decodes(block));
}

// Ends of blocks follow from the rows around them: what differs far away changes no block here.
TEST(record_block, equal_stretches_are_cut_equally) {
  std::vector<record> rows;
  for (std::uint32_t i = 0; i < 20'000; ++i) {
    record r;
    r.kind = kind::file_sha256;
    store_le(r.key.data(), std::uint64_t{i} << 32);
    store_le(r.key.data() + 8, i * 0x9e3779b97f4a7c15U);
    rows.push_back(r);
  }
  const auto starts = [](const std::vector<record>& of) {
    std::vector<fingerprint> out;
    block_cutter cutter;
    for (const record& r : of) {
      if (cutter.begins_block(r)) {
        out.push_back(r.key);
      }
    }
    return out;
  };
  const auto all = starts(rows);
  EXPECT_GT(all.size(), 40U);
  EXPECT_LT(all.size(), 200U);
  rows.erase(rows.begin() + 50, rows.begin() + 60);
  const auto fewer = starts(rows);
  EXPECT_TRUE(std::equal(all.rbegin(), all.rbegin() + 30, fewer.rbegin()));
}

TEST(record_block, a_key_with_very_many_rows_is_cut_at_the_limits) {
  const std::string text(8000, 't');
  record r = example();
  r.text = text;
  block_cutter cutter;
  EXPECT_TRUE(cutter.begins_block(r));
  std::size_t rows = 1;
  while (!cutter.begins_block(r)) {
    ++rows;
  }
  EXPECT_EQ(rows, 8U);
  EXPECT_TRUE(decodes(block_of(std::vector<record>(rows, r))));
}

TEST(record_block, keys_sort_as_their_records) {
  const auto at = [](std::uint8_t first, std::uint8_t length, std::uint32_t number) {
    return make_block_key(kind::ip4, {first}, length, number);
  };
  EXPECT_LT(at(1, 0, 0), at(1, 0, 1));
  EXPECT_LT(at(1, 0, 0xff), at(1, 0, 0x100));
  EXPECT_LT(at(1, 0, 0xffffffff), at(1, 1, 0));
  EXPECT_LT(at(1, 32, 9), at(2, 0, 0));
  EXPECT_LT(at(0xff, 32, 9), make_block_key(kind::ip6, {}, 0, 0));
  EXPECT_EQ(block_key_size, 22U);
}

TEST(record_set, sorts_and_drops_what_repeats) {
  record_set set;
  record r = example();
  r.line = 9;
  set.add(r);
  r.line = 3;
  set.add(r);
  r.feed = 1;
  set.add(r);
  r.text = "another";
  set.add(r);
  set.sort_unique();
  ASSERT_EQ(set.size(), 3U);
  EXPECT_EQ(set[0].text, "192.0.2.0/24");
  EXPECT_EQ(set[1].text, "another");
  EXPECT_EQ(set[2].feed, 3);
  EXPECT_EQ(set[2].line, 3U) << "the first of equal rows stays";
}

}  // namespace
}  // namespace repute::store
