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
  r.time_unix_s = 1'700'000'000;
  r.text = "192.0.2.0/24";
  r.reason = "why";
  return r;
}

std::vector<std::uint8_t> encoded(const record& from) {
  byte_writer out;
  encode_record(from, out);
  return std::move(out.bytes());
}

bool decodes(byte_view bytes) {
  byte_reader in(bytes);
  record out;
  return decode_record(in, out);
}

TEST(record_block, a_record_lies_as_the_page_says) {
  const auto bytes = encoded(example());
  const std::vector<std::uint8_t> head{0x01, 24, 1, 6, 192, 0, 2, 0};
  ASSERT_EQ(bytes.size(), 4 + 16 + 2 * 5 + 4 + 4 + 8 + 2 + 12 + 2 + 3U);
  EXPECT_TRUE(std::equal(head.begin(), head.end(), bytes.begin()));
  EXPECT_EQ(load_le<std::uint16_t>(&bytes[20]), 0xfffb);
  EXPECT_EQ(load_le<std::uint16_t>(&bytes[22]), 0x0123);
  EXPECT_EQ(load_le<std::uint16_t>(&bytes[24]), 60);
  EXPECT_EQ(load_le<std::uint16_t>(&bytes[26]), 3);
  EXPECT_EQ(load_le<std::uint16_t>(&bytes[28]), 4);
  EXPECT_EQ(load_le<std::uint32_t>(&bytes[30]), 0x01020304U);
  EXPECT_EQ(load_le<std::uint32_t>(&bytes[34]), 77U);
  EXPECT_EQ(load_le<std::uint64_t>(&bytes[38]), 1'700'000'000U);
  EXPECT_EQ(load_le<std::uint16_t>(&bytes[46]), 12);
}

TEST(record_block, a_record_reads_back_and_every_cut_is_refused) {
  const auto bytes = encoded(example());
  byte_reader in(bytes);
  record out;
  ASSERT_TRUE(decode_record(in, out));
  EXPECT_TRUE(in.empty());
  EXPECT_TRUE(same_content(out, example()));
  EXPECT_EQ(out.line, 77U);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(decodes(byte_view(bytes).first(size))) << size;
  }
}

// A value out of its range would otherwise reach the next load, which asserts its ranges.
TEST(record_block, values_out_of_range_are_refused) {
  const auto with = [](auto change) {
    record r = example();
    change(r);
    return decodes(encoded(r));
  };
  EXPECT_TRUE(with([](record&) {}));
  EXPECT_FALSE(with([](record& r) { r.kind = kind{0x77}; }));
  EXPECT_FALSE(with([](record& r) { r.verdict = verdict{8}; }));
  EXPECT_FALSE(with([](record& r) { r.score = 1001; }));
  EXPECT_FALSE(with([](record& r) { r.score = -1001; }));
  EXPECT_FALSE(with([](record& r) { r.category = 0x1000; }));
  EXPECT_FALSE(with([](record& r) { r.prefix_length = 33; }));
  EXPECT_FALSE(with([](record& r) { r.kind = kind::ip6, r.prefix_length = 129; }));
  EXPECT_FALSE(with([](record& r) { r.kind = kind::host, r.prefix_length = 1; }));
  auto bytes = encoded(example());
  bytes[2] = 2;  // a flag that this version does not know
  EXPECT_FALSE(decodes(bytes));
}

TEST(record_block, texts_beyond_their_limits_are_refused) {
  const std::string longest(record_text_max, 't');
  const std::string too_long = longest + "t";
  record r = example();
  r.text = longest;
  EXPECT_TRUE(decodes(encoded(r)));
  r.text = too_long;
  EXPECT_FALSE(decodes(encoded(r)));
  r.text = {};
  r.reason = std::string_view(too_long).substr(0, record_reason_max + 1);
  EXPECT_FALSE(decodes(encoded(r)));
}

RC_GTEST_PROP(record_block, compresses_and_back, (const std::vector<std::uint8_t>& raw)) {
  const auto packed = compress_block(raw);
  const auto again = decompress_block(packed);
  RC_ASSERT(again.has_value());
  RC_ASSERT(*again == raw);
}

TEST(record_block, frames_without_size_or_too_large_are_refused) {
  EXPECT_FALSE(decompress_block({}));
  const std::vector<std::uint8_t> limit(block_size_max);
  EXPECT_TRUE(decompress_block(compress_block(limit)));
  EXPECT_FALSE(decompress_block(compress_block(std::vector<std::uint8_t>(block_size_max + 1))));
  const auto packed = compress_block(limit);
  for (std::size_t size = 0; size < packed.size(); ++size) {
    EXPECT_FALSE(decompress_block(byte_view(packed).first(size))) << size;
  }
  auto twice = packed;
  twice.insert(twice.end(), packed.begin(), packed.end());
  EXPECT_FALSE(decompress_block(twice));

  std::vector<std::uint8_t> unsized(ZSTD_compressBound(100));
  ZSTD_CCtx* context = ZSTD_createCCtx();
  ZSTD_CCtx_setParameter(context, ZSTD_c_contentSizeFlag, 0);
  unsized.resize(ZSTD_compress2(context, unsized.data(), unsized.size(), limit.data(), 100));
  ZSTD_freeCCtx(context);
  EXPECT_FALSE(decompress_block(unsized));
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
