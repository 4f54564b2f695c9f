// SPDX-License-Identifier: Apache-2.0
// What happens to a key before and around the table: canonical forms, fingerprints, the codec.
#include <benchmark/benchmark.h>

#include <array>
#include <string>
#include <vector>

#include "repute/canon/canon.hpp"
#include "repute/schema/message.hpp"
#include "repute/seal/fingerprint.hpp"

namespace {

const repute::canon::canonicalizer& canon() {
  static const repute::canon::canonicalizer tables;
  return tables;
}

void canonical_domain(benchmark::State& state) {
  for ([[maybe_unused]] auto _ : state) {
    benchmark::DoNotOptimize(canon().canonical(repute::subject::domain, "Mail.Example.COM"));
  }
}

void canonical_url(benchmark::State& state) {
  for ([[maybe_unused]] auto _ : state) {
    benchmark::DoNotOptimize(canon().canonical(
        repute::subject::url, "http://user:password@www.example.com/a/%7Eb/../c?d=1#e"));
  }
}

void covering_domain(benchmark::State& state) {
  const repute::canonical_key key{repute::kind::host, "a.b.example.co.uk"};
  for ([[maybe_unused]] auto _ : state) {
    benchmark::DoNotOptimize(canon().covering(key));
  }
}

void fingerprint(benchmark::State& state) {
  repute::seal::fingerprinter fingerprints{repute::seal::deployment_salt{}};
  const repute::canonical_key key{repute::kind::host, "mail.example.com"};
  for ([[maybe_unused]] auto _ : state) {
    benchmark::DoNotOptimize(fingerprints(key));
  }
}

// range(0): keys in the datagram.
void decode_query(benchmark::State& state) {
  const std::array<std::uint8_t, 16> bytes{};
  const std::vector<repute::key> keys(static_cast<std::size_t>(state.range(0)),
                                      repute::key(repute::kind::host, bytes));
  std::array<std::uint8_t, repute::wire::request_size_max> datagram{};
  const std::size_t size = encode_request(repute::wire::type::query, 1, 500, keys, datagram);
  repute::wire::query_view query;
  for ([[maybe_unused]] auto _ : state) {
    const auto body = repute::byte_view(datagram).first(size).subspan(repute::wire::header::size);
    benchmark::DoNotOptimize(decode_query(repute::wire::type::query, body, query));
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

BENCHMARK(canonical_domain);
BENCHMARK(canonical_url);
BENCHMARK(covering_domain);
BENCHMARK(fingerprint);
BENCHMARK(decode_query)->Arg(1)->Arg(20)->Arg(64);

}  // namespace
