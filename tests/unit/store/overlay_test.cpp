// SPDX-License-Identifier: Apache-2.0
#include "store/overlay.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>
#include <map>
#include <random>

#include "unit/store/live_world.hpp"
#include "unit/store/published_database.hpp"

namespace repute::test {
namespace {

using store::live_entry;
using store::live_key;
using store::overlay;
using store::store_error;

constexpr std::array<std::uint8_t, 2> salt_fp{0xaa, 0xbb};

overlay::visitor up_to(std::uint64_t seq) {
  return [seq](const live_entry& entry) { return entry.seq <= seq; };
}

class overlay_test : public testing::Test {
 protected:
  [[nodiscard]] std::filesystem::path path() const { return folder_.path() / "overlay"; }
  [[nodiscard]] overlay open(std::uint64_t last_seq = 0) const {
    auto opened = overlay::open(path(), salt_fp, last_seq);
    if (!opened) {
      throw std::runtime_error(opened.error().message);
    }
    return std::move(*opened);
  }
  [[nodiscard]] store_error refusal() const {
    const auto opened = overlay::open(path(), salt_fp, 0);
    EXPECT_FALSE(opened);
    if (opened) {
      return {};
    }
    EXPECT_NE(opened.error().message.find("overlay"), std::string::npos) << opened.error().message;
    return opened.error().code;
  }
  static std::vector<live_entry> all(const overlay& from, std::optional<live_key> after = {}) {
    std::vector<live_entry> out;
    EXPECT_TRUE(from.visit_after(after, [&](const live_entry& entry) {
      out.push_back(entry);
      return true;
    }));
    return out;
  }

