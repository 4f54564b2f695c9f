// SPDX-License-Identifier: Apache-2.0
#include "repute/seal/nonce_source.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <vector>

#include "repute/seal/digest.hpp"
#include "unit/seal/sealed_vectors.hpp"

namespace repute::seal {
namespace {

constexpr std::uint64_t second_ns = 1'000'000'000;

nonce nonce_of(const std::string& hex) {
  nonce out{};
  EXPECT_TRUE(from_hex(hex, out));
  return out;
}

std::size_t distinct(std::vector<nonce> drawn) {
  std::ranges::sort(drawn);
  return static_cast<std::size_t>(std::unique(drawn.begin(), drawn.end()) - drawn.begin());
}

TEST(nonce_source, mixes_as_the_vectors_say) {
  for (const auto& row : test::sealed_rows("nonce")) {
    const nonce made = mix_nonce(nonce_of(row.at(1)), std::stoull(row.at(2)),
                                 static_cast<std::uint32_t>(std::stoul(row.at(3))));
    EXPECT_EQ(to_hex(made), row.at(4));
  }
}

TEST(nonce_source, never_gives_the_same_twice) {
  // One clock reading for all, and several sources with the same number.
  nonce_source one(7);
  nonce_source other(7);
  std::vector<nonce> drawn;
  for (int i = 0; i < 100'000; ++i) {
    drawn.push_back(one.next(5 * second_ns));
    drawn.push_back(other.next(5 * second_ns));
  }
  EXPECT_EQ(distinct(drawn), drawn.size());
}

TEST(nonce_source, goes_on_when_its_clock_leaps) {
  nonce_source source(0);
  std::vector<nonce> drawn;
  for (const std::uint64_t now : {5 * second_ns, 7 * second_ns, second_ns, std::uint64_t{0}}) {
    for (int i = 0; i < 500; ++i) {
      drawn.push_back(source.next(now));
    }
  }
  EXPECT_EQ(distinct(drawn), drawn.size());
}

TEST(nonce_source, a_forked_child_draws_its_own) {
  nonce_source source(7);
  (void)source.next(second_ns);
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe(ends.data()), 0);
  constexpr std::size_t count = 300;
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  std::vector<nonce> drawn(count);
  std::ranges::generate(drawn, [&] { return source.next(second_ns); });
  if (child == 0) {
    const ssize_t written = ::write(ends[1], drawn.data(), count * sizeof(nonce));
    ::_exit(written == static_cast<ssize_t>(count * sizeof(nonce)) ? 0 : 1);
  }
  std::vector<nonce> theirs(count);
  int status = -1;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_EQ(status, 0);
  ASSERT_EQ(::read(ends[0], theirs.data(), count * sizeof(nonce)),
            static_cast<ssize_t>(count * sizeof(nonce)));
  ::close(ends[0]);
  ::close(ends[1]);
  drawn.insert(drawn.end(), theirs.begin(), theirs.end());
  EXPECT_EQ(distinct(drawn), drawn.size());
}

TEST(secret, compares_wipes_and_draws) {
  secret<32> one;
  secret<32> other;
  EXPECT_TRUE(one == other);
  fill_random(other.bytes());
  EXPECT_FALSE(one == other);
  wipe(other.bytes());
  EXPECT_TRUE(one == other);
  EXPECT_FALSE(equal_secret(one.view(), other.view().first(31)));
}

}  // namespace
}  // namespace repute::seal
