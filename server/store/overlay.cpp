// SPDX-License-Identifier: Apache-2.0
#include "store/overlay.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <limits>
#include <random>
#include <vector>

#include "store/bus_error.hpp"
#include "store/file.hpp"
#include "store/lmdb_env.hpp"
#include "store/overlay_format.hpp"

namespace repute::store {

namespace {

// One transaction.
struct batch {
  std::span<const live_entry> put;
  std::span<const overlay_key> drop;
  std::uint64_t seq = 0;  // the last number afterwards
};

}  // namespace

struct overlay::state {
  std::filesystem::path directory;
  std::array<std::uint8_t, 2> salt_fp{};
  std::uint64_t last_seq = 0;
  std::uint64_t id = 0;
  std::size_t map_bytes = std::size_t{16} << 20;
  lmdb::env_ptr env;
  MDB_dbi dbi = 0;

  [[nodiscard]] result<void> open();
  [[nodiscard]] result<void> read_all();
  [[nodiscard]] result<lmdb::txn_ptr> begin() const;
  [[nodiscard]] result<std::uint64_t> stored_seq();
  [[nodiscard]] int try_commit(const batch& changes);
  [[nodiscard]] result<void> write(const batch& changes);
  [[nodiscard]] result<void> recover(int code, std::uint64_t seq);
  [[nodiscard]] failure closed() const {
    return {store_error::io,
            directory.string() + ": closed after a failed write; restart the server"};
  }
  [[nodiscard]] failure broken(std::string_view what) const {
    return {store_error::corrupt, fmt::format("{}: {}", directory.string(), what)};
  }
};

namespace {

std::uint64_t new_id() {
  std::random_device random;
  const std::uint64_t high = random();
  return std::max<std::uint64_t>(1, high << 32 | random());
}

// 0 unless the call failed.
int put(MDB_txn* txn, MDB_dbi dbi, byte_view key, byte_view value) {
  MDB_val name = lmdb::to_val(key);
  MDB_val data = lmdb::to_val(value);
  return mdb_put(txn, dbi, &name, &data, 0);
}

}  // namespace

result<lmdb::txn_ptr> overlay::state::begin() const {
  return env ? lmdb::begin(env.get(), true, directory) : closed();
}

result<void> overlay::state::open() {
  env.reset();
  auto opened = lmdb::open_durable(directory, map_bytes);
  if (!opened) {
    return opened.error();
  }
  env = std::move(*opened);
  MDB_envinfo info{};
  mdb_env_info(env.get(), &info);
  map_bytes = info.me_mapsize;
  const auto txn = begin();
  if (!txn) {
    return txn.error();
  }
  const auto opened_dbi = lmdb::open_database(txn->get(), nullptr, false, directory);
  if (!opened_dbi) {
    return opened_dbi.error();
  }
  dbi = *opened_dbi;
  return {};
}

// Every entry once: a server must not find out later that it cannot read its own changes.
result<void> overlay::state::read_all() {
  const auto txn = begin();
  if (!txn) {
    return txn.error();
  }
  MDB_cursor* raw = nullptr;
  if (const int code = mdb_cursor_open(txn->get(), dbi, &raw); code != 0) {
    return lmdb::make_failure(code, "cannot read it", directory);
  }
  const lmdb::cursor_ptr cursor(raw);
  MDB_val key{};
  MDB_val value{};
  overlay_head head;
  live_entry entry;
  std::optional<live_key> last;
  bool any = false;
  int code = 0;
  while ((code = mdb_cursor_get(raw, &key, &value, MDB_NEXT)) == 0) {
    if (!any) {
      any = true;
      if (!decode_overlay_head(lmdb::to_bytes(key), lmdb::to_bytes(value), head)) {
        return broken("its head is damaged, or of another version");
      }
      continue;
    }
    if (!decode_overlay_entry(lmdb::to_bytes(key), lmdb::to_bytes(value), entry) ||
        entry.seq > head.last_seq || (last && !(*last < key_of(entry)))) {
      return broken("an entry is damaged");
    }
    last = key_of(entry);
  }
  if (code != MDB_NOTFOUND) {
    return lmdb::make_failure(code, "cannot read it", directory);
  }
  if (!any) {
    id = new_id();
    return {};
  }
  id = head.id;
  if (head.salt_fp != salt_fp && last) {
    return failure{store_error::foreign_salt,
                   fmt::format("{}: its entries were made under another salt; move it away to "
                               "start without them",
                               directory.string())};
  }
  last_seq = std::max(last_seq, head.last_seq);
  return {};
}

result<overlay> overlay::open(const std::filesystem::path& directory,
                              std::array<std::uint8_t, 2> salt_fp, std::uint64_t last_seq) {
  constexpr mode_t directory_mode = 0750;
  if (::mkdir(directory.c_str(), directory_mode) != 0 && errno != EEXIST) {
    return system_failure(directory, "cannot create", errno);
  }
  // The new directory itself must survive a power cut, or the first changes would go with it.
  if (const auto synced = sync_path(folder_of(directory)); !synced) {
    return synced.error();
  }
  auto opened = std::make_unique<state>();
  opened->directory = directory;
  opened->salt_fp = salt_fp;
  opened->last_seq = last_seq;
  if (const auto done = opened->open(); !done) {
    return done.error();
  }
  if (const auto done = opened->read_all(); !done) {
    return done.error();
  }
  return overlay(std::move(opened));
}

overlay::overlay(std::unique_ptr<state> opened) noexcept : state_(std::move(opened)) {}
overlay::~overlay() = default;
overlay::overlay(overlay&&) noexcept = default;
overlay& overlay::operator=(overlay&&) noexcept = default;

std::uint64_t overlay::last_seq() const noexcept {
  return state_->last_seq;
}

void overlay::raise_last_seq(std::uint64_t seq) noexcept {
  state_->last_seq = std::max(state_->last_seq, seq);
}

std::uint64_t overlay::id() const noexcept {
  return state_->id;
}

std::array<std::uint8_t, 2> overlay::salt_fp() const noexcept {
  return state_->salt_fp;
}

result<std::size_t> overlay::size() const {
  const auto txn = state_->begin();
  if (!txn) {
    return txn.error();
  }
  MDB_stat stat{};
  if (const int code = mdb_stat(txn->get(), state_->dbi, &stat); code != 0) {
    return lmdb::make_failure(code, "cannot read it", state_->directory);
  }
  return stat.ms_entries == 0 ? 0 : stat.ms_entries - 1;  // without the head
}

result<void> overlay::commit(std::span<live_entry> changes) {
  if (changes.size() > std::numeric_limits<std::uint64_t>::max() - state_->last_seq) {
    return failure{store_error::io, "no number is left for another change"};
  }
  std::uint64_t seq = state_->last_seq;
  for (live_entry& each : changes) {
    each.seq = ++seq;
  }
  return state_->write({.put = changes, .drop = {}, .seq = seq});
}

// LMDB's code: 0, or why nothing was committed.
int overlay::state::try_commit(const batch& changes) {
  MDB_txn* raw = nullptr;
  if (const int code = mdb_txn_begin(env.get(), nullptr, 0, &raw); code != 0) {
    return code;
  }
  lmdb::txn_ptr txn(raw);
  // The head remembers the last number when the entry that had it is gone.
  int code = put(raw, dbi, overlay_head_key, encode_overlay_head({changes.seq, id, salt_fp}));
  for (auto each = changes.put.begin(); code == 0 && each != changes.put.end(); ++each) {
    code = put(raw, dbi, encode_overlay_key(key_of(*each)), encode_overlay_value(*each));
  }
  for (auto each = changes.drop.begin(); code == 0 && each != changes.drop.end(); ++each) {
    MDB_val key = lmdb::to_val(byte_view(*each));
    code = mdb_del(raw, dbi, &key, nullptr);
  }
  return code != 0 ? code : mdb_txn_commit(txn.release());
}

result<void> overlay::state::write(const batch& changes) {
  if (!env) {
    return closed();
  }
  int code = try_commit(changes);
  while (code == MDB_MAP_FULL) {
    if (const int grown = mdb_env_set_mapsize(env.get(), map_bytes * 2); grown != 0) {
      return lmdb::make_failure(grown, "cannot grow its map", directory);
    }
    map_bytes *= 2;
    code = try_commit(changes);
  }
  if (code != 0) {
    return recover(code, changes.seq);
  }
  last_seq = changes.seq;
  return {};
}

// After a failed write LMDB takes no more transactions, and its last page may have been written or
// not: what is there after opening it anew decides.
result<void> overlay::state::recover(int code, std::uint64_t seq) {
  const failure why = lmdb::make_failure(code, "cannot commit", directory);
  if (const auto opened = open(); !opened) {
    env.reset();
    return why;
  }
  const auto stored = stored_seq();
  if (!stored) {
    env.reset();
    return why;
  }
  if (*stored == seq && mdb_env_sync(env.get(), 1) == 0) {
    last_seq = seq;
    return {};
  }
  last_seq = std::max(last_seq, *stored);
  return why;
}

result<std::uint64_t> overlay::state::stored_seq() {
  const auto txn = begin();
  if (!txn) {
    return txn.error();
  }
  MDB_val key = lmdb::to_val(byte_view(overlay_head_key));
  MDB_val value{};
  const int code = mdb_get(txn->get(), dbi, &key, &value);
  if (code == MDB_NOTFOUND) {
    return std::uint64_t{0};
  }
  overlay_head head;
  if (code != 0 || !decode_overlay_head(overlay_head_key, lmdb::to_bytes(value), head)) {
    return broken("its head is damaged");
  }
  return head.last_seq;
}

result<std::optional<live_entry>> overlay::find(const live_key& key) const {
  const auto txn = state_->begin();
  if (!txn) {
    return txn.error();
  }
  const auto name = encode_overlay_key(key);
  MDB_val wanted = lmdb::to_val(byte_view(name));
  MDB_val value{};
  const int code = mdb_get(txn->get(), state_->dbi, &wanted, &value);
  if (code == MDB_NOTFOUND) {
    return std::optional<live_entry>();
  }
  live_entry entry;
  if (code != 0 || !decode_overlay_entry(name, lmdb::to_bytes(value), entry)) {
    return state_->broken("an entry cannot be read");
  }
  return std::optional<live_entry>(std::move(entry));
}

result<void> overlay::visit_after(const std::optional<live_key>& after,
                                  const visitor& visit) const {
  const auto txn = state_->begin();
  if (!txn) {
    return txn.error();
  }
  MDB_cursor* raw = nullptr;
  if (const int code = mdb_cursor_open(txn->get(), state_->dbi, &raw); code != 0) {
    return lmdb::make_failure(code, "cannot read it", state_->directory);
  }
  const lmdb::cursor_ptr cursor(raw);
  const auto first = after ? encode_overlay_key(*after) : overlay_key{};
  MDB_val key = lmdb::to_val(after ? byte_view(first) : byte_view(overlay_head_key));
  MDB_val value{};
  live_entry entry;
  int code = mdb_cursor_get(raw, &key, &value, MDB_SET_RANGE);
  for (; code == 0; code = mdb_cursor_get(raw, &key, &value, MDB_NEXT)) {
    const byte_view name = lmdb::to_bytes(key);
    if (std::ranges::equal(name, after ? byte_view(first) : byte_view(overlay_head_key))) {
      continue;  // the place where to begin, itself left out
    }
    if (!decode_overlay_entry(name, lmdb::to_bytes(value), entry)) {
      return state_->broken("an entry cannot be read");
    }
    if (!visit(entry)) {
      return {};
    }
  }
  if (code != MDB_NOTFOUND) {
    return lmdb::make_failure(code, "cannot read it", state_->directory);
  }
  return {};
}

result<std::size_t> overlay::drop(const visitor& unneeded) {
  std::vector<overlay_key> old;
  const auto visited = visit_after({}, [&](const live_entry& entry) {
    if (unneeded(entry)) {
      old.push_back(encode_overlay_key(key_of(entry)));
    }
    return true;
  });
  if (!visited) {
    return visited.error();
  }
  if (old.empty()) {
    return std::size_t{0};
  }
  const auto written = state_->write({.put = {}, .drop = old, .seq = state_->last_seq});
  if (!written) {
    return written.error();
  }
  return old.size();
}

}  // namespace repute::store