  temporary_directory folder_;
};

TEST_F(overlay_test, begins_empty_and_for_its_group_alone) {
  const overlay fresh = open();
  EXPECT_EQ(*fresh.size(), 0u);
  EXPECT_EQ(fresh.last_seq(), 0u);
  struct stat status {};
  ASSERT_EQ(::stat(path().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0750u);
  ASSERT_EQ(::stat((path() / "data.mdb").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
}

TEST_F(overlay_test, what_is_committed_is_there_after_a_restart) {
  std::vector<live_entry> changes{put_of(numbered(3), 30), put_of(numbered(1), 10),
                                  about4(put_of({}, 5), {192, 0, 2, 0}, 24)};
  {
    overlay first = open(41);
    ASSERT_TRUE(first.commit(changes));
    EXPECT_EQ(changes.front().seq, 42u);
    EXPECT_EQ(first.last_seq(), 44u);
  }
  const overlay again = open();
  EXPECT_EQ(again.last_seq(), 44u);
  EXPECT_EQ(*again.size(), 3u);
  for (const live_entry& each : changes) {
    EXPECT_EQ(**again.find(key_of(each)), each);
  }
  EXPECT_FALSE(*again.find(key_of(put_of(numbered(2), 0))));
  std::sort(changes.begin(), changes.end(), store::live_less);
  EXPECT_EQ(all(again), changes);
  EXPECT_EQ(all(again, key_of(changes[0])),
            std::vector<live_entry>(changes.begin() + 1, changes.end()));
}

TEST_F(overlay_test, has_an_id_of_its_own_that_stays) {
  std::uint64_t id = 0;
  {
    overlay first = open();
    id = first.id();
    std::vector one{put_of(numbered(1), 1)};
    ASSERT_TRUE(first.commit(one));
  }
  EXPECT_NE(id, 0u);
  EXPECT_EQ(open().id(), id);
  std::filesystem::remove_all(path());
  EXPECT_NE(open().id(), id);
}

TEST_F(overlay_test, one_entry_a_key_and_layer_the_last_said) {
  overlay opened = open();
  std::vector<live_entry> changes{put_of(numbered(1), 1), put_of(numbered(1), 2)};
  ASSERT_TRUE(opened.commit(changes));
  std::vector more{put_of(numbered(1), 3, 0, store::live_layer::override)};
  ASSERT_TRUE(opened.commit(more));
  ASSERT_EQ(all(opened).size(), 2u);
  EXPECT_EQ(all(opened).front().score, 2);
  EXPECT_EQ(all(opened).front().seq, 2u);
}

// LMDB believes a page that says it holds fewer entries than it does.
TEST_F(overlay_test, a_shortened_page_is_noticed) {
  {
    overlay opened = open();
    std::vector<live_entry> changes;
    for (std::uint8_t i = 0; i < 200; ++i) {
      changes.push_back(put_of(numbered(i), 1));
    }
    ASSERT_TRUE(opened.commit(changes));
  }
  constexpr std::size_t page_bytes = 4096;
  constexpr std::size_t flags_at = 10;
  constexpr std::size_t lower_at = 12;
  constexpr char leaf = 2;
  const std::string whole = read_file(path() / "data.mdb");
  int refused = 0;
  for (std::size_t page = 2 * page_bytes; page < whole.size(); page += page_bytes) {
    if (whole[page + flags_at] != leaf) {
      continue;
    }
    std::string cut = whole;
    cut[page + lower_at] = static_cast<char>(cut[page + lower_at] - 2);
    published_database::overwrite(path() / "data.mdb", cut);
    const auto opened = overlay::open(path(), salt_fp, 0);
    refused += opened ? 0 : 1;
    EXPECT_TRUE(!opened || *opened->size() == 200u) << "page " << page / page_bytes;
  }
  EXPECT_GT(refused, 2);
}

TEST_F(overlay_test, dropping_forgets_old_entries_and_no_number) {
  {
    overlay opened = open();
    for (std::uint8_t i = 1; i <= 9; ++i) {
      std::vector one{put_of(numbered(i), i)};
      ASSERT_TRUE(opened.commit(one));
    }
    EXPECT_EQ(*opened.drop(up_to(6)), 6u);
    EXPECT_EQ(*opened.drop(up_to(6)), 0u);
    EXPECT_EQ(*opened.size(), 3u);
    EXPECT_EQ(*opened.drop(up_to(9)), 3u);
  }
  EXPECT_EQ(open().last_seq(), 9u);
  EXPECT_EQ(open(20).last_seq(), 20u);
}

TEST_F(overlay_test, its_map_grows) {
  constexpr std::size_t count = 40'000;  // some 40 MB, of a first map of 16
  overlay opened = open();
  std::mt19937_64 random(1);
  std::vector<live_entry> changes(count, put_of({}, 1));
  for (live_entry& each : changes) {
    for (std::uint8_t& byte : each.key) {
      byte = static_cast<std::uint8_t>(random());
    }
    each.reason.assign(900, 'x');
  }
  ASSERT_TRUE(opened.commit(changes));
  EXPECT_EQ(*opened.size(), count);
  EXPECT_EQ(*opened.drop(up_to(count)), count);
}

TEST_F(overlay_test, a_commit_that_fails_changes_nothing_and_later_ones_succeed) {
  overlay opened = open();
  std::vector<live_entry> first{put_of(numbered(1), 1)};
  ASSERT_TRUE(opened.commit(first));
  std::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const rlimit small{std::filesystem::file_size(path() / "data.mdb"), before.rlim_max};
  std::vector<live_entry> many(3000, put_of({}, 2));
  for (std::size_t i = 0; i < many.size(); ++i) {
    store_le(many[i].key.data(), static_cast<std::uint32_t>(i));
  }
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  const auto failed = opened.commit(many);
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, store_error::io);
  EXPECT_EQ(all(opened), first);
  std::vector<live_entry> next{put_of(numbered(2), 3)};
  ASSERT_TRUE(opened.commit(next));
  EXPECT_EQ(*opened.size(), 2u);
  EXPECT_EQ(*open().size(), 2u);
}

TEST_F(overlay_test, entries_of_another_salt_are_refused_and_no_entries_are_not) {
  {
    overlay opened = open();
    std::vector one{put_of(numbered(1), 1)};
    ASSERT_TRUE(opened.commit(one));
  }
  const auto other = overlay::open(path(), {1, 2}, 0);
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, store_error::foreign_salt);
  {
    overlay opened = open();
    ASSERT_TRUE(opened.drop(up_to(1)));
  }
  EXPECT_TRUE(overlay::open(path(), {1, 2}, 0));
}

TEST_F(overlay_test, a_cut_file_and_a_foreign_one_are_refused) {
  {
    overlay opened = open();
    std::vector<live_entry> many(500, put_of({}, 2));
    for (std::size_t i = 0; i < many.size(); ++i) {
      store_le(many[i].key.data(), static_cast<std::uint32_t>(i));
    }
    ASSERT_TRUE(opened.commit(many));
  }
  const std::filesystem::path data = path() / "data.mdb";
  std::filesystem::resize_file(data, std::filesystem::file_size(data) / 8192 * 4096);
  EXPECT_EQ(refusal(), store_error::corrupt);
  std::filesystem::remove(data);
  folder_.write("overlay/data.mdb", std::string(100'000, 'x'));
  EXPECT_EQ(refusal(), store_error::corrupt);
}

// Of LMDB's own structure see lmdb_pages_test.cpp.
TEST_F(overlay_test, a_changed_byte_of_an_entry_is_found) {
  {
    overlay opened = open();
    std::vector one{put_of(numbered(1), 1)};
    ASSERT_TRUE(opened.commit(one));
  }
  const std::filesystem::path data = path() / "data.mdb";
  const std::string bytes = read_file(data);
  std::size_t found = 0;
  for (const std::string_view part : {"because", "key.example", "tester"}) {
    for (std::size_t at = bytes.find(part); at != std::string::npos;
         at = bytes.find(part, at + 1)) {
      std::string changed = bytes;
      changed[at] = static_cast<char>(changed[at] ^ 1);
      folder_.write("overlay/data.mdb", changed);
      EXPECT_EQ(refusal(), store_error::corrupt);
      ++found;
    }
  }
  EXPECT_GE(found, 3u);
}

}  // namespace
}  // namespace repute::test
