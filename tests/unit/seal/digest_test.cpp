// SPDX-License-Identifier: Apache-2.0
#include "repute/seal/digest.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <vector>

namespace repute::seal {
namespace {

TEST(digest, published_values) {
  // RFC 1321 appendix A.5 and FIPS 180-2 appendix B.1.
  EXPECT_EQ(to_hex(md5(bytes_of(""))), "d41d8cd98f00b204e9800998ecf8427e");
  EXPECT_EQ(to_hex(md5(bytes_of("abc"))), "900150983cd24fb0d6963f7d28e17f72");
  EXPECT_EQ(to_hex(sha256(bytes_of("abc"))),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

RC_GTEST_PROP(sha256_stream, pieces_give_the_digest_of_the_whole, ()) {
  const auto first = *rc::gen::arbitrary<std::string>();
  const auto second = *rc::gen::arbitrary<std::string>();
  sha256_stream stream;
  stream.update(bytes_of(first));
  stream.update(bytes_of(second));
  RC_ASSERT(stream.finish() == sha256(bytes_of(first + second)));
}

TEST(sha256_stream, starts_anew_after_finish_and_moves) {
  sha256_stream stream;
  stream.update(bytes_of("something else"));
  static_cast<void>(stream.finish());
  stream.update(bytes_of("a"));
  sha256_stream moved(std::move(stream));
  moved.update(bytes_of("bc"));
  EXPECT_EQ(moved.finish(), sha256(bytes_of("abc")));
  EXPECT_EQ(moved.finish(), sha256({}));
}

TEST(hex, reads_both_cases_and_exact_lengths_only) {
  std::array<std::uint8_t, 2> out{};
  EXPECT_TRUE(from_hex("aBfF", out));
  EXPECT_EQ(out, (std::array<std::uint8_t, 2>{0xab, 0xff}));
  for (const std::string_view bad : {"", "abf", "abff0", "abfg", "ab f", "0xab", "-1ab", "ab/:"}) {
    EXPECT_FALSE(from_hex(bad, out)) << bad;
  }
}

RC_GTEST_PROP(hex, reads_back_what_was_written, (const std::vector<std::uint8_t>& data)) {
  std::vector<std::uint8_t> out(data.size());
  RC_ASSERT(from_hex(to_hex(data), out));
  RC_ASSERT(out == data);
}

}  // namespace
}  // namespace repute::seal
