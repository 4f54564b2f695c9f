// SPDX-License-Identifier: Apache-2.0
// Campaigns in memory: a lookup and an addition among many members whose bands are drawn at random,
// as those of unrelated texts are. range(0): members.
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <fstream>
#include <memory>
#include <random>

#include "store/campaign_index.hpp"

namespace {

using namespace repute::store;
constexpr std::uint64_t now = 1'800'000'000;

repute::text_signature drawn_signature(std::mt19937_64& random) {
  repute::text_signature out;
  out.format = repute::text_signature::this_format;
  for (std::uint32_t& band : out.bands) {
    band = 1 + static_cast<std::uint32_t>(random() % 262143);
  }
  return out;
}

campaign_member drawn_member(std::mt19937_64& random) {
  campaign_member out;
  repute::store_le(out.key.data(), random());
  repute::store_le(out.key.data() + 8, random());
  out.signature = drawn_signature(random);
  out.said.verdict = repute::verdict::spam;
  out.counts_alone = true;
  return out;
}

double resident_bytes() {
  std::ifstream file("/proc/self/statm");
  double all = 0;
  double resident = 0;
  file >> all >> resident;
  return resident * 4096;
}

std::unique_ptr<campaign_index> index_of(std::size_t members, std::size_t room,
                                         std::mt19937_64& random) {
  auto index = std::make_unique<campaign_index>(members + room, 7);
  for (std::size_t i = 0; i < members; ++i) {
    if (!index->add(drawn_member(random))) {
      std::abort();
    }
  }
  return index;
}

// One lookup in a hundred is of a member.
void campaign_lookup(benchmark::State& state) {
  std::mt19937_64 random(1);
  const double before = resident_bytes();
  const auto members = static_cast<std::size_t>(state.range(0));
  const auto index = index_of(members, 0, random);
  state.counters["bytes_each"] = (resident_bytes() - before) / static_cast<double>(members);
  const auto scratch = std::make_unique<campaign_scratch>();
  std::vector<repute::text_signature> asked;
  std::mt19937_64 again(1);
  for (std::size_t i = 0; i < 10'000; ++i) {
    asked.push_back(i % 100 == 0 ? drawn_member(again).signature : drawn_signature(random));
  }
  std::size_t next = 0;
  std::size_t near = 0;
  for ([[maybe_unused]] auto _ : state) {
    const campaign_votes found = index->votes_of(asked[next++ % asked.size()], now, *scratch);
    near += found.how == campaign_votes::strength::acting ? 1 : 0;
  }
  state.counters["near"] = static_cast<double>(near) / static_cast<double>(state.iterations());
}

void campaign_add(benchmark::State& state) {
  std::mt19937_64 random(1);
  constexpr std::size_t additions = 10'000;
  const auto index = index_of(static_cast<std::size_t>(state.range(0)), additions, random);
  std::vector<campaign_member> added;
  for (std::size_t i = 0; i < additions; ++i) {
    added.push_back(drawn_member(random));
  }
  std::size_t next = 0;
  for ([[maybe_unused]] auto _ : state) {
    if (!index->add(added[next++])) {
      std::abort();
    }
  }
}

BENCHMARK(campaign_lookup)->RangeMultiplier(10)->Range(1000, 1'000'000);
BENCHMARK(campaign_add)->RangeMultiplier(10)->Range(1000, 1'000'000)->Iterations(10'000);

}  // namespace
