// SPDX-License-Identifier: Apache-2.0
#include "store/lmdb_pages.hpp"

#include <gtest/gtest.h>

#include <random>

#include "store/bundle.hpp"
#include "store/snapshot_file.hpp"
#include "support/overlay_pages.hpp"
#include "unit/store/published_database.hpp"

namespace repute::test {
namespace {

constexpr std::size_t page_bytes = 4096;
constexpr std::size_t page_header = 16;

std::optional<std::string> damage(const std::string& file) {
  return store::damage_in_pages({reinterpret_cast<const std::uint8_t*>(file.data()), file.size()});
}

class lmdb_pages_test : public testing::Test {
 protected:
  lmdb_pages_test() {
    make_overlay_pages(folder_);
    file_ = read_file(folder_.path() / "overlay/data.mdb");
    entries_ = entries_of(open_overlay_pages(folder_));
  }

  // A changed file is refused, or nothing that was said has changed.
  void expect_no_loss(const std::string& changed) {
    if (damage(changed)) {
      ++refused_;
      return;
    }
    folder_.write("overlay/data.mdb", changed);
    const auto opened = store::overlay::open(folder_.path() / "overlay", overlay_pages_salt_fp, 0);
    if (opened) {
      EXPECT_TRUE(entries_of(*opened) == entries_);  // hundreds of lines, if they were printed
    }
  }
  [[nodiscard]] std::string turned(std::size_t at, unsigned bit) const {
    std::string out = file_;
    out[at] = static_cast<char>(static_cast<unsigned char>(out[at]) ^ (1U << bit));
    return out;
  }

  temporary_directory folder_;
  std::string file_;
  std::vector<store::live_entry> entries_;
  std::size_t refused_ = 0;
};

TEST_F(lmdb_pages_test, what_lmdb_writes_is_sound) {
  EXPECT_EQ(damage(file_), std::nullopt);
  EXPECT_GT(file_.size() / page_bytes, 20u);
  EXPECT_EQ(damage(file_ + std::string(page_bytes, 'x')), std::nullopt);  // beyond the last page
  const published_database db(content_builder().content());
  EXPECT_EQ(damage(read_file(db.snapshot_file())), std::nullopt);
}

TEST_F(lmdb_pages_test, what_was_read_of_a_large_file_can_be_forgotten) {
  constexpr std::size_t large = std::size_t{40} << 20;
  auto made = store::snapshot_file::create(folder_.path() / "large.mdb");
  ASSERT_TRUE(made);
  ASSERT_TRUE(made->put_part("large", std::vector<std::uint8_t>(large)));
  ASSERT_TRUE(made->sync());
  const std::string file = read_file(folder_.path() / "large.mdb");
  unsigned times = 0;
  const byte_view bytes(reinterpret_cast<const std::uint8_t*>(file.data()), file.size());
  EXPECT_EQ(store::damage_in_pages(bytes, [&times] { ++times; }), std::nullopt);
  EXPECT_EQ(times, large / (std::size_t{16} << 20));
}

TEST_F(lmdb_pages_test, a_cut_file_is_damaged_wherever_it_ends) {
  for (std::size_t size = 0; size < file_.size(); size += page_bytes / 2) {
    EXPECT_TRUE(damage(file_.substr(0, size))) << size;
  }
}

TEST_F(lmdb_pages_test, no_turned_bit_of_a_page_head_is_fatal_or_loses_an_entry) {
  for (std::size_t page = 0; page < file_.size() / page_bytes; ++page) {
    for (std::size_t at = 8; at < page_header; ++at) {
      expect_no_loss(turned(page * page_bytes + at, static_cast<unsigned>((page + at) % 8)));
    }
  }
  EXPECT_GT(refused_, file_.size() / page_bytes);
}

TEST_F(lmdb_pages_test, no_turned_bit_of_the_heads_is_fatal_or_loses_an_entry) {
  constexpr std::size_t head_bytes = 152;
  // Two transactions more or less: the state before the last one is as sound as the last.
  constexpr std::size_t unseen_bit = (head_bytes - 8) * 8 + 1;
  for (const std::size_t page : {0U, 1U}) {
    for (std::size_t bit = 0; bit < head_bytes * 8; bit += 3) {
      if (bit == unseen_bit) {
        continue;
      }
      expect_no_loss(turned(page * page_bytes + bit / 8, bit % 8));
    }
  }
}

TEST_F(lmdb_pages_test, no_turned_bit_anywhere_is_fatal_or_loses_an_entry) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 300; ++i) {
    expect_no_loss(turned(random() % file_.size(), random() % 8));
  }
}

}  // namespace
}  // namespace repute::test
