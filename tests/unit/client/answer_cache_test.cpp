// SPDX-License-Identifier: Apache-2.0
#include "core/answer_cache.hpp"

#include <gtest/gtest.h>

#include "core_harness.hpp"

namespace repute::test {
namespace {

using namespace std::chrono_literals;

constexpr core::time_point start = core::time_point{} + 1h;

answer with_ttl(std::uint16_t ttl_s, status what = status::listed) {
  answer made;
  made.status = what;
  made.ttl_s = ttl_s;
  return made;
}

wire::server_status from(std::uint32_t server_id, std::uint32_t generation,
                         std::uint32_t epoch = 7) {
  wire::server_status status;
  status.server_id = server_id;
  status.generation = generation;
  status.data_epoch = epoch;
  return status;
}

TEST(AnswerCache, KeepsWhatIsListedAndWhatIsNotForTheirTimes) {
  core::answer_cache cache(10, 1);
  cache.put(key_number(1), with_ttl(60), start);
  cache.put(key_number(2), with_ttl(5, status::not_listed), start);
  EXPECT_TRUE(cache.find(key_number(1), start + 59s));
  EXPECT_TRUE(cache.find(key_number(2), start + 4s));
  EXPECT_FALSE(cache.find(key_number(2), start + 5s));
  EXPECT_FALSE(cache.find(key_number(1), start + 60s));
  EXPECT_EQ(cache.size(), 0u);
}

TEST(AnswerCache, KeepsNoErrorsAndNothingForbidden) {
  core::answer_cache cache(10, 1);
  for (const auto what :
       {status::unsupported, status::malformed, status::skipped, status::near, status::refused}) {
    cache.put(key_number(1), with_ttl(60, what), start);
  }
  cache.put(key_number(2), with_ttl(0), start);
  answer forbidden = with_ttl(60);
  forbidden.vflags = vflag_nocache;
  cache.put(key_number(3), forbidden, start);
  EXPECT_EQ(cache.size(), 0u);
  cache.put(key_number(4), with_ttl(60), start);
  cache.put(key_number(4), forbidden, start);  // the newer word counts
  EXPECT_EQ(cache.size(), 0u);
  core::answer_cache off(0, 1);
  off.put(key_number(1), with_ttl(60), start);
  EXPECT_EQ(off.size(), 0u);
}

TEST(AnswerCache, TheLeastRecentlyUsedMakesRoom) {
  core::answer_cache cache(3, 1);
  for (std::uint32_t i = 1; i <= 3; ++i) {
    cache.put(key_number(i), with_ttl(60), start);
  }
  EXPECT_TRUE(cache.find(key_number(1), start));
  cache.put(key_number(4), with_ttl(60), start);
  EXPECT_FALSE(cache.find(key_number(2), start));
  EXPECT_TRUE(cache.find(key_number(1), start));
  EXPECT_EQ(cache.size(), 3u);
}

TEST(AnswerCache, AnotherGenerationOfOneServerOrAnotherEpochEmptiesIt) {
  core::answer_cache cache(10, 1);
  const auto keep = [&](const wire::server_status& status) {
    cache.on_status(status);
    cache.put(key_number(1), with_ttl(60), start);
  };
  keep(from(1, 5));
  keep(from(2, 6));  // servers may differ
  EXPECT_EQ(cache.size(), 1u);
  cache.on_status(from(1, 5));
  EXPECT_EQ(cache.size(), 1u);
  cache.on_status(from(1, 4));  // a rollback, too
  EXPECT_EQ(cache.size(), 0u);
  keep(from(1, 4));
  cache.on_status(from(1, 4, 8));
  EXPECT_EQ(cache.size(), 0u);
}

}  // namespace
}  // namespace repute::test
