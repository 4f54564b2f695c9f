// SPDX-License-Identifier: Apache-2.0
// The small parts byte by byte as the page gives them.
#include "store/meta.hpp"

#include <gtest/gtest.h>

#include "repute/seal/digest.hpp"

namespace repute::store {
namespace {

snapshot_meta example() {
  snapshot_meta meta;
  meta.info.generation = 0x11;
  meta.info.data_epoch = 0x22;
  meta.info.data_seq = 0x33;
  meta.info.created_unix_s = 0x44;
  meta.info.ip_seed = 0x55;
  meta.info.salt_fp = {0x66, 0x67};
  meta.info.keys = 0x77;
  meta.info.records = 0x88;
  meta.info.prefixes = 0x99;
  meta.canon_version = 0xaa;
  meta.layout = table_layout::five_slots_32;
  meta.lines = 0xbb;
  meta.dictionary_size = 0xcc;
  meta.range4_bits = 13;
  meta.range4_count = 0xdd;
  meta.range6_count = 0xee;
  meta.range6_bits = 14;
  meta.info.overlay_id = 0xff01;
  meta.keys_by_kind[0x10] = 0x1010;
  meta.keys_by_kind[255] = 0xffff;
  meta.content_digest.fill(0xcd);
  return meta;
}

TEST(meta, lies_where_the_page_says) {
  const auto bytes = encode_meta(example());
  ASSERT_EQ(bytes.size(), 148U + 2048);
  const auto u32 = [&](std::size_t at) { return load_le<std::uint32_t>(&bytes[at]); };
  const auto u64 = [&](std::size_t at) { return load_le<std::uint64_t>(&bytes[at]); };
  EXPECT_EQ(std::string(bytes.begin(), bytes.begin() + 8), "REPUTEDB");
  EXPECT_EQ(u32(8), 3U);
  EXPECT_EQ(u32(12), 0xaaU);
  EXPECT_EQ(u32(16), 0x11U);
  EXPECT_EQ(u32(20), 0x22U);
  EXPECT_EQ(u64(24), 0x33U);
  EXPECT_EQ(u64(32), 0x44U);
  EXPECT_EQ(u64(40), 0x55U);
  EXPECT_EQ(u32(48), 0x6766U);
  EXPECT_EQ(u32(52), 2U);
  EXPECT_EQ(u64(56), 0xbbU);
  EXPECT_EQ(u64(64), 0x77U);
  EXPECT_EQ(u64(72), 0x88U);
  EXPECT_EQ(u64(80), 0x99U);
  EXPECT_EQ(u32(88), 0xccU);
  EXPECT_EQ(u32(92), 13U);
  EXPECT_EQ(u32(96), 0xddU);
  EXPECT_EQ(u32(100), 0xeeU);
  EXPECT_EQ(u32(104), 14U);
  EXPECT_EQ(u64(108), 0xff01U);
  EXPECT_EQ(bytes[116], 0xcd);
  EXPECT_EQ(bytes[147], 0xcd);
  EXPECT_EQ(u64(148 + 0x10 * 8), 0x1010U);
  EXPECT_EQ(u64(148 + 255 * 8), 0xffffU);
}

TEST(meta, reads_back_as_written) {
  const auto bytes = encode_meta(example());
  snapshot_meta out;
  ASSERT_EQ(decode_meta(bytes, out), meta_error::none);
  EXPECT_EQ(encode_meta(out), bytes);
}

TEST(meta, every_cut_is_refused) {
  const auto bytes = encode_meta(example());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    snapshot_meta out;
    const std::vector<std::uint8_t> cut(bytes.begin(),
                                        bytes.begin() + static_cast<std::ptrdiff_t>(size));
    EXPECT_NE(decode_meta(cut, out), meta_error::none) << size;
  }
}

TEST(meta, bounds_are_checked) {
  const auto with = [](auto change) {
    snapshot_meta meta = example();
    change(meta);
    snapshot_meta out;
    return decode_meta(encode_meta(meta), out);
  };
  EXPECT_EQ(with([](auto& m) { m.info.generation = 0; }), meta_error::broken);
  EXPECT_EQ(with([](auto& m) { m.lines = 1; }), meta_error::broken);
  EXPECT_EQ(with([](auto& m) { m.lines = (std::uint64_t{1} << 30) + 1; }), meta_error::broken);
  EXPECT_EQ(with([](auto& m) { m.lines = std::uint64_t{1} << 30; }), meta_error::none);
  EXPECT_EQ(with([](auto& m) { m.layout = table_layout{3}; }), meta_error::broken);
  EXPECT_EQ(with([](auto& m) { m.layout = table_layout{0}; }), meta_error::broken);
  EXPECT_EQ(with([](auto& m) { m.dictionary_size = 0; }), meta_error::broken);
  EXPECT_EQ(with([](auto& m) { m.range4_bits = 25; }), meta_error::broken);
  EXPECT_EQ(with([](auto& m) { m.range4_count = 0; }), meta_error::broken);
  EXPECT_EQ(with([](auto& m) { m.range6_count = 0; }), meta_error::broken);
  EXPECT_EQ(with([](auto& m) { m.range6_bits = 25; }), meta_error::broken);
  auto bytes = encode_meta(example());
  snapshot_meta out;
  bytes[8] = 1;
  EXPECT_EQ(decode_meta(bytes, out), meta_error::wrong_version);
  bytes[0] = 'X';
  EXPECT_EQ(decode_meta(bytes, out), meta_error::not_a_snapshot);
}

TEST(feeds_part, reads_back_with_padding_and_refuses_every_cut) {
  const std::vector<feed_info> feeds{{"a", {"one", ""}, 1, 2}, {"b", {}, 3, 4}};
  auto bytes = encode_feeds(feeds);
  EXPECT_EQ(load_le<std::uint16_t>(bytes.data()), 2U);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const std::vector<std::uint8_t> cut(bytes.begin(),
                                        bytes.begin() + static_cast<std::ptrdiff_t>(size));
    EXPECT_FALSE(decode_feeds(cut)) << size;
  }
  bytes.resize(bytes.size() + 100);
  EXPECT_EQ(decode_feeds(bytes), feeds);
}

