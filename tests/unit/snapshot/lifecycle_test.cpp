// SPDX-License-Identifier: Apache-2.0
// Rolling back, removing, listing and counting snapshots.
#include <map>

#include "snapshot/catalog.hpp"
#include "snapshot/removal.hpp"
#include "snapshot/rollback.hpp"
#include "snapshot/stats.hpp"
#include "snapshot_world.hpp"
#include "store/history.hpp"

namespace repute::snapshot::test {
namespace {

using store::store_error;
using numbers = std::vector<std::uint32_t>;

class lifecycle_test : public snapshot_world {
 protected:
  std::uint32_t publish_one(std::uint64_t key = 1) {
    return publish({row_of(kind::host, key, "f")});
  }
  [[nodiscard]] std::uint32_t current() const { return *store::read_current(folder_.path()); }
  static void overwrite(const std::filesystem::path& path, const std::string& bytes) {
    std::filesystem::remove(path);
    std::ofstream(path, std::ios::binary) << bytes;
  }
  void flip_a_byte_of(std::uint32_t generation) const {
    const auto path = store::snapshot_path(folder_.path(), generation);
    std::string bytes = repute::test::read_file(path);
    bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
    overwrite(path, bytes);
  }
  void remove_files_of(std::uint32_t generation) const {
    std::filesystem::remove(store::snapshot_path(folder_.path(), generation));
    std::filesystem::remove(store::manifest_path(folder_.path(), generation));
  }
  [[nodiscard]] std::set<std::string> files() const {
    std::set<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder_.path() / "snapshots")) {
      names.insert(entry.path().filename().string());
    }
    return names;
  }
};

TEST_F(lifecycle_test, a_rollback_done_twice_comes_back) {
  publish_one();
  publish_one();
  publish_one();
  auto done = roll_back(db(), std::nullopt);
  ASSERT_TRUE(done);
  EXPECT_EQ(done->generation, 2U);
  EXPECT_EQ(done->before, 3U);
  EXPECT_EQ(current(), 2U);
  EXPECT_EQ(roll_back(db(), std::nullopt)->generation, 3U);
  EXPECT_EQ(roll_back(db(), std::nullopt)->generation, 2U);
  EXPECT_EQ(roll_back(db(), 1)->generation, 1U);
  EXPECT_EQ(roll_back(db(), std::nullopt)->generation, 2U);
  EXPECT_EQ(publish_one(), 4U) << "a number is never used again";
  EXPECT_EQ(roll_back(db(), std::nullopt)->generation, 2U);
}

TEST_F(lifecycle_test, a_rollback_to_what_is_in_force_changes_nothing) {
  publish_one();
  publish_one();
  const auto done = roll_back(db(), 2);
  ASSERT_TRUE(done);
  EXPECT_EQ(done->generation, done->before);
  EXPECT_EQ(*store::generation_before(folder_.path()), 1U);
}

TEST_F(lifecycle_test, a_rollback_without_a_target_is_not_found) {
  EXPECT_EQ(roll_back(db(), std::nullopt).error().code, store_error::not_found);
  EXPECT_EQ(roll_back(db(), 1).error().code, store_error::not_found);
  EXPECT_FALSE(std::filesystem::exists(folder_.path() / "LOCK")) << "nothing was made";
  publish_one();
  EXPECT_EQ(roll_back(db(), std::nullopt).error().code, store_error::not_found);
  EXPECT_EQ(roll_back(db(), 9).error().code, store_error::not_found);
  publish_one();
  remove_files_of(1);
  EXPECT_EQ(roll_back(db(), std::nullopt).error().code, store_error::not_found);
  EXPECT_EQ(current(), 2U);
}

TEST_F(lifecycle_test, a_rollback_with_a_number_mends_current) {
  publish_one();
  publish_one();
  folder_.write("CURRENT", "");
  EXPECT_EQ(roll_back(db(), std::nullopt).error().code, store_error::corrupt);
  auto done = roll_back(db(), 2);
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(done->generation, 2U);
  EXPECT_EQ(done->before, std::nullopt);
  EXPECT_EQ(current(), 2U);
  EXPECT_EQ(*store::generation_before(folder_.path()), 1U);
  std::filesystem::remove(folder_.path() / "CURRENT");
  done = roll_back(db(), 1);
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(current(), 1U);
}

