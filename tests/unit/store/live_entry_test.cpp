// SPDX-License-Identifier: Apache-2.0
#include "store/live_entry.hpp"

#include <gtest/gtest.h>

namespace repute::store {
namespace {

live_entry example() {
  live_entry e;
  e.layer = live_layer::override;
  e.kind = kind::ip4;
  e.prefix_length = 24;
  e.key = {192, 0, 2};
  e.seq = 0x0102030405;
  e.verdict = verdict::trusted;
  e.score = -5;
  e.category = 0x0123;
  e.expires_unix_s = 1'800'000'000;
  e.time_unix_s = 1'700'000'000;
  e.who = "alice";
  e.text = "192.0.2.0/24";
  e.reason = "our own relays";
  return e;
}

live_entry changed(auto change) {
  live_entry e = example();
  change(e);
  return e;
}

bool reads_back(const live_entry& e) {
  byte_writer out;
  encode_live_entry(e, out);
  byte_reader in(out.bytes());
  live_entry got;
  return decode_live_entry(in, got) && got == e && in.empty();
}

TEST(live_entry, lies_as_the_page_says) {
  byte_writer out;
  encode_live_entry(example(), out);
  const auto& bytes = out.bytes();
  const std::vector<std::uint8_t> head{2, 1, 1, 24, 192, 0, 2, 0};
  EXPECT_TRUE(std::equal(head.begin(), head.end(), bytes.begin()));
  EXPECT_EQ(load_le<std::uint64_t>(&bytes[20]), 0x0102030405U);
  EXPECT_EQ(load_le<std::uint16_t>(&bytes[28]), 4U);
  EXPECT_EQ(load_le<std::uint16_t>(&bytes[30]), 0xfffbU);
  EXPECT_EQ(load_le<std::uint16_t>(&bytes[32]), 0x0123U);
  EXPECT_EQ(load_le<std::uint16_t>(&bytes[34]), 60U);
  EXPECT_EQ(load_le<std::uint64_t>(&bytes[36]), 1'800'000'000U);
  EXPECT_EQ(load_le<std::uint64_t>(&bytes[44]), 1'700'000'000U);
  EXPECT_EQ(load_le<std::uint16_t>(&bytes[52]), 5U);
  EXPECT_EQ(bytes.size(), 52 + 2 + 5 + 2 + 12 + 2 + 14U);
}

TEST(live_entry, reads_back_and_values_out_of_range_do_not) {
  EXPECT_TRUE(reads_back(example()));
  EXPECT_FALSE(reads_back(changed([](live_entry& e) { e.layer = live_layer{3}; })));
  EXPECT_FALSE(reads_back(changed([](live_entry& e) { e.action = live_action{0}; })));
  EXPECT_FALSE(reads_back(changed([](live_entry& e) { e.kind = kind{0x77}; })));
  EXPECT_FALSE(reads_back(changed([](live_entry& e) { e.prefix_length = 33; })));
  EXPECT_FALSE(reads_back(changed([](live_entry& e) { e.seq = 0; })));
  EXPECT_FALSE(reads_back(changed([](live_entry& e) { e.verdict = verdict{8}; })));
  EXPECT_FALSE(reads_back(changed([](live_entry& e) { e.score = 1001; })));
  EXPECT_FALSE(reads_back(changed([](live_entry& e) { e.category = 0x1000; })));
  EXPECT_FALSE(reads_back(changed([](live_entry& e) { e.who.assign(live_who_max + 1, 'w'); })));
  EXPECT_FALSE(reads_back(changed([](live_entry& e) { e.text.assign(live_text_max + 1, 't'); })));
  EXPECT_FALSE(
      reads_back(changed([](live_entry& e) { e.reason.assign(live_reason_max + 1, 'r'); })));
}

TEST(live_entry, a_part_reads_back_whole_in_order_or_not_at_all) {
  const std::vector<live_entry> entries{changed([](live_entry& e) { e.layer = live_layer::live; }),
                                        example(),
                                        changed([](live_entry& e) { e.prefix_length = 25; })};
  auto part = encode_live(entries);
  EXPECT_EQ(decode_live(part), entries);
  for (std::size_t size = 0; size < part.size(); ++size) {
    EXPECT_FALSE(decode_live(byte_view(part).first(size))) << size;
  }
  part.push_back(0);
  EXPECT_EQ(decode_live(part), entries) << "zero padding";
  part.back() = 1;
  EXPECT_FALSE(decode_live(part));
  EXPECT_EQ(decode_live(encode_live({})), std::vector<live_entry>());

  byte_writer twice;
  twice.number(std::uint32_t{2});
  encode_live_entry(example(), twice);
  encode_live_entry(example(), twice);
  EXPECT_FALSE(decode_live(twice.bytes())) << "two entries for one key";
}

}  // namespace
}  // namespace repute::store
