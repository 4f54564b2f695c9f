// SPDX-License-Identifier: Apache-2.0
// The same questions to LMDB, one mdb_get each, as bench_store.cpp asks the table: why a snapshot
// keeps its keys in a table of its own and not in LMDB's tree.
#include <benchmark/benchmark.h>
#include <lmdb.h>
#include <stdlib.h>  // mkdtemp

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "by_turns.hpp"
#include "filled_table.hpp"

namespace {

using raw_key = std::array<std::uint8_t, 16>;
constexpr std::size_t asked = std::size_t{1} << 21;

raw_key raw(std::uint64_t number) {
  const auto key = repute::bench::key_number(number);
  raw_key out;
  std::memcpy(out.data(), &key.place, 8);
  std::memcpy(out.data() + 8, &key.tag, 8);
  return out;
}

void must(int code) {
  if (code != MDB_SUCCESS) {
    std::abort();
  }
}

// Keys 0 .. n-1 with a verdict of 8 bytes each, in a file of their own.
class lmdb_of {
 public:
  explicit lmdb_of(std::uint64_t keys) {
    std::string name = (std::filesystem::temp_directory_path() / "repute-bench-XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
    must(mdb_env_create(&env_));
    must(mdb_env_set_mapsize(env_, (keys + 10'000) * 120));
    must(mdb_env_open(env_, folder_.c_str(), MDB_NOSYNC | MDB_WRITEMAP, 0600));
    std::vector<raw_key> sorted(keys);
    for (std::uint64_t i = 0; i < keys; ++i) {
      sorted[i] = raw(i);
    }
    std::ranges::sort(sorted);
    MDB_txn* txn = nullptr;
    must(mdb_txn_begin(env_, nullptr, 0, &txn));
    must(mdb_dbi_open(txn, nullptr, 0, &dbi_));
    std::uint64_t verdict = 1;
    for (raw_key& key : sorted) {
      MDB_val at{key.size(), key.data()};
      MDB_val value{sizeof verdict, &verdict};
      must(mdb_put(txn, dbi_, &at, &value, MDB_APPEND));
    }
    must(mdb_txn_commit(txn));
    must(mdb_env_sync(env_, 1));  // writing behind the measurement would be measured
    must(mdb_txn_begin(env_, nullptr, MDB_RDONLY, &reader_));
  }
  ~lmdb_of() {
    mdb_txn_abort(reader_);
    mdb_env_close(env_);
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  lmdb_of(const lmdb_of&) = delete;
  lmdb_of& operator=(const lmdb_of&) = delete;

  [[nodiscard]] bool has(raw_key key) const {
    MDB_val at{key.size(), key.data()};
    MDB_val value{};
    return mdb_get(reader_, dbi_, &at, &value) == MDB_SUCCESS;
  }

 private:
  std::string folder_;
  MDB_env* env_ = nullptr;
  MDB_dbi dbi_ = 0;
  MDB_txn* reader_ = nullptr;
};

// The exact table and LMDB by turns. range(0): keys; range(1): share of hits in percent; range(2):
// keys of a turn. After short turns of LMDB the table finds nothing of its own in any cache, and
// neither does the walk of the page tables.
void lmdb_beside_table(benchmark::State& state) {
  const auto keys = static_cast<std::uint64_t>(state.range(0));
  // First, while the kernel has huge pages.
  const repute::store::exact_table& table = repute::bench::table_of(keys).view().table;
  const lmdb_of tree(keys);
  std::mt19937_64 random(1);
  std::vector<std::uint64_t> numbers(asked);
  for (std::uint64_t& each : numbers) {
    const bool hit = random() % 100 < static_cast<std::uint64_t>(state.range(1));
    each = hit ? random() % keys : keys + random() % keys;
  }
  std::vector<repute::store::table_key> wanted(asked);
  std::ranges::transform(numbers, wanted.begin(), repute::bench::key_number);
  const auto turn = static_cast<std::size_t>(state.range(2));
  std::vector<std::uint32_t> found(turn);
  std::size_t table_at = 0;
  std::size_t tree_at = 0;
  const auto ask_table = [&] {
    table.find(std::span(wanted).subspan(table_at, turn), found);
    benchmark::DoNotOptimize(found.data());
    table_at = (table_at + turn) % asked;
  };
  // Half of the questions apart: neither finds lines or pages in a cache that the other one
  // fetched.
  const auto ask_tree = [&] {
    for (const std::size_t end = tree_at + turn; tree_at < end; ++tree_at) {
      benchmark::DoNotOptimize(tree.has(raw(numbers[(tree_at + asked / 2) % asked])));
    }
    tree_at %= asked;
  };
  repute::bench::by_turns(state, turn, ask_table, ask_tree);
}

// ratio: what LMDB takes in terms of the table.
BENCHMARK(lmdb_beside_table)
    ->Args({1'000'000, 10, 4096})
    ->Args({10'000'000, 10, 1 << 19})
    ->Args({100'000'000, 10, 1 << 19})
    ->Args({100'000'000, 10, 4096});

}  // namespace
