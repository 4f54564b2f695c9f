// SPDX-License-Identifier: Apache-2.0
// No answer is longer than its question: measured over every datagram that fuzzing has kept, as it
// is, and sealed by a client that is let in.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "unit/query/memory_store.hpp"
#include "unit/query/query_fixture.hpp"
#include "unit/query/sealed_client.hpp"
#include "unit/schema/vectors.hpp"

namespace repute::test {
namespace {

constexpr std::uint64_t unix_s = 1'700'003'600;

/// Bytes asked and answered.
struct traffic {
  std::uint64_t questions = 0;
  std::uint64_t answers = 0;
  std::uint64_t in = 0;
  std::uint64_t out = 0;
  double worst = 0;  ///< of one question

  [[nodiscard]] double factor() const { return static_cast<double>(out) / static_cast<double>(in); }
};

class amplification_test : public ::testing::Test {
 protected:
  amplification_test() { client.begin(seal::hour_of(unix_s)); }

  void ask(byte_view datagram) {
    const query::datagram one = to_server(datagram);
    clock_ns += 2'000'000'000;  // no limit of the server saves it an answer
    std::size_t answered = 0;
    for (const query::reply& reply : core.process({&one, 1}, {.view = &store.view(),
                                                             .access = access,
                                                             .unix_ns = unix_s * 1'000'000'000,
                                                             .now_ns = clock_ns})) {
      answered += reply.bytes.size();
      ++seen.answers;
    }
    ++seen.questions;
    seen.in += datagram.size();
    seen.out += answered;
    seen.worst = std::max(
        seen.worst,
        answered == 0 ? 0 : static_cast<double>(answered) / static_cast<double>(datagram.size()));
  }

  void ask_sealed(byte_view body) {
    for (const auto type : {wire::type::query, wire::type::ping, wire::type::fetch}) {
      ask(client.seal(request_with_body(type, body)));
    }
  }

  void expect_no_amplification() const {
    RecordProperty("questions", std::to_string(seen.questions));
    RecordProperty("factor", std::to_string(seen.factor()));
    RecordProperty("worst_factor", std::to_string(seen.worst));
    EXPECT_LE(seen.worst, 1.0);
    EXPECT_GT(seen.answers, 20u);  // or nothing was measured
  }

  memory_store store{100};
  sealed_client client;
  query::access_list access{{client.entry()},
                            query::plain_client({*query::parse_network("0.0.0.0/0")})};
  query::reject_limiter limiter{1};
  query::query_core core{0x5eed, limiter};
  std::uint64_t clock_ns = 1'000'000'000'000;
  traffic seen;
};

/// The inputs kept for all fuzz targets: those that are no datagrams are hostile ones.
std::vector<octets> corpus() {
  std::vector<octets> out;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(
           std::filesystem::path(REPUTE_SOURCE_DIR) / "tests/fuzz/corpus")) {
    if (entry.is_regular_file()) {
      std::ifstream file(entry.path(), std::ios::binary);
      out.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
    }
  }
  return out;
}

std::vector<octets> all_kept() {
  std::vector<octets> out = corpus();
  for (const golden& each : golden_packets()) {
    out.push_back(each.datagram);
  }
  return out;
}

TEST_F(amplification_test, of_all_that_fuzzing_kept) {
  for (const octets& input : all_kept()) {
    ask(input);
  }
  expect_no_amplification();
}

TEST_F(amplification_test, of_the_same_under_seal) {
  for (const octets& input : all_kept()) {
    ask_sealed(input);
    ask_sealed(byte_view(input).subspan(std::min<std::size_t>(input.size(), 1)));
    ask_sealed(byte_view(input).subspan(std::min(input.size(), wire::header::size)));
  }
  expect_no_amplification();
}

}  // namespace
}  // namespace repute::test
