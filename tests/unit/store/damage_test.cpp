// SPDX-License-Identifier: Apache-2.0
// A snapshot that is not what was published is refused, in both modes, by everybody who opens it.
#include <gtest/gtest.h>
#include <lmdb.h>

#include <random>

#include "published_database.hpp"
#include "store/snapshot_reader.hpp"

namespace repute::store {
namespace {

using test::content_builder;
using test::published_database;

constexpr std::array modes{storage_mode::mmap, storage_mode::memory};

snapshot_content some_content(std::size_t keys) {
  content_builder builder;
  std::mt19937_64 random(9);
  for (std::size_t i = 0; i < keys; ++i) {
    fingerprint key{};
    store_le(key.data(), random());
    store_le(key.data() + 8, random());
    const auto score = static_cast<std::int16_t>(i % 50);
    builder.add_key(kind::host, key, builder.verdict_of(test::listing(score)));
    builder.add_record(kind::host, key, 1, std::to_string(random()));
  }
  builder.content().ranges4 = {{100, 0}, {200, no_verdict}};
  builder.content().ranges6 = {{{1, 1}, 0}};
  return std::move(builder.content());
}

// The failure that opening gives; asserts that there is one, of that code, in both modes.
std::string refusal(const published_database& database, store_error code) {
  std::string message;
  for (const storage_mode mode : modes) {
    const auto opened = snapshot::open(database.path(), 1, mode);
    EXPECT_FALSE(opened);
    if (!opened) {
      EXPECT_EQ(opened.error().code, code) << opened.error().message;
      message = opened.error().message;
    }
  }
  const auto reader = snapshot_reader::open(database.path(), 1);
  EXPECT_FALSE(reader);
  return message;
}

void flip_byte(const std::filesystem::path& file, std::uint64_t at) {
  std::filesystem::permissions(file, std::filesystem::perms::owner_all);
  std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
  stream.seekg(static_cast<std::streamoff>(at));
  const int byte = stream.get();
  stream.seekp(static_cast<std::streamoff>(at));
  stream.put(static_cast<char>(byte ^ 0x10));
}

TEST(damage, of_any_byte_is_refused_and_names_the_part) {
  published_database database(some_content(20000));
  const auto written = read_manifest(database.manifest_file());
  ASSERT_TRUE(written);
  std::vector<std::uint64_t> places{0, 1, written->file_bytes - 1};
  for (const manifest_part& part : written->parts) {
    const std::uint64_t begin = file_offset(*written, part);
    places.insert(places.end(), {begin - 16, begin, begin + 48, begin + part.bytes - 1});
  }
  std::mt19937_64 random(3);
  while (places.size() < 300) {
    places.push_back(random() % written->file_bytes);
  }
  for (const std::uint64_t at : places) {
    flip_byte(database.snapshot_file(), at);
    const std::string message = refusal(database, store_error::corrupt);
    EXPECT_NE(message.find(part_at(*written, at)), std::string::npos)
        << at << " is in " << part_at(*written, at) << ": " << message;
    flip_byte(database.snapshot_file(), at);
  }
  EXPECT_TRUE(snapshot::open(database.path(), 1, storage_mode::memory));
}

TEST(damage, of_the_size_is_refused) {
  published_database database(some_content(10));
  const std::string bytes = test::read_file(database.snapshot_file());
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, bytes.size() - 1}) {
    database.overwrite(database.snapshot_file(), bytes.substr(0, size));
    refusal(database, store_error::corrupt);
  }
  database.overwrite(database.snapshot_file(), bytes + "x");
  refusal(database, store_error::corrupt);
}

TEST(damage, a_missing_file_or_manifest_is_not_found) {
  published_database database(some_content(10));
  const std::string bytes = test::read_file(database.snapshot_file());
  std::filesystem::remove(database.snapshot_file());
  EXPECT_NE(refusal(database, store_error::not_found).find("00000001.mdb"), std::string::npos);
  database.overwrite(database.snapshot_file(), bytes);
  std::filesystem::remove(database.manifest_file());
  EXPECT_NE(refusal(database, store_error::not_found).find("00000001.manifest"), std::string::npos);
}

// One number never names two sets of data: neither a manifest nor a pair of files under another
// name.
TEST(damage, files_of_another_generation_are_refused) {
  published_database database(some_content(10));
  const std::string old_file = test::read_file(database.snapshot_file());
  const std::string old_manifest = test::read_file(database.manifest_file());
  database.publish(some_content(11));
  ASSERT_EQ(database.made().generation, 2U);
  const auto refused = [&] {
    for (const storage_mode mode : modes) {
      const auto opened = snapshot::open(database.path(), 2, mode);
      EXPECT_FALSE(opened);
      EXPECT_TRUE(opened || opened.error().code == store_error::corrupt);
    }
    EXPECT_FALSE(snapshot_reader::open(database.path(), 2));
  };
  const std::string manifest = test::read_file(database.manifest_file());
  database.overwrite(database.manifest_file(), old_manifest);
  refused();
  database.overwrite(database.snapshot_file(), old_file);
  refused();
  database.overwrite(database.manifest_file(), manifest);
  refused();
}