TEST_F(lifecycle_test, a_damaged_target_is_refused) {
  publish_one();
  publish_one();
  flip_a_byte_of(1);
  EXPECT_EQ(roll_back(db(), std::nullopt).error().code, store_error::corrupt);
  EXPECT_EQ(current(), 2U);
}

TEST_F(lifecycle_test, a_target_of_another_salt_is_refused) {
  publish_one();
  publish_one();
  folder_.write("salt", std::string(64, 'a') + "\n");
  EXPECT_EQ(roll_back(db(), 1).error().code, store_error::foreign_salt);
  EXPECT_EQ(current(), 2U);
}

TEST_F(lifecycle_test, one_writer_at_a_time) {
  publish_one();
  publish_one();
  const auto lock = store::write_lock::acquire(folder_.path());
  EXPECT_EQ(roll_back(db(), 1).error().code, store_error::busy);
  EXPECT_EQ(prune(db(), 1).error().code, store_error::busy);
}

TEST_F(lifecycle_test, removal_keeps_the_newest_and_what_a_rollback_needs) {
  for (int i = 0; i < 6; ++i) {
    publish_one();
  }
  ASSERT_TRUE(roll_back(db(), 2));
  const auto done = prune(db(), 1);
  ASSERT_TRUE(done);
  EXPECT_EQ(done->removed, (numbers{1, 3, 4, 5}));
  EXPECT_EQ(done->kept, (numbers{2, 6}));
  EXPECT_GT(done->freed_bytes, 0U);
  EXPECT_EQ(files(), (std::set<std::string>{"00000002.manifest", "00000002.mdb",
                                            "00000006.manifest", "00000006.mdb", "LAST"}));
  EXPECT_EQ(roll_back(db(), std::nullopt)->generation, 6U);
  EXPECT_TRUE(prune(db(), 5)->removed.empty());
}

TEST_F(lifecycle_test, removal_clears_away_halves_and_companions) {
  for (int i = 0; i < 4; ++i) {
    publish_one();
  }
  folder_.write("snapshots/00000001.sig", "signature");
  std::filesystem::remove(store::manifest_path(folder_.path(), 1));
  std::filesystem::remove(store::snapshot_path(folder_.path(), 2));
  const auto done = prune(db(), 10);
  ASSERT_TRUE(done);
  EXPECT_EQ(done->removed, (numbers{1, 2}));
  EXPECT_EQ(files(), (std::set<std::string>{"00000003.manifest", "00000003.mdb",
                                            "00000004.manifest", "00000004.mdb", "LAST"}));
}

TEST_F(lifecycle_test, removal_needs_a_directory) {
  EXPECT_EQ(prune(db(), 1).error().code, store_error::not_found);
}

TEST_F(lifecycle_test, what_a_killed_loader_left_is_no_snapshot_and_the_next_load_removes_it) {
  publish_one();
  folder_.write("snapshots/00000002.manifest", "made, but its file never got its name");
  folder_.write("snapshots/00000002.sig", "signed");
  folder_.write("snapshots/notes.sig", "not a name that the store gives");
  EXPECT_EQ(*snapshots_of(db()), numbers{1});
  EXPECT_EQ(read_catalog(db())->entries.size(), 1U);
  std::filesystem::remove(folder_.path() / "snapshots" / "LAST");
  EXPECT_EQ(publish_one(), 3U) << "its number stays used up";
  EXPECT_EQ(files(),
            (std::set<std::string>{"00000001.manifest", "00000001.mdb", "00000003.manifest",
                                   "00000003.mdb", "LAST", "notes.sig"}));
}

