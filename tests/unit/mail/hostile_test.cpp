// SPDX-License-Identifier: Apache-2.0
// Messages made to cost much: time in proportion to their size, and what can be found is found.
#include <gtest/gtest.h>

#include <ctime>

#include "extracted.hpp"
#include "support/hostile_mail.hpp"

namespace repute::mail {
namespace {

/// Milliseconds that this thread has computed.
double cpu_ms() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

/// 50 ms for a MB is the aim, which bench_mail measures. What is quadratic takes ten seconds here;
/// sanitizers and a busy machine take one at most.
constexpr double ms_per_mb_max = 4000;

TEST(hostile, takes_time_in_proportion) {
  for (const test::hostile_mail& mail : test::hostile_mails(500'000)) {
    const double begun = cpu_ms();
    static_cast<void>(test::extracted(mail.text));
    const double mb = static_cast<double>(mail.text.size()) / 1e6;
    EXPECT_LT((cpu_ms() - begun) / mb, ms_per_mb_max) << mail.name;
  }
}

TEST(hostile, links_around_the_trouble_are_found) {
  for (const auto& room : {test::hostile_pages(100'000), test::hostile_texts(100'000)}) {
    for (const test::hostile_mail& mail : room) {
      if (mail.text.find("http://first.example/") != std::string::npos) {
        const auto found = test::extracted(mail.text);
        const auto links = test::in_role(found, role::link);
        EXPECT_TRUE(test::holds(links, "first.example/")) << mail.name;
      }
    }
  }
}

TEST(hostile, what_is_left_out_is_reported) {
  const auto limit_of = [](const std::vector<test::hostile_mail>& room, std::string_view name) {
    for (const test::hostile_mail& mail : room) {
      if (mail.name == name) {
        return test::extracted(mail.text).limits;
      }
    }
    return std::vector<limit>{};
  };
  const auto headers = test::hostile_headers(100'000);
  const auto structures = test::hostile_structures(100'000);
  const auto texts = test::hostile_texts(100'000);
  EXPECT_EQ(limit_of(headers, "header fields"), std::vector{limit::header_fields});
  EXPECT_EQ(limit_of(headers, "one long field"), std::vector{limit::header_fields});
  EXPECT_EQ(limit_of(structures, "nested parts"), std::vector{limit::depth});
  EXPECT_EQ(limit_of(structures, "boundaries that begin alike"), std::vector{limit::depth});
  EXPECT_EQ(limit_of(structures, "nested messages"), std::vector{limit::depth});
  EXPECT_EQ(limit_of(structures, "many parts"), std::vector{limit::parts});
  EXPECT_EQ(limit_of(texts, "links"), std::vector{limit::links});
}

}  // namespace
}  // namespace repute::mail
