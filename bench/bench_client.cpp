// SPDX-License-Identifier: Apache-2.0
// What a client does for each datagram beside the kernel's work: choosing a server and noting its
// answer, and writing a request.
#include <benchmark/benchmark.h>

#include <array>
#include <chrono>
#include <random>
#include <string>
#include <vector>

#include "core/server_selector.hpp"
#include "repute/schema/message.hpp"

namespace {

using repute::core::server_selector;

// range(0): servers, whose answers take 100 us and a little more for each.
void selection_step(benchmark::State& state) {
  const auto count = static_cast<std::size_t>(state.range(0));
  std::vector<repute::core::server_spec> specs;
  for (std::size_t i = 0; i < count; ++i) {
    specs.push_back({.name = std::to_string(i)});
  }
  std::mt19937_64 random(1);
  repute::core::time_point now{};
  server_selector selector;
  (void)selector.replace(specs, repute::core::defect::none, now);
  repute::wire::server_status status;
  status.generation = 1;
  for ([[maybe_unused]] auto _ : state) {
    now += std::chrono::microseconds(10);
    const std::size_t chosen = selector.pick({}, now, random).value();
    repute::core::server_record& server = selector.at(chosen);
    server.on_sent(now, true);
    server.on_released();
    server.on_answer(status,
                     {.rtt = std::chrono::microseconds(100 + 5 * static_cast<std::int64_t>(chosen)),
                      .tested = true},
                     now, random);
    benchmark::DoNotOptimize(chosen);
  }
}

// range(0): keys in the datagram.
void encode_request(benchmark::State& state) {
  const std::array<std::uint8_t, 16> bytes{};
  const std::vector<repute::key> keys(static_cast<std::size_t>(state.range(0)),
                                      repute::key(repute::kind::host, bytes));
  std::array<std::uint8_t, repute::wire::request_size_max> datagram{};
  for ([[maybe_unused]] auto _ : state) {
    benchmark::DoNotOptimize(
        repute::wire::encode_request(repute::wire::type::query, 1, 500, keys, datagram));
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

BENCHMARK(selection_step)->Arg(1)->Arg(3)->Arg(8)->Arg(64);
BENCHMARK(encode_request)->Arg(1)->Arg(20)->Arg(64);

}  // namespace
