// SPDX-License-Identifier: Apache-2.0
// Reads feeds into a pile of rows: one thread reads, all compile, and what becomes of each row is
// noted in file order.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "load/format/input.hpp"
#include "load/guard/load_guards.hpp"
#include "load/loader.hpp"
#include "load/raw_batch.hpp"
#include "load/reject_log.hpp"
#include "load/row_pile.hpp"
#include "store/parallel.hpp"

namespace repute::load {

using feed_summaries = std::map<std::string, feed_summary, std::less<>>;

class feed_reader final : private row_sink {
 public:
  /// Told now and then: the feed, how much of all input is read, 0..1, 0 if that is unknown, and
  /// the rows in it.
  using listener = std::function<void(std::string_view feed, double share, std::uint64_t rows)>;

  /// All arguments outlive it. `input_bytes`: of all files together, 0 if unknown.
  feed_reader(const row_compiler& compiler, row_pile& rows, reject_log& rejects,
              load_guards& guards, feed_summaries& summaries, std::uint64_t input_bytes,
              unsigned threads, listener progress);

  /// Reads all files of a feed, whose number is `feed`. Throws load_error.
  void read(const feed_spec& spec, std::uint16_t feed);
  /// Ends what read() began: summaries and counts hold afterwards. Throws load_error.
  void finish();

  /// Rows seen so far, bad ones included.
  [[nodiscard]] std::uint64_t rows_read() const noexcept { return rows_read_; }

 private:
  [[nodiscard]] bool take(const raw_row& row) override;
  [[nodiscard]] bool reject(const bad_row& row) override;
  void skip() override { batch_->skip(); }
  void recognised(feed_format format) override;

  void read_file(const feed_spec& spec, std::uint16_t feed, std::size_t file);
  void push_if_full();
  void push();
  [[nodiscard]] double share_read() const noexcept;
  void consume(raw_batch& batch);
  void consume_row(const raw_batch& batch, raw_batch::outcome outcome, feed_summary& summary);
  void consume_bad(const raw_batch& batch, const bad_row& row, feed_summary& summary);

  row_pile& rows_;
  reject_log& rejects_;
  load_guards& guards_;
  feed_summaries& summaries_;
  std::uint64_t input_bytes_;
  listener progress_;
  std::uint64_t rows_read_ = 0;
  const feed_spec* counted_ = nullptr;  // whose rows rows_of_feed_ counts
  std::uint64_t rows_of_feed_ = 0;

  // The file being read.
  std::unique_ptr<input> input_;
  std::uint64_t bytes_of_file_ = 0;  // 0 if unknown
  std::uint64_t bytes_before_ = 0;   // in files that were read before
  std::unique_ptr<raw_batch> batch_;

  store::ordered_batches<std::unique_ptr<raw_batch>> batches_;
};

}  // namespace repute::load
