// SPDX-License-Identifier: Apache-2.0
#include "load/format/input.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include <cstdlib>
#include <fstream>
#include <vector>

#include "support/temporary_directory.hpp"

namespace repute::load {
namespace {

std::string gzip(std::string_view text) {
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, 6, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string out(deflateBound(&stream, text.size()) + 64, '\0');
  std::string in(text);
  stream.next_in = reinterpret_cast<Bytef*>(in.data());
  stream.avail_in = static_cast<uInt>(in.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(out.size() - stream.avail_out);
  deflateEnd(&stream);
  return out;
}

// With a checksum, as the command writes it.
std::string zstd(std::string_view text) {
  ZSTD_CCtx* context = ZSTD_createCCtx();
  ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
  std::string out(ZSTD_compressBound(text.size()), '\0');
  out.resize(ZSTD_compress2(context, out.data(), out.size(), text.data(), text.size()));
  ZSTD_freeCCtx(context);
  return out;
}

struct outcome {
  std::string text;
  std::string problem;
};

outcome read_all(std::string_view bytes, std::size_t step = 1000) {
  outcome out;
  const auto from = decompressed(std::make_unique<memory_input>(bytes), out.problem);
  if (!from) {
    return out;
  }
  std::vector<char> piece(step);
  for (std::size_t got = from->read(piece); got != 0; got = from->read(piece)) {
    out.text.append(piece.data(), got);
  }
  EXPECT_EQ(from->read(piece), 0U) << "the end stays the end";
  out.problem = from->problem();
  return out;
}

const std::string text = [] {
  std::string made;
  for (int i = 0; i < 20000; ++i) {
    made += "name" + std::to_string(i * 7919 % 65537) + ".example\n";
  }
  return made;
}();

TEST(input, archives_are_known_by_their_first_bytes) {
  for (const std::size_t step : {std::size_t{1}, std::size_t{1000}, text.size() * 2}) {
    for (const std::string& bytes : {text, gzip(text), zstd(text)}) {
      const outcome got = read_all(bytes, step);
      EXPECT_EQ(got.problem, "");
      EXPECT_TRUE(got.text == text) << got.text.size();
    }
  }
  for (const std::string_view tiny : {"", "a", "\x1F", "\x28\xB5\x2F"}) {
    EXPECT_EQ(read_all(tiny).text, tiny);
  }
  EXPECT_EQ(read_all(gzip("")).text, "");
  EXPECT_EQ(read_all(gzip("")).problem, "");
  EXPECT_EQ(read_all(zstd("")).problem, "");
}

TEST(input, several_members_and_frames_are_one_text) {
  EXPECT_EQ(read_all(gzip("a\n") + gzip("") + gzip("b\n")).text, "a\nb\n");
  EXPECT_EQ(read_all(gzip("a\n") + std::string(1000, '\0')).text, "a\n");
  EXPECT_EQ(read_all(gzip("a\n") + std::string(1000, '\0')).problem, "");
  EXPECT_EQ(read_all(zstd("a\n") + zstd("b\n")).text, "a\nb\n");
  const std::string skippable("\x50\x2A\x4D\x18\x02\x00\x00\x00xy", 10);
  EXPECT_EQ(read_all(skippable + zstd("a\n")).text, "a\n");
}

TEST(input, cut_archives_are_errors_wherever_they_are_cut) {
  for (const std::string& whole : {gzip(text.substr(0, 3000)), zstd(text.substr(0, 3000))}) {
    for (std::size_t size = 6; size < whole.size(); ++size) {
      const outcome got = read_all(std::string_view(whole).substr(0, size));
      EXPECT_NE(got.problem, "") << size;
    }
  }
}

TEST(input, broken_archives_are_errors) {
  for (const std::string& whole : {gzip(text), zstd(text)}) {
    std::string broken = whole;
    for (std::size_t i = 100; i < 200; ++i) {
      broken[i] = static_cast<char>(broken[i] ^ 0x55);
    }
    EXPECT_NE(read_all(broken).problem, "");
    EXPECT_NE(read_all(whole + "garbage").problem, "");
  }
  std::string checksum = gzip(text);
  checksum[checksum.size() - 6] = static_cast<char>(checksum[checksum.size() - 6] ^ 1);
  EXPECT_EQ(read_all(checksum).problem, "broken gzip data: incorrect data check");
}

TEST(input, archives_that_must_be_unpacked_are_named) {
  EXPECT_EQ(read_all("PK\x03\x04rest").problem, "a ZIP archive: unpack it first");
  EXPECT_EQ(read_all("BZh91AY&SY").problem, "bzip2 data: unpack it first");
  EXPECT_EQ(read_all(std::string_view("\xFD"
                                      "7zXZ\0",
                                      6))
                .problem,
            "xz data: unpack it first");
  EXPECT_EQ(read_all("BZhe.example\n").text, "BZhe.example\n");
}

// 256 MiB of zeros in a few kilobytes: read piece by piece, it needs no memory.
TEST(input, a_bomb_is_only_long) {
  std::string bomb;
  const std::string block = zstd(std::string(std::size_t{1} << 20, '\0'));
  for (int i = 0; i < 256; ++i) {
    bomb += block;
  }
  std::string problem;
  const auto from = decompressed(std::make_unique<memory_input>(bomb), problem);
  std::vector<char> piece(std::size_t{1} << 16);
  std::size_t total = 0;
  for (std::size_t got = from->read(piece); got != 0; got = from->read(piece)) {
    total += got;
  }
  EXPECT_EQ(total, std::size_t{256} << 20);
}

// A frame may claim a window of 2 GiB, which would be allocated at once.
TEST(input, windows_beyond_128_MiB_are_refused) {
  const std::string_view huge("\x28\xB5\x2F\xFD\x00\xA8\x01\x00\x00", 9);
  EXPECT_NE(read_all(huge).problem.find("too much memory"), std::string::npos)
      << read_all(huge).problem;
}

TEST(input, files_and_their_share) {
  const test::temporary_directory folder;
  const std::string path = folder.write("feed.txt", text);
  const auto opened = open_input(path);
  ASSERT_TRUE(opened);
  const auto& from = *opened;
  EXPECT_EQ(from->plain_file(), path);
  std::vector<char> piece(text.size() / 2);
  EXPECT_GT(from->read(piece), 0U);
  EXPECT_GT(from->read(piece), 0U);
  EXPECT_GT(from->share_read(), 0.4);
  EXPECT_LE(from->share_read(), 1.0);
  const auto packed = open_input(folder.write("feed.txt", gzip(text)));
  ASSERT_TRUE(packed);
  EXPECT_EQ((*packed)->plain_file(), "") << "its bytes are not the file's";
}

TEST(input, what_cannot_be_opened_is_told_with_its_name) {
  const test::temporary_directory folder;
  const auto why = [](const std::string& path) { return open_input(path).error(); };
  const std::string path = folder.path().string();
  EXPECT_EQ(why(path + "/none").message, path + "/none: cannot open: No such file or directory");
  EXPECT_EQ(why(path + "/none").code, store::store_error::not_found);
  EXPECT_EQ(why(path).message, path + ": a folder, not a file");
  EXPECT_EQ(why(path).code, store::store_error::corrupt);
  const std::string zip = folder.write("a.zip", "PK\x03\x04");
  EXPECT_EQ(why(zip).message, zip + ": a ZIP archive: unpack it first");
  EXPECT_EQ(why(zip).code, store::store_error::corrupt);
  EXPECT_EQ(why(path + "/" + std::string(300, 'x')).code, store::store_error::io);
}

// In a process of its own, since root may read everything.
TEST(input, a_file_that_may_not_be_read_is_told_as_such) {
  const test::temporary_directory folder;
  const std::string path = folder.write("feed.txt", "a.example\n");
  ASSERT_EQ(::chmod(path.c_str(), 0), 0);
  const auto open_as_nobody = [&path] {
    constexpr uid_t nobody = 65534;
    const bool dropped = ::geteuid() != 0 || ::seteuid(nobody) == 0;
    const auto opened = open_input(path);
    std::_Exit(dropped && !opened ? store::exit_code(opened.error().code) : 1);
  };
  EXPECT_EXIT(open_as_nobody(), ::testing::ExitedWithCode(77), "");
}

}  // namespace
}  // namespace repute::load
