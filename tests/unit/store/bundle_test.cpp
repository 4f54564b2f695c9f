// SPDX-License-Identifier: Apache-2.0
#include "store/bundle.hpp"

#include <gtest/gtest.h>
#include <zstd.h>

#include <random>

#include "published_database.hpp"
#include "store/lmdb_pages.hpp"
#include "store/snapshot_signature.hpp"

namespace repute::store {
namespace {

namespace fs = std::filesystem;
using seal::signing_key;
using test::content_builder;

// Above 1 MiB, so that there are several chunks.
snapshot_content some_content(std::int16_t score, std::size_t keys = 60000) {
  content_builder builder;
  std::mt19937_64 random(9);
  const std::uint32_t verdict = builder.verdict_of(test::listing(score));
  for (std::size_t i = 0; i < keys; ++i) {
    fingerprint key{};
    store_le(key.data(), random());
    store_le(key.data() + 8, random());
    builder.add_key(kind::host, key, verdict);
  }
  builder.add_record(kind::host, {1, 2, 3}, 1, "row");
  return std::move(builder.content());
}

// As content_builder says.
import_terms terms_of(std::span<const seal::public_key> trusted = {}) {
  return {.salt_fp = {0xaa, 0xbb},
          .ip_seed = 0x0123456789abcdef,
          .canon_version = 1,
          .trusted = trusted};
}

std::string compress(const std::string& content) {
  std::string out(ZSTD_compressBound(content.size()), '\0');
  out.resize(ZSTD_compress(out.data(), out.size(), content.data(), content.size(), 1));
  return out;
}

std::string decompress(const std::string& frame) {
  std::string out(ZSTD_getFrameContentSize(frame.data(), frame.size()), '\0');
  EXPECT_EQ(ZSTD_decompress(out.data(), out.size(), frame.data(), frame.size()), out.size());
  return out;
}

class bundle : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    source_ = new test::published_database(some_content(1));
    key_ = new signing_key(signing_key::generate());
    const auto lock = write_lock::acquire(source_->path());
    ASSERT_TRUE(lock);
    ASSERT_TRUE(sign_snapshot(source_->path(), 1, *key_));
  }
  static void TearDownTestSuite() {
    delete source_;
    delete key_;
  }

  bundle() { EXPECT_TRUE(write_bundle(source_->path(), 1, file())); }

  [[nodiscard]] fs::path file() const { return folder_.path() / "bundle"; }
  [[nodiscard]] fs::path db() const { return folder_.path() / "db"; }
  [[nodiscard]] result<imported> import(const import_terms& terms = terms_of()) const {
    return import_bundle(file(), db(), terms);
  }
  [[nodiscard]] std::string content() const { return decompress(test::read_file(file())); }
  void set_content(const std::string& content) { folder_.write("bundle", compress(content)); }

  // Nothing of a refused bundle may be left, and what was in force stays.
  std::string expect_refusal(store_error code, const import_terms& terms = terms_of()) const {
    const auto before = files();
    const auto done = import(terms);
    EXPECT_FALSE(done);
    EXPECT_EQ(files(), before);
    if (done) {
      return {};
    }
    EXPECT_EQ(done.error().code, code) << done.error().message;
    const bool of_db = code == store_error::used_number || code == store_error::busy;
    const std::string named = of_db ? db() : file();
    EXPECT_EQ(done.error().message.find(named + ": "), 0u) << done.error().message;
    return done.error().message;
  }
  // Names and bytes of the database; LOCK is nobody's data.
  [[nodiscard]] std::map<std::string, std::string> files() const {
    std::map<std::string, std::string> out;
    std::error_code none_yet;
    for (const auto& entry : fs::recursive_directory_iterator(db(), none_yet)) {
      if (entry.is_regular_file() && entry.path().filename() != "LOCK") {
        out[entry.path().string()] = test::read_file(entry.path());
      }
    }
    return out;
  }
  void make_salted_database() const { fs::create_directories(db()); }

