// SPDX-License-Identifier: Apache-2.0
#include "load/row_batch.hpp"

#include <utility>

namespace repute::load {
namespace {

constexpr std::size_t rows_goal = 4096;
constexpr std::size_t text_bytes_goal = std::size_t{1} << 20;

}  // namespace

void row_batcher::run() {
  row_reader reader(rows_);
  while (const stored_row* row = reader.next()) {
    add(*row);
  }
  if (any_) {
    end_key();
    batch_.block_ends.push_back(static_cast<std::uint32_t>(batch_.rows.size()));
    end_batch();
  }
}

void row_batcher::add(const stored_row& row) {
  const bool new_block =
      cutter_.begins_block(row.kind, row.key, row.prefix_length, row.texts_size()) && any_;
  const bool new_key = !any_ || !first_.same_key(row);
  if (new_key && any_) {
    end_key();
  }
  if (new_block) {
    batch_.block_ends.push_back(static_cast<std::uint32_t>(batch_.rows.size()));
    if (batch_.rows.size() >= rows_goal || batch_.texts.bytes() >= text_bytes_goal) {
      end_batch();
    }
  }
  any_ = true;
  batch_.rows.push_back(row);
  if (!rows_.texts_stay()) {
    batch_.rows.back().texts = batch_.texts.add({row.texts, row.texts_size()}).data();
  }
  if (new_key) {
    first_ = batch_.rows.back();
    first_row_ = static_cast<std::uint32_t>(batch_.rows.size() - 1);
    claims_.clear();
  }
  if (claims_.empty() || !rows_.attributes().stands_for(claims_.back(), row.attributes)) {
    claims_.push_back(row.attributes);
  } else {
    claims_.back() = rows_.attributes().longer(claims_.back(), row.attributes);
  }
}

void row_batcher::end_key() {
  batch_.keys.push_back({first_row_, static_cast<std::uint32_t>(batch_.claims.size())});
  batch_.claims.insert(batch_.claims.end(), claims_.begin(), claims_.end());
}

// The present key may go on: its first row must not go with the batch.
void row_batcher::end_batch() {
  row_batch full = std::exchange(batch_, {});
  first_row_ = key_rows::in_batch_before;
  if (!rows_.texts_stay()) {
    first_.texts = batch_.texts.add({first_.texts, first_.texts_size()}).data();
  }
  batch_.row_before = first_;
  take_(std::move(full));
}

}  // namespace repute::load
