// SPDX-License-Identifier: Apache-2.0
// From the bytes of a message to facts, signatures and the keys to ask: made-up mail of usual
// sizes, hostile mail (time per byte), and, if REPUTE_MAIL_DIR names a folder, all mail in it, with
// median and 99th percentile of the processor time of one message.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "repute/mail/extract.hpp"
#include "repute/mail/question.hpp"
#include "repute/mail/sign_texts.hpp"
#include "support/hostile_mail.hpp"

namespace {

namespace mail = repute::mail;
namespace seal = repute::seal;

/// All that a filter does between a message and its datagrams.
class way {
 public:
  mail::message_facts extract(const std::string& message) const { return extract_(message, {}); }
  void sign(mail::message_facts& found) const { mail::sign_texts(found, sign_); }
  mail::question ask(const mail::message_facts& found) const {
    return mail::ask_about(found, canon_, fingerprints_, 1);
  }

 private:
  repute::canon::canonicalizer canon_;
  mail::extractor extract_{canon_, {}};
  seal::fingerprinter fingerprints_{seal::deployment_salt{}};
  repute::textsig::signer sign_{seal::deployment_salt{}};
};

const way& whole_way() {
  static const way made;
  return made;
}

constexpr const char* fields =
    "Return-Path: <news@shop.example>\r\n"
    "Received: from out.shop.example (out.shop.example [192.0.2.25])\r\n"
    "\tby mx.example (Postfix) with ESMTPS id 4X2; Thu, 1 Jan 2026 10:00:00 +0000\r\n"
    "Received: from app ([198.51.100.7]) by out.shop.example; Thu, 1 Jan 2026 10:00:00 +0000\r\n"
    "From: =?utf-8?Q?The_Shop?= <news@shop.example>\r\n"
    "To: someone@example.org\r\nSubject: =?utf-8?B?TmV3cyBvZiB0aGUgd2Vlaw==?=\r\n"
    "Message-ID: <20260101.1@shop.example>\r\nMIME-Version: 1.0\r\n"
    "List-Unsubscribe: <https://shop.example/u?x=1>, <mailto:u@shop.example>\r\n";

std::string prose(std::size_t words) {
  std::string out;
  for (std::size_t i = 0; i < words; ++i) {
    out += "word" + std::string(1, static_cast<char>('a' + i * i % 26)) + std::to_string(i % 7) +
           (i % 12 == 11 ? ".\r\n" : " ");
  }
  return out;
}

std::string plain_mail() {
  return fields + ("\r\n" + prose(300)) + "\r\nhttp://www.shop.example/offer?id=7\r\n";
}

std::string page_mail() {
  std::string page = "<html><head><style>p{margin:0}</style></head><body><table>";
  for (int i = 0; i < 40; ++i) {
    const std::string n = std::to_string(i);
    page += "<tr><td style=\"font-size:12px;padding:4px\"><a href=\"https://c.shop.example/c/" + n +
            "?u=https%3A%2F%2Fwww.shop.example%2F" + n + "\"><img src=\"https://i.shop.example/" +
            n + ".png\"></a><p>" + prose(20) + "&nbsp;</p></td></tr>\r\n";
  }
  return fields + ("Content-Type: text/html; charset=utf-8\r\n\r\n" + page + "</table>");
}

std::string file_mail() {
  std::string file;
  for (int i = 0; i < 1400; ++i) {
    file += "UEsDBBQAAAAIAAAAIQAUEsDBBQAAAAIAAAAIQAUEsDBBQAAAAIAAAAIQAUEsDBBQAAAAIAAAAIQAAA\r\n";
  }
  return fields + ("Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\n" + prose(100)) +
         "\r\n--b\r\nContent-Type: application/zip; name=a.zip\r\n"
         "Content-Transfer-Encoding: base64\r\n\r\n" +
         file + "--b--\r\n";
}

void run_mail(benchmark::State& state, const std::string& message) {
  for (auto _ : state) {
    auto found = whole_way().extract(message);
    whole_way().sign(found);
    benchmark::DoNotOptimize(whole_way().ask(found));
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(message.size()));
}
BENCHMARK_CAPTURE(run_mail, plain, plain_mail());
BENCHMARK_CAPTURE(run_mail, page, page_mail());
BENCHMARK_CAPTURE(run_mail, file, file_mail());

void run_hostile(benchmark::State& state) {
  const auto mails = mail::test::hostile_mails(1'000'000);
  const auto& hostile = mails.at(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) {
    benchmark::DoNotOptimize(whole_way().extract(hostile.text));
  }
  const double mb = static_cast<double>(hostile.text.size()) / 1e6;
  state.counters["per_MB"] =
      benchmark::Counter(mb * static_cast<double>(state.iterations()),
                         benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
  state.SetLabel(std::string(hostile.name));
}
BENCHMARK(run_hostile)
    ->DenseRange(0, static_cast<int>(mail::test::hostile_mails(1).size()) - 1)
    ->Unit(benchmark::kMillisecond);

double cpu_us() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e6 + static_cast<double>(now.tv_nsec) / 1e3;
}

std::vector<std::string> read_folder(const char* folder) {
  std::vector<std::string> out;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) {
      std::ifstream file(entry.path(), std::ios::binary);
      out.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
    }
  }
  return out;
}

/// Median and 99th percentile of what each step took.
void report(benchmark::State& state, const std::string& step, std::vector<double> times) {
  std::ranges::sort(times);
  state.counters[step + "_median_us"] = times[times.size() / 2];
  state.counters[step + "_p99_us"] = times[times.size() * 99 / 100];
}

void run_folder(benchmark::State& state) {
  const char* folder = std::getenv("REPUTE_MAIL_DIR");
  const auto messages = folder == nullptr ? std::vector<std::string>() : read_folder(folder);
  if (messages.empty()) {
    state.SkipWithError("REPUTE_MAIL_DIR names no folder with mail");
    return;
  }
  for (auto _ : state) {
    std::vector<double> extract;
    std::vector<double> sign;
    std::vector<double> ask;
    std::vector<double> all;
    for (const std::string& message : messages) {
      const double begun = cpu_us();
      auto found = whole_way().extract(message);
      const double extracted = cpu_us();
      whole_way().sign(found);
      const double with_signatures = cpu_us();
      benchmark::DoNotOptimize(whole_way().ask(found));
      const double asked = cpu_us();
      extract.push_back(extracted - begun);
      sign.push_back(with_signatures - extracted);
      ask.push_back(asked - with_signatures);
      all.push_back(asked - begun);
    }
    report(state, "extract", extract);
    report(state, "sign", sign);
    report(state, "ask", ask);
    report(state, "all", all);
  }
  state.counters["messages"] = static_cast<double>(messages.size());
}
BENCHMARK(run_folder)->Unit(benchmark::kMillisecond);

}  // namespace
