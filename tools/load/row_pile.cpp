// SPDX-License-Identifier: Apache-2.0
#include "load/row_pile.hpp"

#include <malloc.h>

#include <algorithm>
#include <utility>

#include "store/parallel.hpp"

namespace repute::load {
namespace {

// Vectors that double have a third of their room to spare, as a rule.
constexpr std::size_t bytes_of_row = sizeof(stored_row) * 3 / 2;

void add_cover(std::vector<cover_row>& covers, const cover_row& next, const attribute_pool& pool) {
  if (!covers.empty() && same_bytes(covers.back().key, next.key) &&
      covers.back().prefix_length == next.prefix_length &&
      pool.stands_for(covers.back().attributes, next.attributes)) {
    covers.back().attributes = pool.longer(covers.back().attributes, next.attributes);
  } else {
    covers.push_back(next);
  }
}

// Runs that were sorted one by one become one.
void sort_covers(std::vector<cover_row>& covers, const attribute_pool& pool) {
  std::sort(covers.begin(), covers.end(), [&pool](const cover_row& a, const cover_row& b) {
    if (const auto order = order_of(a.key) <=> order_of(b.key); order != 0) {
      return order < 0;
    }
    if (a.prefix_length != b.prefix_length) {
      return a.prefix_length < b.prefix_length;
    }
    return a.attributes != b.attributes && pool[a.attributes] < pool[b.attributes];
  });
  std::vector<cover_row> kept;
  for (const cover_row& each : covers) {
    add_cover(kept, each, pool);
  }
  covers = std::move(kept);
}

}  // namespace

std::size_t room_of(kind kind, const fingerprint& key) noexcept {
  return position_of(kind) * rooms_of_kind + key[0];
}

bool may_cover(kind kind) noexcept {
  return is_ip(kind) || kind == kind::host || kind == kind::domain || kind == kind::url ||
         kind == kind::av_record;
}

row_pile::row_pile(std::filesystem::path folder, std::size_t memory_bytes, unsigned threads)
    : folder_(std::move(folder)), memory_bytes_(memory_bytes), threads_(threads) {}
row_pile::~row_pile() = default;

void row_pile::add(compiled_rows rows) {
  std::vector<std::uint32_t> number(rows.attributes.size());
  for (std::uint32_t i = 0; i < number.size(); ++i) {
    number[i] = attributes_.index_of(rows.attributes[i]);
  }
  for (stored_row& row : rows.rows) {
    row.attributes = number[row.attributes];
    rooms_[room_of(row.kind, row.key)].push_back(row);
  }
  size_ += rows.size();
  bytes_ += rows.size() * bytes_of_row + rows.texts.bytes();
  texts_.push_back(std::move(rows.texts));
  for (std::size_t kind = 0; kind < all_kinds.size(); ++kind) {
    if (!rows.cover_hashes[kind].empty()) {
      cover_hashes_[kind].push_back(std::move(rows.cover_hashes[kind]));
    }
  }
  if (bytes_ > memory_bytes_) {
    spill();
  }
}

void row_pile::sort_room(std::size_t room) {
  std::vector<stored_row>& rows = rooms_[room];
  if (rows.empty()) {
    return;
  }
  const auto less = [this](const stored_row& a, const stored_row& b) {
    return row_less(a, b, attributes_);
  };
  std::sort(rows.begin(), rows.end(), less);
  rows.erase(std::unique(rows.begin(), rows.end(), same_content), rows.end());
  if (may_cover(rows.front().kind)) {
    for (const stored_row& row : rows) {
      add_cover(covers_[room], {row.key, row.attributes, row.prefix_length}, attributes_);
    }
  }
}

// Writes everything that is in memory as one sorted run. Rooms are sorted and put into bytes on all
// threads, and written in order.
void row_pile::spill() {
  if (!runs_) {
    runs_ = std::make_unique<run_file>(folder_);
  }
  runs_->begin_run();
  struct room_bytes {
    std::size_t room = 0;
    std::string bytes;
  };
  store::ordered_batches<room_bytes> rooms(
      threads_,
      [this](room_bytes& job) {
        sort_room(job.room);
        for (const stored_row& row : rooms_[job.room]) {
          append_row(row, job.bytes);
        }
        rooms_[job.room] = {};
      },
      [this](room_bytes& job) { runs_->append(job.bytes); });
  for (std::size_t room = 0; room < room_count; ++room) {
    if (!rooms_[room].empty()) {
      rooms.push({room, {}});
    }
  }
  rooms.finish();
  std::vector<text_arena>().swap(texts_);
  bytes_ = 0;
  ::malloc_trim(0);  // what was freed in small pieces would stay with the process
}

void row_pile::sort() {
  if (!runs_) {
    store::parallel_for(threads_, room_count, [this](std::size_t room) { sort_room(room); });
    return;
  }
  spill();
  store::parallel_for(threads_, room_count,
                      [this](std::size_t room) { sort_covers(covers_[room], attributes_); });
}

void row_pile::clear() {
  std::vector<std::vector<stored_row>>(room_count).swap(rooms_);
  std::vector<text_arena>().swap(texts_);
  runs_.reset();
  ::malloc_trim(0);
}

row_reader::row_reader(const row_pile& from) : from_(from) {
  if (from.runs_) {
    merge_ = std::make_unique<run_merge>(*from.runs_, from.attributes_, from.memory_bytes_ / 4);
  }
}
row_reader::~row_reader() = default;

const stored_row* row_reader::next() {
  if (merge_) {
    return merge_->next();
  }
  while (room_ < room_count && at_ == from_.rooms_[room_].size()) {
    ++room_;
    at_ = 0;
  }
  return room_ < room_count ? &from_.rooms_[room_][at_++] : nullptr;
}

}  // namespace repute::load
