// SPDX-License-Identifier: Apache-2.0
// Signing a text, by its number of tokens, with a filter of common shingles as large as that of
// 2000 mails of ordinary lists. range(0): tokens; mail of the corpus has 190 at the median, 650 at
// the 90th percentile.
#include <benchmark/benchmark.h>

#include <cmath>
#include <cstdlib>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "repute/textsig/common_shingle_counter.hpp"
#include "repute/textsig/signer.hpp"

namespace {

namespace textsig = repute::textsig;

// Words as frequent as in mail: the n-th of 20 000 about 1 / n as often as the first.
class made_up_text {
 public:
  explicit made_up_text(std::uint64_t seed) : random_(seed) {}

  std::string operator()(std::size_t tokens) {
    std::string text;
    for (std::size_t i = 0; i < tokens; ++i) {
      std::uniform_real_distribution<double> exponent(0, 1);
      auto number = static_cast<std::size_t>(std::pow(20000.0, exponent(random_)));
      text += text.empty() ? "" : " ";
      for (number += 300; number != 0; number /= 26) {
        text += static_cast<char>('a' + number % 26);
      }
    }
    return text;
  }

 private:
  std::mt19937_64 random_;
};

std::shared_ptr<const textsig::common_shingles> filter() {
  textsig::common_shingle_counter counter({});
  made_up_text text(1);
  for (int mail = 0; mail < 2000; ++mail) {
    counter.add(text(250));
  }
  std::string problem;
  auto read = textsig::common_shingles::decode(counter.file(1), {}, problem);
  if (!read) {
    std::abort();
  }
  return std::make_shared<const textsig::common_shingles>(std::move(read).value());
}

void sign_text(benchmark::State& state) {
  const textsig::signer sign({}, filter());
  made_up_text text(2);
  std::vector<std::string> texts(100);
  for (std::string& each : texts) {
    each = text(static_cast<std::size_t>(state.range(0)));
  }
  std::size_t next = 0;
  for ([[maybe_unused]] auto _ : state) {
    benchmark::DoNotOptimize(sign(texts[next++ % texts.size()]));
  }
}

BENCHMARK(sign_text)->Arg(20)->Arg(60)->Arg(190)->Arg(650)->Arg(4096)->Unit(
    benchmark::kMicrosecond);

}  // namespace