  static test::published_database* source_;
  static signing_key* key_;
  test::temporary_directory folder_;
};
test::published_database* bundle::source_ = nullptr;
signing_key* bundle::key_ = nullptr;

TEST_F(bundle, installs_the_very_snapshot) {
  const std::vector trusted{key_->public_half()};
  const auto done = import(terms_of(trusted));
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(done->generation, 1U);
  EXPECT_TRUE(done->changed);
  EXPECT_EQ(*read_current(db()), 1U);
  EXPECT_EQ(*last_generation(db()), 1U);
  for (const auto path : {snapshot_path, manifest_path, signature_path}) {
    EXPECT_EQ(test::read_file(path(db(), 1)), test::read_file(path(source_->path(), 1)));
    EXPECT_EQ(static_cast<unsigned>(fs::status(path(db(), 1)).permissions()), 0444U);
  }
  EXPECT_TRUE(snapshot::open(db(), 1, storage_mode::memory, trusted));
}

TEST_F(bundle, is_the_same_each_time_and_smaller_than_the_snapshot) {
  const std::string first = test::read_file(file());
  const auto size = write_bundle(source_->path(), 1, file());
  ASSERT_TRUE(size);
  EXPECT_EQ(*size, first.size());
  EXPECT_EQ(test::read_file(file()), first);
  EXPECT_LT(first.size(), source_->made().file_bytes);
  EXPECT_FALSE(fs::exists(file().string() + ".tmp"));
}

TEST_F(bundle, may_have_a_name_without_a_folder) {
  const fs::path before = fs::current_path();
  fs::current_path(folder_.path());
  const auto size = write_bundle(source_->path(), 1, "plain");
  fs::current_path(before);
  ASSERT_TRUE(size) << size.error().message;
  EXPECT_EQ(test::read_file(folder_.path() / "plain").size(), *size);
}

TEST_F(bundle, of_a_damaged_or_missing_snapshot_is_not_made) {
  const test::published_database damaged(some_content(2, 100));
  std::string bytes = test::read_file(damaged.snapshot_file());
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
  test::published_database::overwrite(damaged.snapshot_file(), bytes);
  const fs::path to = folder_.path() / "other";
  EXPECT_EQ(write_bundle(damaged.path(), 1, to).error().code, store_error::corrupt);
  EXPECT_EQ(write_bundle(damaged.path(), 2, to).error().code, store_error::not_found);
  EXPECT_FALSE(fs::exists(to));
  EXPECT_FALSE(fs::exists(to.string() + ".tmp"));
}

TEST_F(bundle, again_changes_nothing) {
  ASSERT_TRUE(import()->changed);
  const auto before = files();
  const auto again = import();
  ASSERT_TRUE(again);
  EXPECT_FALSE(again->changed);
  EXPECT_EQ(files(), before);
}

TEST_F(bundle, again_heals_a_damaged_snapshot_and_ends_a_half_done_import) {
  ASSERT_TRUE(import());
  const auto whole = files();
  test::published_database::overwrite(snapshot_path(db(), 1), "cut");
  EXPECT_TRUE(import()->changed);
  EXPECT_EQ(files(), whole);
  fs::remove(snapshot_path(db(), 1));
  fs::remove(db() / "CURRENT");
  EXPECT_TRUE(import()->changed);
  EXPECT_EQ(files(), whole);
}

// What a killed import leaves: the files that it had put in place, and a temporary one.
TEST_F(bundle, that_broke_off_anywhere_can_be_imported_again) {
  ASSERT_TRUE(import());
  const auto whole = files();
  const std::vector<fs::path> in_order{manifest_path(db(), 1), signature_path(db(), 1),
                                       db() / "snapshots" / "LAST", snapshot_path(db(), 1),
                                       db() / "CURRENT"};
  ASSERT_EQ(whole.size(), in_order.size());
  EXPECT_EQ(whole.at(in_order[2].string()), "1\n");
  for (std::size_t done = 0; done <= in_order.size(); ++done) {
    fs::remove_all(db());
    fs::create_directories(db() / "snapshots");
    for (std::size_t i = 0; i < done; ++i) {
      test::published_database::overwrite(in_order[i], whole.at(in_order[i].string()));
    }
    test::published_database::overwrite(db() / "snapshots" / "00000001.mdb.tmp", "half");
    const auto again = import();
    ASSERT_TRUE(again) << done << ": " << again.error().message;
    EXPECT_EQ(files(), whole) << done;
  }
}

