// SPDX-License-Identifier: Apache-2.0
#include "load/feed_reader.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <system_error>
#include <utility>

#include "load/load_failure.hpp"

namespace repute::load {

feed_reader::feed_reader(const row_compiler& compiler, row_pile& rows, reject_log& rejects,
                         load_guards& guards, feed_summaries& summaries, std::uint64_t input_bytes,
                         unsigned threads, listener progress)
    : rows_(rows),
      rejects_(rejects),
      guards_(guards),
      summaries_(summaries),
      input_bytes_(input_bytes),
      progress_(std::move(progress)),
      batches_(
          threads, [&compiler](std::unique_ptr<raw_batch>& batch) { batch->compile(compiler); },
          [this](std::unique_ptr<raw_batch>& batch) { consume(*batch); }) {}

void feed_reader::read(const feed_spec& spec, std::uint16_t feed) {
  summaries_[spec.name].name = spec.name;
  for (std::size_t file = 0; file < spec.files.size(); ++file) {
    read_file(spec, feed, file);
  }
}

void feed_reader::read_file(const feed_spec& spec, std::uint16_t feed, std::size_t file) {
  const std::string path = path_of(spec, spec.files[file]);
  auto opened = open_input(path);
  if (!opened) {
    fail(opened.error());
  }
  input_ = std::move(*opened);
  std::error_code unknown;
  const auto size = std::filesystem::file_size(path, unknown);
  bytes_of_file_ = unknown ? 0 : size;
  batch_ = std::make_unique<raw_batch>(spec, feed, static_cast<std::uint16_t>(file), path);
  const auto broken = read_rows(*input_, spec, *this);
  push();
  bytes_before_ += bytes_of_file_;
  if (broken) {
    finish();  // a bad row before it is the first thing that is wrong
    throw load_error{
        input_->machine_failed() ? exit_io : exit_bad_data,
        fmt::format("{}:{}:{}: {}", path, broken->at.line, broken->at.column, broken->what)};
  }
}

void feed_reader::recognised(feed_format format) {
  summaries_[batch_->spec().name].recognised = word(format);
}

void feed_reader::finish() {
  batches_.finish();
}

bool feed_reader::take(const raw_row& row) {
  batch_->add(row);
  push_if_full();
  return true;
}

bool feed_reader::reject(const bad_row& row) {
  batch_->add(row);
  push_if_full();
  return true;
}

void feed_reader::push_if_full() {
  if (batch_->full()) {
    batch_->share_read = share_read();
    auto next =
        std::make_unique<raw_batch>(batch_->spec(), batch_->feed(), batch_->file(), batch_->path());
    batches_.push(std::exchange(batch_, std::move(next)));
  }
}

void feed_reader::push() {
  batch_->share_read = share_read();
  batches_.push(std::move(batch_));
}

// How far all input is read.
double feed_reader::share_read() const noexcept {
  const double here = input_->share_read() * static_cast<double>(bytes_of_file_);
  return input_bytes_ == 0
             ? 0
             : (static_cast<double>(bytes_before_) + here) / static_cast<double>(input_bytes_);
}

void feed_reader::consume(raw_batch& batch) {
  feed_summary& summary = summaries_[batch.spec().name];
  if (counted_ != &batch.spec()) {
    counted_ = &batch.spec();
    rows_of_feed_ = 0;
  }
  auto bad = batch.bad_rows().begin();
  for (const raw_batch::outcome outcome : batch.outcomes()) {
    ++rows_read_;
    if (outcome == raw_batch::outcome::bad) {
      consume_bad(batch, *bad++, summary);
    } else {
      consume_row(batch, outcome, summary);
    }
  }
  summary.skipped += batch.skipped();
  for (raw_batch::flagged& each : batch.flagged_rows()) {
    guards_.add(batch.spec(), batch.file(), batch.path(), each.at, std::move(each.row));
  }
  rows_.add(std::move(batch.compiled()));
  progress_(summary.name, batch.share_read, rows_read_);
}

void feed_reader::consume_row(const raw_batch& batch, raw_batch::outcome outcome,
                              feed_summary& summary) {
  const feed_spec& spec = batch.spec();
  if (spec.limits.rows != 0 && ++rows_of_feed_ > spec.limits.rows) {
    throw load_error{exit_bad_data, fmt::format("feed \"{}\": more than its limit of {} rows",
                                                spec.name, spec.limits.rows)};
  }
  ++(outcome == raw_batch::outcome::expired ? summary.expired : summary.rows);
}

void feed_reader::consume_bad(const raw_batch& batch, const bad_row& row, feed_summary& summary) {
  ++summary.rejected;
  if (!rejects_.add(batch.path(), row)) {
    throw load_error{exit_bad_data, rejects_.count() == 1
                                        ? "a bad row; with --max-rejects N it would be passed over"
                                        : "more bad rows than --max-rejects allows"};
  }
}

}  // namespace repute::load
