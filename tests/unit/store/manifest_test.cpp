// SPDX-License-Identifier: Apache-2.0
#include "store/manifest.hpp"

#include <gtest/gtest.h>

#include "support/temporary_directory.hpp"

namespace repute::store {
namespace {

// As the page writes it; the digest of the last line is made here, not by the code under test.
std::string signed_text(std::string text) {
  return text + "end " + seal::to_hex(seal::sha256(seal::bytes_of(text))) + "\n";
}

const std::string chunk_line =
    "chunk 8d7f50ec8eba25e618b5646020cd8d4443d040ba2da6f641f8fcf72bc4f93dbb\n";

std::string example() {
  return "repute manifest 1\ngeneration 7\nfile_bytes 1048577\npage_bytes 4096\n"
         "part meta 3 4096\npart dictionary 6 4096\n" +
         chunk_line + chunk_line;
}

bool accepted(const std::string& text) {
  std::string problem;
  const auto read = decode_manifest(text, problem);
  EXPECT_EQ(read.has_value(), problem.empty());
  return read.has_value();
}

std::string replaced(std::string text, std::string_view what, std::string_view by) {
  const std::size_t at = text.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  return text.replace(at, what.size(), by);
}

TEST(manifest, is_read_as_the_page_writes_it) {
  std::string problem;
  const auto read = decode_manifest(signed_text(example()), problem);
  ASSERT_TRUE(read) << problem;
  EXPECT_EQ(read->generation, 7U);
  EXPECT_EQ(read->file_bytes, 1048577U);
  EXPECT_EQ(read->page_bytes, 4096U);
  ASSERT_EQ(read->parts.size(), 2U);
  EXPECT_EQ(read->parts[1], (manifest_part{"dictionary", 6, 4096}));
  EXPECT_EQ(file_offset(*read, read->parts[1]), 6 * 4096 + 16U);
  EXPECT_EQ(read->chunks.size(), 2U);
  EXPECT_EQ(encode_manifest(*read), signed_text(example()));
}

TEST(manifest, every_changed_byte_and_every_cut_is_refused) {
  const std::string good = signed_text(example());
  for (std::size_t i = 0; i < good.size(); ++i) {
    EXPECT_FALSE(accepted(good.substr(0, i))) << i;
    for (const int flip : {1, 0x20}) {
      std::string changed = good;
      changed[i] = static_cast<char>(changed[i] ^ flip);
      EXPECT_FALSE(accepted(changed)) << i;
    }
  }
  EXPECT_FALSE(accepted(good + "\n"));
  EXPECT_FALSE(accepted(good + good));
}

// Signed anew after each change: the form itself must be refused, not only its digest.
TEST(manifest, other_ways_to_write_it_are_refused) {
  const auto with = [](std::string_view what, std::string_view by) {
    return accepted(signed_text(replaced(example(), what, by)));
  };
  EXPECT_TRUE(with("meta 3", "meta 4"));
  EXPECT_FALSE(with("manifest 1", "manifest 2"));
  EXPECT_FALSE(with("generation 7", "generation 07"));
  EXPECT_FALSE(with("generation 7", "generation +7"));
  EXPECT_FALSE(with("generation 7", "generation -7"));
  EXPECT_FALSE(with("generation 7", "generation 7 "));
  EXPECT_FALSE(with("generation 7", "generation  7"));
  EXPECT_FALSE(with("generation 7", "generation 4294967296"));
  EXPECT_FALSE(with("generation 7\n", ""));
  EXPECT_FALSE(with("page_bytes 4096", "page_bytes 0"));
  EXPECT_FALSE(with("page_bytes 4096", "page_bytes 131072"));
  EXPECT_FALSE(with("part meta 3 4096", "part meta 3"));
  EXPECT_FALSE(with("part meta 3 4096", "part meta 3 4096 1"));
  EXPECT_FALSE(with("chunk 8d7f", "chunk 8D7f"));
  EXPECT_FALSE(with("chunk 8d7f", "chunk d7f"));
  EXPECT_FALSE(with("\n", "\r\n"));
  EXPECT_FALSE(accepted(signed_text("x" + example())));
}

TEST(manifest, generation_0_is_none) {
  EXPECT_FALSE(accepted(signed_text(replaced(example(), "generation 7", "generation 0"))));
}

TEST(manifest, parts_lie_inside_the_file_in_ascending_order) {
  const auto with = [](std::string_view by) {
    return accepted(signed_text(replaced(example(), "part dictionary 6 4096", by)));
  };
  EXPECT_TRUE(with("part dictionary 200 4096"));
  EXPECT_FALSE(with("part dictionary 256 4096"));  // begins at the file's last byte
  EXPECT_FALSE(with("part dictionary 18446744073709551615 4096"));  // product overflows
  EXPECT_FALSE(with("part dictionary 6 1048576"));
  EXPECT_FALSE(with("part dictionary 6 18446744073709551615"));
  EXPECT_FALSE(with("part dictionary 3 4096"));  // the place of meta
  EXPECT_FALSE(with("part dictionary 4 4096"));  // meta ends within page 4
  EXPECT_FALSE(with("part dictionary 2 4096"));
}

TEST(manifest, chunks_cover_the_file_exactly) {
  EXPECT_FALSE(accepted(signed_text(example() + chunk_line)));
  EXPECT_FALSE(accepted(signed_text(replaced(example(), chunk_line, ""))));
  EXPECT_TRUE(
      accepted(signed_text(replaced(replaced(example(), chunk_line, ""), "1048577", "1048576"))));
}

TEST(manifest, too_many_parts_or_too_large_a_file_are_refused) {
  std::string many = "repute manifest 1\ngeneration 7\nfile_bytes 1048576000\npage_bytes 4096\n";
  for (int i = 1; i <= 1025; ++i) {
    many += "part p" + std::to_string(i) + " " + std::to_string(3 * i) + " 4096\n";
  }
  for (int i = 0; i < 1000; ++i) {
    many += chunk_line;
  }
  EXPECT_FALSE(accepted(signed_text(many)));
  EXPECT_TRUE(accepted(signed_text(replaced(many, "part p1025 3075 4096\n", ""))));
  EXPECT_FALSE(accepted(signed_text(replaced(example(), "1048577", "68719476737"))));
}

TEST(manifest, names_the_part_of_a_byte) {
  manifest of;
  of.file_bytes = 100 * 4096;
  of.parts = {{"meta", 3, 4096}, {"dictionary", 6, 5000}};
  EXPECT_EQ(part_at(of, 0), "records and tree");
  EXPECT_EQ(part_at(of, 3 * 4096), "meta");
  EXPECT_EQ(part_at(of, 3 * 4096 + 16 + 4095), "meta");
  EXPECT_EQ(part_at(of, 3 * 4096 + 16 + 4096), "records and tree");
  EXPECT_EQ(part_at(of, 6 * 4096 + 5000), "dictionary");
}

TEST(manifest, a_file_is_verified_chunk_by_chunk) {
  const test::temporary_directory folder;
  const std::string bytes(chunk_size + 10, 'a');
  const auto path = folder.write("file", bytes);
  manifest made;
  ASSERT_TRUE(digest_file(path, made));
  EXPECT_EQ(made.file_bytes, bytes.size());
  ASSERT_EQ(made.chunks.size(), 2U);
  EXPECT_EQ(made.chunks[1], seal::sha256(seal::bytes_of("aaaaaaaaaa")));
  std::size_t visited = 0;
  EXPECT_TRUE(verify_file(path, made, [&](std::uint64_t offset, byte_view chunk) {
    EXPECT_EQ(offset, visited);
    visited += chunk.size();
  }));
  EXPECT_EQ(visited, bytes.size());
  const auto refused = [&](const std::string& changed) {
    folder.write("file", changed);
    const auto checked = verify_file(path, made, [](std::uint64_t, byte_view) {});
    return !checked && checked.error().code == store_error::corrupt;
  };
  EXPECT_TRUE(refused(bytes + "a"));
  EXPECT_TRUE(refused(bytes.substr(1)));
  EXPECT_TRUE(refused(""));
  EXPECT_TRUE(refused(bytes.substr(1) + "b"));
}

}  // namespace
}  // namespace repute::store