// The order in which the files come is what makes it so.
TEST_F(bundle, that_cannot_be_put_in_place_can_be_imported_again) {
  for (const char* name : {"00000001.manifest", "00000001.sig", "LAST"}) {
    fs::remove_all(db());
    const fs::path blocked = db() / "snapshots" / (std::string(name) + ".tmp");
    fs::create_directories(blocked / "x");  // fails for every user, root too
    const auto failed = import();
    ASSERT_FALSE(failed) << name;
    EXPECT_EQ(failed.error().code, store_error::io) << failed.error().message;
    EXPECT_FALSE(fs::exists(db() / "CURRENT"));
    fs::remove_all(blocked);
    const auto again = import();
    ASSERT_TRUE(again) << name << ": " << again.error().message;
    EXPECT_EQ(test::read_file(db() / "snapshots" / "LAST"), "1\n");
  }
}

TEST_F(bundle, takes_the_next_free_number_of_its_source_alone) {
  {
    const auto lock = write_lock::acquire(db());
    ASSERT_TRUE(publish_snapshot(db(), some_content(5, 10)));
  }
  const std::string other = expect_refusal(store_error::used_number);
  EXPECT_NE(other.find("generation 1 names other data here"), std::string::npos) << other;
  test::published_database::overwrite(db() / "snapshots" / "LAST", "9\n");
  fs::remove(manifest_path(db(), 1));
  const std::string past = expect_refusal(store_error::used_number);
  EXPECT_NE(past.find("where 9 was the last"), std::string::npos) << past;
}

TEST_F(bundle, needs_the_directorys_salt_and_canonical_forms) {
  import_terms other = terms_of();
  other.salt_fp = {1, 2};
  EXPECT_NE(expect_refusal(store_error::foreign_salt, other).find("salt"), std::string::npos);
  other = terms_of();
  other.ip_seed = 1;
  expect_refusal(store_error::foreign_salt, other);
  other = terms_of();
  other.canon_version = 2;
  EXPECT_NE(expect_refusal(store_error::wrong_version, other).find("canonical forms"),
            std::string::npos);
}

TEST_F(bundle, needs_a_trusted_signature_where_keys_are_given) {
  const std::vector strangers{signing_key::generate().public_half()};
  EXPECT_NE(expect_refusal(store_error::untrusted, terms_of(strangers)).find("no trusted key"),
            std::string::npos);
  fs::remove(signature_path(source_->path(), 1));
  ASSERT_TRUE(write_bundle(source_->path(), 1, file()));
  ASSERT_TRUE(sign_snapshot(source_->path(), 1, *key_));
  const std::vector trusted{key_->public_half()};
  EXPECT_NE(expect_refusal(store_error::untrusted, terms_of(trusted)).find("not signed"),
            std::string::npos);
  EXPECT_TRUE(import()) << "without keys an unsigned one is good enough";
}

