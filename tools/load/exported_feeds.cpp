// SPDX-License-Identifier: Apache-2.0
#include "load/exported_feeds.hpp"

#include <fmt/format.h>

#include <utility>

#include "load/load_failure.hpp"
#include "store/parallel.hpp"

namespace repute::load {
namespace {

constexpr std::size_t rows_of_batch = 4096;

struct exported_batch {
  store::record_set records;
  std::vector<position> places;
  compiled_rows compiled;
  std::optional<export_problem> problem;  // of the first bad row
};

// The rows of a batch with their keys. The text of a URL is its canonical form, whatever an edited
// export says: a password is kept nowhere.
void compile(exported_batch& batch, const row_compiler& compiler) {
  for (std::size_t i = 0; i < batch.records.size(); ++i) {
    store::record row = batch.records[i];
    std::string shown;
    if (row.kind == kind::url) {
      const auto canonical = compiler.canon().canonical(subject::url, row.text);
      if (const auto* key = std::get_if<canonical_key>(&canonical)) {
        shown = canon::show(*key);
        row.text = shown;
      }
    }
    if (row.text.size() > store::record_text_max || !compiler.adopt(row, true, batch.compiled)) {
      batch.problem = export_problem{
          {batch.places[i], fmt::format("no {} that has a canonical form", name(row.kind))}};
      return;
    }
  }
}

}  // namespace

exported_feeds::exported_feeds(std::string path) : path_(std::move(path)), source_(open()) {}

void exported_feeds::fail_at(const export_problem& why) const {
  throw load_error{
      why.machine_failed ? exit_io : exit_bad_data,
      fmt::format("{}:{}:{}: {}", path_, why.what.at.line, why.what.at.column, why.what.what)};
}

export_source exported_feeds::open() const {
  auto from = open_input(path_);
  if (!from) {
    fail(from.error());
  }
  auto opened = export_source::open(std::move(*from));
  if (const auto* why = std::get_if<export_problem>(&opened)) {
    fail_at(*why);
  }
  return std::get<export_source>(std::move(opened));
}

std::uint64_t exported_feeds::read(const row_compiler& compiler,
                                   const std::vector<std::uint16_t>& numbers, std::uint32_t now_h,
                                   unsigned threads, row_pile& rows, feed_summaries& summaries) {
  std::vector<feed_summary*> counts;
  for (const store::feed_info& feed : source_.feeds()) {
    counts.push_back(&summaries[feed.name]);
    counts.back()->name = feed.name;
  }
  store::ordered_batches<exported_batch> batches(
      threads, [&](exported_batch& batch) { compile(batch, compiler); },
      [&](exported_batch& batch) {
        if (batch.problem) {
          fail_at(*batch.problem);
        }
        rows.add(std::move(batch.compiled));
      });
  std::uint64_t seen = 0;
  exported_batch batch;
  const auto broken = source_.read_rows(compiler, [&](const store::record& read, position at) {
    ++seen;
    feed_summary& summary = *counts[read.feed];
    if (read.expires_h != 0 && read.expires_h <= now_h) {
      ++summary.expired;
      return;
    }
    ++summary.rows;
    store::record row = read;
    row.feed = numbers[read.feed];
    batch.records.add(row);
    batch.places.push_back(at);
    if (batch.places.size() == rows_of_batch) {
      batches.push(std::exchange(batch, {}));
    }
  });
  batches.push(std::move(batch));
  batches.finish();  // a bad row before the place where reading ended is told first
  if (broken) {
    fail_at(*broken);
  }
  return seen;
}

}  // namespace repute::load
