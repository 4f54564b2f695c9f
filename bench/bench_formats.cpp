// SPDX-License-Identifier: Apache-2.0
// Rows of feeds, up to the point where their keys would be looked at.
#include <benchmark/benchmark.h>

#include <string>

#include "load/row.hpp"

namespace {

using namespace repute::load;

constexpr int rows_per_feed = 100'000;

class counting_sink final : public row_sink {
 public:
  bool take(const raw_row& row) override {
    ++rows_;
    bytes_ += row.key.size();
    return true;
  }
  bool reject(const bad_row&) override { return false; }
  std::int64_t rows_ = 0;
  std::size_t bytes_ = 0;
};

void read_feed(benchmark::State& state, const feed_spec& spec, const std::string& text) {
  counting_sink sink;
  for ([[maybe_unused]] auto _ : state) {
    if (read_rows(text, spec, sink)) {
      state.SkipWithError("not read");
    }
  }
  benchmark::DoNotOptimize(sink.bytes_);
  state.SetItemsProcessed(sink.rows_);
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
}

std::string name(int i) {
  return "host-" + std::to_string(i * 7919LL % 1'000'003) + ".example.com";
}

void read_list(benchmark::State& state) {
  std::string text;
  for (int i = 0; i < rows_per_feed; ++i) {
    text += name(i) + "\n";
  }
  read_feed(state, {}, text);
}

void read_csv(benchmark::State& state) {
  std::string text = "domain,sensors,family\n";
  for (int i = 0; i < rows_per_feed; ++i) {
    text += name(i) + "," + std::to_string(i % 10) + ",Mirai\n";
  }
  feed_spec spec;
  spec.format = feed_format::csv;
  spec.key_column = "domain";
  spec.reason_column.emplace("family");
  read_feed(state, spec, text);
}

void read_urlhaus(benchmark::State& state) {
  std::string text =
      "# id,dateadded,url,url_status,last_online,threat,tags,urlhaus_link,reporter\r\n";
  for (int i = 0; i < rows_per_feed; ++i) {
    text += "\"" + std::to_string(i) + "\",\"2026-02-26 12:05:20\",\"http://" + name(i) +
            "/i\",\"online\",\"2026-02-26 12:05:20\",\"malware_download\",\"32-bit,elf,mips\","
            "\"https://urlhaus.example/url/" +
            std::to_string(i) + "/\",\"somebody\"\r\n";
  }
  feed_spec spec;
  spec.format = feed_format::urlhaus;
  spec.subject = repute::subject::url;
  read_feed(state, spec, text);
}

BENCHMARK(read_list);
BENCHMARK(read_csv);
BENCHMARK(read_urlhaus);

}  // namespace
