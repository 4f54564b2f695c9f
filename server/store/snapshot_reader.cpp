// SPDX-License-Identifier: Apache-2.0
#include "store/snapshot_reader.hpp"

#include <fmt/format.h>

#include <thread>
#include <tuple>

#include "store/block_cursor_state.hpp"
#include "store/lmdb_env.hpp"
#include "store/manifest.hpp"
#include "store/parts.hpp"
#include "store/record_block.hpp"

namespace repute::store {

struct snapshot_reader::state {
  std::filesystem::path path;
  lmdb::env_ptr env;
  lmdb::txn_ptr txn;
  MDB_dbi parts_dbi = 0;
  MDB_dbi records_dbi = 0;
  snapshot_meta meta;
  snapshot_view view;
  std::vector<feed_info> feeds;
  std::vector<live_entry> live;

  [[nodiscard]] byte_view part(std::string_view name) const {
    MDB_val key = lmdb::to_val(name);
    MDB_val value{};
    return mdb_get(txn.get(), parts_dbi, &key, &value) == 0 ? lmdb::to_bytes(value) : byte_view();
  }

  result<void> load();
  result<lmdb::cursor_ptr> open_cursor() const;
};

result<void> snapshot_reader::state::load() {
  auto opened = lmdb::open_read_only(path);
  if (!opened) {
    return opened.error();
  }
  env = std::move(*opened);
  auto begun = lmdb::begin(env.get(), true, path);
  if (!begun) {
    return begun.error();
  }
  txn = std::move(*begun);
  const auto main = lmdb::open_database(txn.get(), nullptr, false, path);
  if (!main) {
    return main.error();
  }
  parts_dbi = *main;
  const auto records = lmdb::open_database(txn.get(), record_database, false, path);
  if (!records) {
    return records.error();
  }
  records_dbi = *records;
  return {};
}

result<lmdb::cursor_ptr> snapshot_reader::state::open_cursor() const {
  MDB_cursor* raw = nullptr;
  if (const int code = mdb_cursor_open(txn.get(), records_dbi, &raw); code != 0) {
    return lmdb::make_failure(code, "cannot read records", path);
  }
  return lmdb::cursor_ptr(raw);
}

snapshot_reader::snapshot_reader(std::unique_ptr<state> opened) noexcept
    : state_(std::move(opened)) {}
snapshot_reader::~snapshot_reader() = default;
snapshot_reader::snapshot_reader(snapshot_reader&&) noexcept = default;
snapshot_reader& snapshot_reader::operator=(snapshot_reader&&) noexcept = default;

result<snapshot_reader> snapshot_reader::open(const std::filesystem::path& db,
                                              std::uint32_t generation) {
  const auto expected = read_manifest(manifest_path(db, generation));
  if (!expected) {
    return expected.error();
  }
  const std::filesystem::path path = snapshot_path(db, generation);
  const auto damaged = damaged_chunks(path, *expected, std::thread::hardware_concurrency());
  if (!damaged) {
    return damaged.error();
  }
  if (!damaged->empty()) {
    return damage_failure(path, *expected, damaged->front());
  }
  return open_verified(db, generation);
}

result<snapshot_reader> snapshot_reader::open_verified(const std::filesystem::path& db,
                                                       std::uint32_t generation) {
  auto opened = std::make_unique<state>();
  opened->path = snapshot_path(db, generation);
  if (const auto loaded = opened->load(); !loaded) {
    return loaded.error();
  }
  const part_source parts = [&](std::string_view name) { return opened->part(name); };
  const auto meta = read_meta(parts, generation, opened->path);
  if (!meta) {
    return meta.error();
  }
  opened->meta = *meta;
  const auto view = make_view(*meta, parts, opened->path);
  if (!view) {
    return view.error();
  }
  opened->view = *view;
  auto feeds = decode_feeds(payload_of(opened->part(part_feeds)));
  if (!feeds) {
    return failure{store_error::corrupt, opened->path.string() + ": its list of feeds is broken"};
  }
  opened->feeds = std::move(*feeds);
  auto live = decode_live(payload_of(opened->part(part_live)));
  if (!live) {
    return failure{store_error::corrupt, opened->path.string() + ": its live entries are broken"};
  }
  opened->live = std::move(*live);
  return snapshot_reader(std::move(opened));
}

const std::filesystem::path& snapshot_reader::path() const noexcept {
  return state_->path;
}
const snapshot_meta& snapshot_reader::meta() const noexcept {
  return state_->meta;
}
const snapshot_view& snapshot_reader::view() const noexcept {
  return state_->view;
}
const std::vector<feed_info>& snapshot_reader::feeds() const noexcept {
  return state_->feeds;
}

const std::vector<live_entry>& snapshot_reader::live() const noexcept {
  return state_->live;
}

std::vector<std::string> snapshot_reader::sources_of(std::uint32_t dictionary_index) const {
  std::vector<std::string> names;
  const auto feeds = decode_source(payload_of(state_->part(part_sources)), dictionary_index);
  if (feeds) {
    for (const std::uint16_t feed : *feeds) {
      if (feed < state_->feeds.size()) {
        names.push_back(state_->feeds[feed].name);
      }
    }
  }
  return names;
}

result<block_cursor> snapshot_reader::blocks() const {
  auto cursor = state_->open_cursor();
  if (!cursor) {
    return cursor.error();
  }
  auto opened = std::make_unique<block_cursor::state>();
  opened->cursor = std::move(*cursor);
  opened->path = state_->path;
  for (int i = 0; i < 2; ++i) {
    if (const auto done = opened->step(); !done) {
      return done.error();
    }
  }
  return block_cursor(std::move(opened));
}

// Visits the records of one block until `visit` returns false.
static result<bool> visit_block(const MDB_val& value, const std::filesystem::path& path,
                                const std::function<bool(const record&)>& visit) {
  record_set records;
  if (!decode_block(lmdb::to_bytes(value), records)) {
    return failure{store_error::corrupt, path.string() + ": a block of records is broken"};
  }
  for (std::size_t i = 0; i < records.size(); ++i) {
    if (!visit(records[i])) {
      return false;
    }
  }
  return true;
}

result<void> snapshot_reader::for_each_record(const visitor& visit) const {
  const auto cursor = state_->open_cursor();
  if (!cursor) {
    return cursor.error();
  }
  MDB_val key{};
  MDB_val value{};
  int code = 0;
  while ((code = mdb_cursor_get(cursor->get(), &key, &value, MDB_NEXT)) == 0) {
    const auto visited = visit_block(value, state_->path, [&](const record& next) {
      visit(next);
      return true;
    });
    if (!visited) {
      return visited.error();
    }
  }
  if (code != MDB_NOTFOUND) {
    return lmdb::make_failure(code, "cannot read records", state_->path);
  }
  return {};
}

result<void> snapshot_reader::find_records(kind kind, const fingerprint& key,
                                           std::uint8_t prefix_length, record_set& into) const {
  const auto cursor = state_->open_cursor();
  if (!cursor) {
    return cursor.error();
  }
  // Blocks are named by their first record, so the wanted ones may begin in the block before.
  const block_key wanted = make_block_key(kind, key, prefix_length, 0);
  MDB_val at = lmdb::to_val(byte_view(wanted));
  MDB_val value{};
  int code = mdb_cursor_get(cursor->get(), &at, &value, MDB_SET_RANGE);
  code = mdb_cursor_get(cursor->get(), &at, &value, code == 0 ? MDB_PREV : MDB_LAST);
  if (code == MDB_NOTFOUND) {
    code = mdb_cursor_get(cursor->get(), &at, &value, MDB_FIRST);
  }
  bool more = true;
  for (; code == 0 && more; code = mdb_cursor_get(cursor->get(), &at, &value, MDB_NEXT)) {
    const auto visited = visit_block(value, state_->path, [&](const record& next) {
      const auto position = std::tie(next.kind, next.key, next.prefix_length);
      const auto goal = std::tie(kind, key, prefix_length);
      if (position == goal) {
        into.add(next);
      }
      return position <= goal;
    });
    if (!visited) {
      return visited.error();
    }
    more = *visited;
  }
  if (code != 0 && code != MDB_NOTFOUND) {
    return lmdb::make_failure(code, "cannot read records", state_->path);
  }
  return {};
}

}  // namespace repute::store