// Digests that fit say nothing about who made them.
TEST_F(bundle, of_pages_that_lmdb_would_stumble_over_is_refused) {
  content_builder builder;
  for (std::uint32_t i = 0; i < 5000; ++i) {
    fingerprint key{};
    key[0] = static_cast<std::uint8_t>(i >> 8);
    key[1] = static_cast<std::uint8_t>(i);
    builder.add_record(kind::host, key, i, "row");
  }
  const test::published_database source(std::move(builder.content()));
  const std::string whole = test::read_file(source.snapshot_file());
  const auto manifest = read_manifest(source.manifest_file());
  ASSERT_TRUE(manifest);
  constexpr std::size_t page_bytes = 4096;
  constexpr std::size_t flags_at = 10;
  constexpr std::size_t lower_at = 12;
  std::size_t changed = 0;
  for (std::size_t page = 2 * page_bytes; page < whole.size(); page += page_bytes) {
    if (whole[page + flags_at] != 1 && whole[page + flags_at] != 2) {
      continue;  // no branch and no leaf
    }
    std::string bytes = whole;
    bytes[page + lower_at] = static_cast<char>(bytes[page + lower_at] - 2);
    const bool in_use =
        damage_in_pages(
            byte_view(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()))
            .has_value();
    if (in_use) {
      source.overwrite_with_manifest(bytes, *manifest);
      ASSERT_TRUE(write_bundle(source.path(), 1, file()));
      expect_refusal(store_error::corrupt);
      ++changed;
    }
  }
  EXPECT_GT(changed, 3u);
  source.overwrite_with_manifest(whole, *manifest);
  ASSERT_TRUE(write_bundle(source.path(), 1, file()));
  const auto done = import();
  EXPECT_TRUE(done) << done.error().message;
}

TEST_F(bundle, with_a_wrong_signature_is_refused_even_without_keys) {
  std::string bytes = content();
  const std::size_t digit = bytes.find("\nsignature ") + 20;
  bytes[digit] = bytes[digit] == '0' ? '1' : '0';
  set_content(bytes);
  expect_refusal(store_error::untrusted);
}

TEST_F(bundle, does_not_replace_a_signature_without_keys_to_judge_by) {
  ASSERT_TRUE(import());
  const signing_key other = signing_key::generate();
  ASSERT_TRUE(sign_snapshot(db(), 1, other));
  const std::string mine = test::read_file(signature_path(db(), 1));
  ASSERT_TRUE(import());
  EXPECT_EQ(test::read_file(signature_path(db(), 1)), mine);
  const std::vector trusted{key_->public_half()};
  ASSERT_TRUE(import(terms_of(trusted)));
  EXPECT_NE(test::read_file(signature_path(db(), 1)), mine);
}

TEST_F(bundle, with_any_other_content_is_refused) {
  const std::string good = content();
  std::mt19937_64 random(4);
  for (int i = 0; i < 40; ++i) {
    std::string bad = good;
    const std::size_t at = i < 20 ? random() % 1000 : random() % bad.size();
    bad[at] = static_cast<char>(bad[at] ^ (1 << random() % 8));
    set_content(bad);
    EXPECT_FALSE(import()) << at;
  }
  set_content(good + "x");
  EXPECT_NE(expect_refusal(store_error::corrupt).find("something follows"), std::string::npos);
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{31}, std::size_t{400}, good.size() / 2, good.size() - 1}) {
    set_content(good.substr(0, size));
    EXPECT_NE(expect_refusal(store_error::corrupt).find("cut short"), std::string::npos) << size;
  }
  EXPECT_FALSE(fs::exists(db() / "CURRENT"));
}

TEST_F(bundle, whose_frame_is_cut_damaged_or_followed_is_refused) {
  const std::string good = test::read_file(file());
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{1}, std::size_t{20}, good.size() / 2, good.size() - 1}) {
    folder_.write("bundle", good.substr(0, size));
    expect_refusal(store_error::corrupt);
  }
  for (const std::string& tail : {std::string("x"), good, compress("")}) {
    folder_.write("bundle", good + tail);
    expect_refusal(store_error::corrupt);
  }
  std::mt19937_64 random(5);
  for (int i = 0; i < 40; ++i) {
    std::string bad = good;
    const std::size_t at = random() % bad.size();
    bad[at] = static_cast<char>(bad[at] ^ (1 << random() % 8));
    folder_.write("bundle", bad);
    const auto done = import();  // some header bits change nothing that anybody reads
    EXPECT_TRUE(!done || test::read_file(snapshot_path(db(), 1)) ==
                             test::read_file(source_->snapshot_file()));
  }
  folder_.write("bundle", "not zstd");
  expect_refusal(store_error::corrupt);
  fs::remove(file());
  expect_refusal(store_error::not_found);
}

