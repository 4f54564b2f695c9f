// SPDX-License-Identifier: Apache-2.0
// What guards cost a row to which none of them objects, with an allow list of 100 000 entries.
#include <benchmark/benchmark.h>

#include <random>
#include <string>
#include <vector>

#include "load/guard/row_guard.hpp"

namespace {

using namespace repute;
using namespace repute::load;

constexpr std::size_t entries = 100'000;
constexpr std::size_t rows = 1 << 12;  // in the cache, as a row that was just made

const canon::canonicalizer& canonical_forms() {
  static const canon::canonicalizer canon;
  return canon;
}

std::string random_label(std::mt19937_64& random) {
  std::string label;
  for (std::uint64_t left = 6 + random() % 8; left > 0; --left) {
    label += static_cast<char>('a' + random() % 26);
  }
  return label;
}

canon::ip_prefix random_address(std::mt19937_64& random) {
  canon::ip_prefix address;
  address.length = 32;
  address.address[0] = static_cast<std::uint8_t>(11 + random() % 80);
  for (std::size_t i = 1; i < 4; ++i) {
    address.address[i] = static_cast<std::uint8_t>(random());
  }
  return address;
}

const row_guard& guard() {
  static const row_guard made = [] {
    std::mt19937_64 random(1);
    guard_lists lists;
    lists.own = {{"corp.example", true, {}, 0}};
    lists.allow.resize(1);
    for (std::size_t i = 0; i < entries; ++i) {
      lists.allow[0].entries.push_back({random_label(random) + ".com", false, {}, 1});
      lists.allow[0].entries.push_back({{}, false, random_address(random), 1});
    }
    return row_guard(canonical_forms(), lists);
  }();
  return made;
}

// Names of `labels` labels under com; the list of public suffixes is asked up to five.
void guard_name(benchmark::State& state) {
  std::mt19937_64 random(2);
  std::vector<canonical_key> names(rows, {kind::host, {}});
  for (canonical_key& key : names) {
    for (std::int64_t i = 1; i < state.range(0); ++i) {
      key.canonical += random_label(random) + ".";
    }
    key.canonical += "com";
  }
  std::size_t at = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(guard().check({}, names[at++ % rows], name_match::both, true));
  }
}
BENCHMARK(guard_name)->Arg(2)->Arg(3)->Arg(6);

void guard_address(benchmark::State& state) {
  std::mt19937_64 random(3);
  std::vector<canon::ip_prefix> addresses(rows);
  for (canon::ip_prefix& address : addresses) {
    address = random_address(random);
  }
  std::size_t at = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(guard().check({}, addresses[at++ % rows], true));
  }
}
BENCHMARK(guard_address);

}  // namespace
