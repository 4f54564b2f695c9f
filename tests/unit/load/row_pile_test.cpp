// SPDX-License-Identifier: Apache-2.0
#include "load/row_pile.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>
#include <vector>

#include "support/temporary_directory.hpp"

namespace repute::load {
namespace {

constexpr std::size_t plenty = std::size_t{1} << 30;

// A record with texts of its own.
struct whole_row {
  store::record row;
  std::string text;
  std::string reason;
};

store::record record_of(const whole_row& from) {
  store::record out = from.row;
  out.text = from.text;
  out.reason = from.reason;
  return out;
}

std::string shown(const store::record& r) {
  std::string out = std::string(name(r.kind)) + "/" + std::to_string(r.prefix_length) + " ";
  for (const std::uint8_t byte : r.key) {
    out += std::to_string(byte) + ".";
  }
  return out + " " + std::to_string(r.feed) + (r.exclusion ? "!" : "") +
         std::string(word(r.verdict)) + std::to_string(r.score) + " " +
         std::to_string(r.expires_h) + " " + std::to_string(r.file) + ":" + std::to_string(r.line) +
         " " + std::string(r.text) + "|" + std::string(r.reason);
}

std::vector<std::string> sorted_by_pile(const std::vector<whole_row>& rows, std::size_t memory) {
  const repute::test::temporary_directory folder;
  row_pile pile(folder.path(), memory, 3);
  for (const whole_row& row : rows) {
    compiled_rows one;
    one.add(record_of(row), false);
    pile.add(std::move(one));
  }
  pile.sort();
  std::vector<std::string> out;
  row_reader reader(pile);
  while (const stored_row* row = reader.next()) {
    out.push_back(shown(to_record(*row, pile.attributes()[row->attributes])));
  }
  return out;
}

std::vector<std::string> sorted_by_set(const std::vector<whole_row>& rows) {
  store::record_set set;
  for (const whole_row& row : rows) {
    set.add(record_of(row));
  }
  set.sort_unique();
  std::vector<std::string> out;
  for (std::size_t i = 0; i < set.size(); ++i) {
    out.push_back(shown(set[i]));
  }
  return out;
}

whole_row any_row() {
  whole_row out;
  out.row.kind = *rc::gen::element(kind::ip4, kind::host, kind::av_record);
  out.row.key[0] = *rc::gen::element<std::uint8_t>(0, 1, 255);
  out.row.key[9] = *rc::gen::element<std::uint8_t>(0, 128);
  out.row.prefix_length = out.row.kind == kind::ip4 ? *rc::gen::element<std::uint8_t>(8, 32) : 0;
  out.row.feed = *rc::gen::element<std::uint16_t>(0, 300);
  out.row.exclusion = *rc::gen::arbitrary<bool>();
  out.row.verdict = *rc::gen::element(verdict::spam, verdict::malware);
  out.row.score = *rc::gen::element<std::int16_t>(-5, 0, 700);
  out.row.expires_h = *rc::gen::element(0U, 480'000U);
  out.row.file = *rc::gen::element<std::uint16_t>(0, 2);
  out.row.line = *rc::gen::element(1U, 70'000U);
  out.text = *rc::gen::element<std::string>("", "a", "\xff", "text");
  out.reason = *rc::gen::element<std::string>("", "why");
  return out;
}

RC_GTEST_PROP(row_pile, sorts_as_a_set_of_records_does_with_any_memory, ()) {
  std::vector<whole_row> rows;
  for (int i = *rc::gen::inRange(0, 60); i > 0; --i) {
    rows.push_back(any_row());
  }
  const auto wanted = sorted_by_set(rows);
  RC_ASSERT(sorted_by_pile(rows, plenty) == wanted);
  RC_ASSERT(sorted_by_pile(rows, *rc::gen::inRange<std::size_t>(1, 1'000'000)) == wanted);
}

TEST(row_pile, the_longest_texts_go_through_files) {
  std::vector<whole_row> rows;
  for (std::uint8_t i = 0; i < 40; ++i) {
    whole_row& row = rows.emplace_back();
    row.row.kind = kind::url;
    row.row.key[3] = static_cast<std::uint8_t>(i % 7);
    row.text.assign(store::record_text_max, static_cast<char>('a' + i % 20));
    row.reason.assign(store::record_reason_max, 'r');
  }
  EXPECT_EQ(sorted_by_pile(rows, 1), sorted_by_set(rows));
}

TEST(row_pile, covers_of_many_runs_are_sorted_and_said_once) {
  const repute::test::temporary_directory folder;
  row_pile pile(folder.path(), 1, 2);
  whole_row row;
  row.row.kind = kind::ip4;
  row.row.key = {10};
  row.row.prefix_length = 8;
  for (const std::uint32_t expires : {5U, 0U, 9U, 7U}) {
    row.row.expires_h = expires;
    compiled_rows one;
    one.add(record_of(row), false);
    pile.add(std::move(one));
  }
  pile.sort();
  const auto covers = pile.take_covers();
  const auto& room = covers[room_of(kind::ip4, row.row.key)];
  ASSERT_EQ(room.size(), 1U);
  EXPECT_EQ(pile.attributes()[room[0].attributes].expires_h, 0U) << "never is last";
}

TEST(row_pile, a_folder_that_is_not_there_is_an_error) {
  row_pile pile("/nonexistent", 1, 1);
  compiled_rows one;
  one.add(record_of({}), false);
  EXPECT_THROW(pile.add(std::move(one)), std::system_error);
}

}  // namespace
}  // namespace repute::load