TEST_F(lifecycle_test, the_one_in_force_is_listed_whatever_is_left_of_it) {
  publish_one();
  publish_one();
  std::filesystem::remove(store::snapshot_path(folder_.path(), 2));
  const auto read = read_catalog(db());
  ASSERT_TRUE(read);
  ASSERT_EQ(read->entries.size(), 2U);
  EXPECT_NE(read->entries[1].problem.find("00000002.mdb"), std::string::npos);
  EXPECT_EQ(publish_one(), 3U);
  EXPECT_TRUE(std::filesystem::exists(store::manifest_path(folder_.path(), 2)))
      << "an import of the same could heal it";
}

TEST_F(lifecycle_test, a_catalog_tells_what_is_there_and_what_is_broken) {
  publish_one();
  publish_one();
  publish_one();
  overwrite(store::snapshot_path(folder_.path(), 2), "cut");
  folder_.write("snapshots/1.manifest", "not a name that the store gives");
  const auto read = read_catalog(db());
  ASSERT_TRUE(read);
  ASSERT_EQ(read->entries.size(), 3U);
  EXPECT_EQ(read->in_force, 3U);
  EXPECT_EQ(read->before, 2U);
  EXPECT_FALSE(read->trouble);
  EXPECT_EQ(read->entries[0].summary->meta.info.records, 1U);
  EXPECT_EQ(read->entries[0].summary->feeds[0].name, "f");
  EXPECT_FALSE(read->entries[1].summary);
  EXPECT_NE(read->entries[1].problem.find("00000002.mdb"), std::string::npos);
  EXPECT_EQ(read_catalog(db() + "/none").error().code, store_error::not_found);
  folder_.write("HISTORY", "1\n1\n");
  EXPECT_TRUE(read_catalog(db())->trouble);
}

TEST_F(lifecycle_test, statistics_count_rows_keys_and_overlap) {
  constexpr std::uint64_t hour = repute::test::load_time_unix_s / 3600;
  auto ends = [](test_row row, std::uint64_t hours) {
    row.record.expires_h = static_cast<std::uint32_t>(hour + hours);
    return row;
  };
  auto excluded = row_of(kind::host, 1, "c");
  excluded.record.exclusion = true;
  const auto reader =
      open(publish({row_of(kind::host, 1, "a"), row_of(kind::host, 1, "b"), excluded,
                    row_of(kind::url, 2, "a", verdict::phishing),
                    ends(row_of(kind::ip4, 3, "a"), 2), ends(row_of(kind::ip4, 3, "b"), 24 * 20)}));
  const auto counted = count_rows(reader, repute::test::load_time_unix_s);
  ASSERT_TRUE(counted);
  EXPECT_EQ(counted->rows, 6U);
  EXPECT_EQ(counted->keys, 3U);
  EXPECT_EQ(counted->exclusions, 1U);
  EXPECT_EQ(counted->rows_by_kind,
            (std::map<kind, std::uint64_t>{{kind::ip4, 2}, {kind::host, 3}, {kind::url, 1}}));
  EXPECT_EQ(counted->rows_by_verdict[static_cast<std::size_t>(verdict::spam)], 4U);
  EXPECT_EQ(counted->rows_by_verdict[static_cast<std::size_t>(verdict::phishing)], 1U);
  EXPECT_EQ(counted->rows_by_expiry[static_cast<std::size_t>(expiry_class::within_a_day)], 1U);
  EXPECT_EQ(counted->rows_by_expiry[static_cast<std::size_t>(expiry_class::within_30_days)], 1U);
  EXPECT_EQ(counted->rows_by_expiry[static_cast<std::size_t>(expiry_class::never)], 4U);
  EXPECT_EQ(counted->feeds[0].keys, 3U);
  EXPECT_EQ(counted->feeds[0].only_here, 1U);
  EXPECT_EQ(counted->feeds[2].exclusions, 1U);
  const std::map<std::pair<std::uint16_t, std::uint16_t>, std::uint64_t> overlap{
      {{0, 1}, 2}, {{0, 2}, 1}, {{1, 2}, 1}};
  EXPECT_EQ(counted->overlap, overlap);
  const auto later = count_rows(reader, repute::test::load_time_unix_s + 3 * 3600);
  EXPECT_EQ(later->rows_by_expiry[static_cast<std::size_t>(expiry_class::ended)], 1U);
}

}  // namespace
}  // namespace repute::snapshot::test