// Patches one value of meta and makes the manifest agree.
class patched_meta {
 public:
  patched_meta()
      : database_(some_content(100)), bytes_(test::read_file(database_.snapshot_file())) {
    manifest_ = *read_manifest(database_.manifest_file());
    for (const manifest_part& part : manifest_.parts) {
      if (part.name == "meta") {
        begin_ = file_offset(manifest_, part) + 48;
      }
    }
  }
  template <class T>
  std::string refusal_with(std::size_t at, T value, store_error code) {
    std::string changed = bytes_;
    std::memcpy(&changed[begin_ + at], &value, sizeof value);
    database_.overwrite_with_manifest(changed, manifest_);
    return refusal(database_, code);
  }

 private:
  published_database database_;
  std::string bytes_;
  manifest manifest_;
  std::size_t begin_ = 0;
};

TEST(damage, another_format_is_refused_though_its_manifest_is_right) {
  patched_meta patched;
  patched.refusal_with(0, 'X', store_error::corrupt);
  patched.refusal_with(8, std::uint32_t{1}, store_error::wrong_version);
  patched.refusal_with(16, std::uint32_t{2}, store_error::corrupt);
  patched.refusal_with(16, std::uint32_t{0}, store_error::corrupt);
  patched.refusal_with(52, std::uint32_t{9}, store_error::corrupt);
}

// Counts that the parts cannot hold must not become reads beyond them.
TEST(damage, counts_beyond_their_parts_are_refused) {
  patched_meta patched;
  patched.refusal_with(56, std::uint64_t{1000}, store_error::corrupt);
  patched.refusal_with(56, std::uint64_t{1} << 30, store_error::corrupt);
  patched.refusal_with(88, std::uint32_t{100000}, store_error::corrupt);
  patched.refusal_with(92, std::uint32_t{20}, store_error::corrupt);
  patched.refusal_with(96, std::uint32_t{100000}, store_error::corrupt);
  patched.refusal_with(100, std::uint32_t{100000}, store_error::corrupt);
  patched.refusal_with(100, std::uint32_t{0xffffffff}, store_error::corrupt);
}

TEST(damage, files_of_others_are_refused) {
  published_database database(some_content(10));
  manifest of = *read_manifest(database.manifest_file());
  database.overwrite_with_manifest(std::string(1 << 16, 'x'), of);
  refusal(database, store_error::corrupt);
  of.parts.clear();
  database.overwrite_with_manifest(std::string(1 << 16, '\0'), of);
  refusal(database, store_error::corrupt);
}

// An LMDB file with nothing of ours in it, under a manifest that promises the parts.
TEST(damage, a_stranger_s_lmdb_file_is_refused) {
  published_database database(some_content(10));
  const manifest of = *read_manifest(database.manifest_file());
  const auto path = database.path() / "strange.mdb";
  MDB_env* env = nullptr;
  ASSERT_EQ(mdb_env_create(&env), 0);
  ASSERT_EQ(mdb_env_open(env, path.c_str(), MDB_NOSUBDIR | MDB_NOLOCK, 0644), 0);
  MDB_txn* txn = nullptr;
  ASSERT_EQ(mdb_txn_begin(env, nullptr, 0, &txn), 0);
  MDB_dbi dbi = 0;
  ASSERT_EQ(mdb_dbi_open(txn, nullptr, 0, &dbi), 0);
  std::string value(200000, 'v');
  MDB_val key{3, value.data()};
  MDB_val data{value.size(), value.data()};
  ASSERT_EQ(mdb_put(txn, dbi, &key, &data, 0), 0);
  ASSERT_EQ(mdb_txn_commit(txn), 0);
  mdb_env_close(env);
  database.overwrite_with_manifest(test::read_file(path), of);
  refusal(database, store_error::corrupt);
}

TEST(damage, current_names_a_generation_or_is_refused) {
  const test::temporary_directory folder;
  EXPECT_EQ(read_current(folder.path()).error().code, store_error::not_found);
  folder.write("CURRENT", "7\n");
  EXPECT_EQ(*read_current(folder.path()), 7U);
  for (const char* bad : {"", "\n", "0\n", "7", "7\n\n", " 7\n", "-7\n", "7 \n", "seven\n",
                          "4294967296\n", "0000000000000000007\n"}) {
    folder.write("CURRENT", bad);
    const auto read = read_current(folder.path());
    EXPECT_FALSE(read) << bad;
    EXPECT_TRUE(read || read.error().code == store_error::corrupt);
  }
}

}  // namespace
}  // namespace repute::store
