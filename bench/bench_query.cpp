// SPDX-License-Identifier: Apache-2.0
// The query core over prepared batches, on one thread and on two, beside a loop that needs nothing
// but the processor: what two threads gain together says whether they share anything they should
// not. Two cores of a virtual machine may be halves of one: then the bare loop does not double
// either.
#include <benchmark/benchmark.h>

#include <array>
#include <cstdint>
#include <memory>
#include <mutex>
#include <random>
#include <utility>
#include <vector>

#include "filled_table.hpp"
#include "query/query_core.hpp"
#include "repute/schema/message.hpp"

namespace {

using repute::bench::key_number;
using repute::query::batch_max;

constexpr std::size_t batches = 2048;
const repute::query::access_list open_to_all{
    {}, repute::query::plain_client({*repute::query::parse_network("0.0.0.0/0")})};

repute::key wire_key(std::uint64_t number) {
  const auto made = key_number(number);
  std::array<std::uint8_t, 16> bytes{};
  repute::store_le(bytes.data(), made.place);
  repute::store_le(bytes.data() + 8, made.tag);
  return {repute::kind::host, bytes};
}

// Batches of datagrams with `keys` keys each, one in ten of them listed.
class prepared {
 public:
  prepared(std::size_t keys, std::uint64_t keys_in_table, std::uint64_t seed) {
    std::mt19937_64 random(seed);
    std::vector<repute::key> wanted;
    bytes_.resize(batches * batch_max);
    datagrams_.resize(bytes_.size());
    for (std::size_t i = 0; i < bytes_.size(); ++i) {
      wanted.clear();
      for (std::size_t k = 0; k < keys; ++k) {
        const std::uint64_t number = random() % keys_in_table;
        wanted.push_back(wire_key(random() % 10 == 0 ? number : keys_in_table + number));
      }
      bytes_[i].resize(repute::wire::request_size_max);
      bytes_[i].resize(encode_request(repute::wire::type::query, i + 1, 500, wanted, bytes_[i]));
      datagrams_[i].bytes = bytes_[i];
      datagrams_[i].peer.address = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 127, 0, 0, 1};
      datagrams_[i].peer.port = 40'000;
      datagrams_[i].local = datagrams_[i].peer;
      datagrams_[i].local.port = repute::wire::default_port;
    }
  }
  [[nodiscard]] std::span<const repute::query::datagram> batch(std::size_t i) const {
    return std::span(datagrams_).subspan(i % batches * batch_max, batch_max);
  }

 private:
  std::vector<std::vector<std::uint8_t>> bytes_;
  std::vector<repute::query::datagram> datagrams_;
};

// Threads of one run share it, and the first of them makes it.
const repute::bench::filled_table& shared_table(std::uint64_t keys) {
  static std::mutex mutex;
  static std::unique_ptr<repute::bench::filled_table> table;
  static std::uint64_t held = 0;
  const std::lock_guard lock(mutex);
  if (std::exchange(held, keys) != keys) {
    table = std::make_unique<repute::bench::filled_table>(keys);
  }
  return *table;
}

// range(0): keys in a datagram; range(1): keys in the table. Items are lookups.
void query_batch(benchmark::State& state) {
  static repute::query::reject_limiter limiter(1);
  const auto keys = static_cast<std::size_t>(state.range(0));
  const auto keys_in_table = static_cast<std::uint64_t>(state.range(1));
  const repute::bench::filled_table& table = shared_table(keys_in_table);
  const prepared questions(keys, keys_in_table,
                           static_cast<std::uint64_t>(state.thread_index()) + 1);
  repute::query::query_core core(1, limiter);
  std::size_t at = 0;
  for ([[maybe_unused]] auto _ : state) {
    const auto batch = questions.batch(at++);
    const auto replies = core.process(batch, {.view = &table.view(),
                                              .access = open_to_all,
                                              .unix_ns = 1'700'000'000'000'000'000,
                                              .now_ns = at});
    if (replies.size() != batch_max) {
      state.SkipWithError("a question was not answered");
      break;
    }
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(batch_max * keys));
}

void processor_loop(benchmark::State& state) {
  constexpr int steps = 10'000;
  std::uint64_t x = static_cast<std::uint64_t>(state.thread_index()) + 1;
  for ([[maybe_unused]] auto _ : state) {
    for (int i = 0; i < steps; ++i) {
      x ^= x << 13;  // xorshift64 (G. Marsaglia, 2003)
      x ^= x >> 7;
      x ^= x << 17;
    }
    benchmark::DoNotOptimize(x);
  }
  state.SetItemsProcessed(state.iterations() * steps);
}

BENCHMARK(processor_loop)->Threads(1)->Threads(2)->UseRealTime();
BENCHMARK(query_batch)
    ->Args({20, 1'000'000})
    ->Args({1, 10'000'000})
    ->Args({20, 10'000'000})
    ->Threads(1)
    ->Threads(2)
    ->UseRealTime();

}  // namespace