TEST(sources_part, gives_the_feeds_of_an_entry) {
  const std::vector<std::vector<std::uint16_t>> sources{{}, {1, 2}, {}, {7}};
  auto bytes = encode_sources(sources);
  const std::size_t size = bytes.size();
  EXPECT_EQ(size, 4 + 4 * 4 + 3 * 2U);
  bytes.resize(size + 50);
  for (std::uint32_t i = 0; i < sources.size(); ++i) {
    EXPECT_EQ(decode_source(bytes, i), sources[i]);
  }
  EXPECT_FALSE(decode_source(bytes, 4));
  EXPECT_FALSE(decode_source(bytes, 0xffffffff));
  EXPECT_FALSE(decode_source({}, 0));
  bytes.resize(size - 1);
  EXPECT_FALSE(decode_source(bytes, 3));
  store_le<std::uint32_t>(&bytes[0], 0xffffffff);  // a count beyond the bytes there are
  EXPECT_FALSE(decode_source(bytes, 0xfffffffe));
  EXPECT_FALSE(decode_source(bytes, 0x3fffffff));
}

TEST(sources_part, lists_that_run_backwards_are_refused) {
  auto bytes = encode_sources({{1}, {2}, {3}});
  store_le<std::uint32_t>(&bytes[4], 3);
  EXPECT_FALSE(decode_source(bytes, 1));
}

TEST(parts, names_of_shards) {
  EXPECT_EQ(part_table(0), "table.0000");
  EXPECT_EQ(part_table(127), "table.0127");
}

}  // namespace
}  // namespace repute::store
