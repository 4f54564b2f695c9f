// SPDX-License-Identifier: Apache-2.0
// Damage of the bytes, and of what they mean, is found and named.
#include "snapshot/verify.hpp"

#include <map>

#include "snapshot_world.hpp"
#include "store/manifest.hpp"
#include "store/meta.hpp"
#include "store/snapshot_signature.hpp"

namespace repute::snapshot::test {
namespace {

class verify_test : public snapshot_world {
 protected:
  [[nodiscard]] std::filesystem::path file() const {
    return store::snapshot_path(folder_.path(), 1);
  }
  [[nodiscard]] store::manifest manifest() const {
    return *store::read_manifest(store::manifest_path(folder_.path(), 1));
  }
  [[nodiscard]] std::string problems() const {
    const auto done = verify(db(), 1);
    EXPECT_TRUE(done);
    std::string all;
    for (const std::string& each : done->problems) {
      all += each + "\n";
    }
    return all;
  }
  static void overwrite(const std::filesystem::path& path, const std::string& bytes) {
    std::filesystem::remove(path);
    std::ofstream(path, std::ios::binary) << bytes;
  }
  // Other bytes, and a manifest that is true for them: a loader gone wrong.
  void forge(const std::string& bytes) const {
    auto true_for_it = manifest();
    overwrite(file(), bytes);
    ASSERT_TRUE(store::digest_file(file(), true_for_it));
    overwrite(store::manifest_path(folder_.path(), 1), store::encode_manifest(true_for_it));
  }
  [[nodiscard]] std::size_t begin_of(std::string_view part) const {
    const store::manifest read = manifest();
    for (const store::manifest_part& each : read.parts) {
      if (each.name == part) {
        return static_cast<std::size_t>(store::file_offset(read, each)) + store::payload_offset;
      }
    }
    ADD_FAILURE() << part;
    return 0;
  }

  void publish_rows(std::size_t rows) {
    std::vector<test_row> all;
    for (std::size_t i = 0; i < rows; ++i) {
      all.push_back(row_of(i % 3 == 0 ? kind::ip4 : kind::host, i, "feed"));
    }
    publish(all);
  }
};

TEST_F(verify_test, a_whole_snapshot_has_no_problem) {
  publish_rows(3000);
  const auto done = verify(db(), 1);
  ASSERT_TRUE(done);
  EXPECT_EQ(done->problems, std::vector<std::string>());
  EXPECT_EQ(done->records, 3000U);
  EXPECT_EQ(done->keys, 3000U);
  EXPECT_EQ(verify(db(), 2).error().code, store::store_error::not_found);
}

TEST_F(verify_test, names_what_lies_in_each_of_1000_damaged_pages) {
  publish_rows(60000);
  const store::manifest read = manifest();
  ASSERT_GE(read.chunks.size(), 3U);
  std::string bytes = repute::test::read_file(file());
  const std::size_t pages = bytes.size() / read.page_bytes;
  std::mt19937_64 random(11);
  std::filesystem::permissions(file(), std::filesystem::perms::owner_all);
  std::fstream stream(file(), std::ios::in | std::ios::out | std::ios::binary);
  for (int i = 0; i < 1000; ++i) {
    const std::size_t at = random() % pages * read.page_bytes + random() % read.page_bytes;
    const char flipped = static_cast<char>(bytes[at] ^ (1 << random() % 8));
    stream.seekp(static_cast<std::streamoff>(at)).put(flipped).flush();
    const auto damaged = store::damaged_chunks(file(), read, 2);
    ASSERT_TRUE(damaged);
    const std::uint64_t chunk = at / store::chunk_size * store::chunk_size;
    ASSERT_EQ(*damaged, std::vector<std::uint64_t>{chunk});
    const std::string named = store::parts_in_chunk(read, chunk);
    ASSERT_NE(named.find(store::part_at(read, at)), std::string::npos) << at << ": " << named;
    if (i % 50 == 0) {
      ASSERT_NE(problems().find("(" + named + ")"), std::string::npos);
    }
    stream.seekp(static_cast<std::streamoff>(at)).put(bytes[at]).flush();
  }
  EXPECT_EQ(problems(), "");
}

TEST_F(verify_test, tells_every_damaged_chunk) {
  publish_rows(60000);
  std::string bytes = repute::test::read_file(file());
  bytes[5] ^= 1;
  bytes[bytes.size() - 5] ^= 1;
  overwrite(file(), bytes);
  const std::string said = problems();
  EXPECT_NE(said.find("at byte 0 "), std::string::npos) << said;
  EXPECT_EQ(std::count(said.begin(), said.end(), '\n'), 2) << said;
  overwrite(file(), bytes.substr(1));
  EXPECT_NE(problems().find("its manifest says"), std::string::npos);
  overwrite(store::manifest_path(folder_.path(), 1), "repute manifest 1\n");
  EXPECT_NE(problems().find("00000001.manifest"), std::string::npos);
}

TEST_F(verify_test, finds_a_signature_that_is_none_of_this_manifest) {
  publish_rows(30);
  const auto signature = store::signature_path(folder_.path(), 1);
  ASSERT_TRUE(store::sign_snapshot(folder_.path(), 1, seal::signing_key::generate()));
  EXPECT_EQ(problems(), "") << "whoever signed";
  const std::string good = repute::test::read_file(signature);
  std::string forged = good;
  char& digit = forged[forged.find("\nsignature ") + 20];
  digit = digit == '0' ? '1' : '0';
  for (const auto& [text, why] :
       std::map<std::string, std::string>{{forged, "its manifest is not what ed25519:"},
                                          {good.substr(1), "not a signature"},
                                          {good + "x", "larger than"},
                                          {"", "not a signature"}}) {
    overwrite(signature, text);
    const std::string said = problems();
    EXPECT_TRUE(said.starts_with("signature: " + signature.string())) << said;
    EXPECT_NE(said.find(why), std::string::npos) << said;
    EXPECT_EQ(std::count(said.begin(), said.end(), '\n'), 1) << said;
  }
}

TEST_F(verify_test, finds_a_table_without_the_keys_of_its_records) {
  publish_rows(300);
  std::string bytes = repute::test::read_file(file());
  const std::size_t table = begin_of(store::part_table(0));
  std::fill_n(bytes.begin() + static_cast<std::ptrdiff_t>(table), 64, '\0');
  forge(bytes);
  const std::string said = problems();
  EXPECT_NE(said.find("table: no verdict for"), std::string::npos) << said;
  EXPECT_NE(said.find("its meta part says"), std::string::npos) << said;
}

TEST_F(verify_test, finds_a_dictionary_that_runs_in_a_circle) {
  publish_rows(30);
  std::string bytes = repute::test::read_file(file());
  bytes[begin_of(store::part_dictionary) + 16 + 12] = 1;
  forge(bytes);
  EXPECT_NE(problems().find("dictionary: entry 1"), std::string::npos);
}

TEST_F(verify_test, finds_a_changed_block_of_records) {
  publish({row_of(kind::host, 17, "feed")});
  std::string bytes = repute::test::read_file(file());
  const std::size_t text = bytes.find("key17");
  ASSERT_NE(text, std::string::npos) << "so short a text is not compressed";
  bytes[text] = 'K';
  forge(bytes);
  EXPECT_NE(problems().find("records: a block of HOST is broken"), std::string::npos) << problems();
}

}  // namespace
}  // namespace repute::snapshot::test