// A frame may ask its reader for gigabytes of window.
TEST_F(bundle, that_wants_much_memory_is_refused) {
  const std::string bytes = content();
  std::string out(ZSTD_compressBound(bytes.size()), '\0');
  ZSTD_CCtx* stream = ZSTD_createCCtx();
  ZSTD_CCtx_setParameter(stream, ZSTD_c_windowLog, 27);
  ZSTD_outBuffer to{out.data(), out.size(), 0};
  ZSTD_inBuffer from{bytes.data(), bytes.size(), 0};
  ZSTD_compressStream2(stream, &to, &from, ZSTD_e_continue);  // no size told: the window counts
  ASSERT_EQ(ZSTD_compressStream2(stream, &to, &from, ZSTD_e_end), 0U);
  ZSTD_freeCCtx(stream);
  folder_.write("bundle", out.substr(0, to.pos));
  expect_refusal(store_error::corrupt);
}

TEST_F(bundle, of_another_format_version_is_refused_as_that) {
  std::string file_bytes = test::read_file(source_->snapshot_file());
  const auto old = read_manifest(source_->manifest_file());
  ASSERT_TRUE(old);
  for (const manifest_part& part : old->parts) {
    if (part.name == part_meta) {
      file_bytes[static_cast<std::size_t>(file_offset(*old, part)) + payload_offset + 8] = 9;
    }
  }
  manifest changed = *old;
  ASSERT_TRUE(digest_file(folder_.write("file", file_bytes), changed));
  const std::string text = encode_manifest(changed);
  const auto head = encode_bundle_head(
      {static_cast<std::uint32_t>(text.size()), 0, static_cast<std::uint64_t>(file_bytes.size())});
  set_content(std::string(head.begin(), head.end()) + text + file_bytes);
  EXPECT_NE(expect_refusal(store_error::wrong_version).find("format version"), std::string::npos);
}

// A server in mmap mode would find the part by its name in the file.
TEST_F(bundle, whose_manifest_lacks_a_part_is_refused) {
  const std::string file_bytes = test::read_file(source_->snapshot_file());
  for (const std::string& part : {part_table(0), std::string(part_dictionary)}) {
    auto changed = read_manifest(source_->manifest_file());
    ASSERT_TRUE(changed);
    ASSERT_EQ(std::erase_if(changed->parts, [&](const auto& each) { return each.name == part; }),
              1U);
    const std::string text = encode_manifest(*changed);
    const auto head = encode_bundle_head({static_cast<std::uint32_t>(text.size()), 0,
                                          static_cast<std::uint64_t>(file_bytes.size())});
    set_content(std::string(head.begin(), head.end()) + text + file_bytes);
    expect_refusal(store_error::corrupt);
  }
}

TEST_F(bundle, waits_for_nobody_who_writes) {
  const auto lock = write_lock::acquire(db());
  expect_refusal(store_error::busy);
}

TEST(bundle_head, has_bounds) {
  const bundle_head good{.manifest_bytes = 300, .signature_bytes = 235, .file_bytes = 4096};
  std::string problem;
  EXPECT_EQ(decode_bundle_head(encode_bundle_head(good), problem), good);
  const auto bad = [&](bundle_head head) {
    return !decode_bundle_head(encode_bundle_head(head), problem);
  };
  EXPECT_FALSE(bad({manifest_bytes_max, 0, snapshot_file_bytes_max}));
  EXPECT_TRUE(bad({manifest_bytes_max + 1, 0, 4096}));
  EXPECT_TRUE(bad({300, 0, snapshot_file_bytes_max + 1}));
  EXPECT_TRUE(bad({300, 236, 4096}));
  EXPECT_TRUE(bad({0, 0, 4096}));
  EXPECT_TRUE(bad({300, 0, 0}));
  auto other = encode_bundle_head(good);
  other[14] = '2';
  EXPECT_FALSE(decode_bundle_head(other, problem));
  EXPECT_FALSE(decode_bundle_head(byte_view(other).first(31), problem));
}

}  // namespace
}  // namespace repute::store
