// SPDX-License-Identifier: Apache-2.0
#include "store/snapshot_builder.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cassert>
#include <cerrno>
#include <charconv>
#include <limits>
#include <optional>
#include <utility>

#include "store/file.hpp"
#include "store/history.hpp"
#include "store/lmdb_env.hpp"
#include "store/manifest.hpp"
#include "store/parallel.hpp"
#include "store/snapshot_file.hpp"
#include "store/snapshot_image.hpp"
#include "store/snapshot_signature.hpp"

namespace repute::store {
namespace {

constexpr long page_bytes = 4096;
constexpr unsigned read_only_mode = 0444;
constexpr unsigned small_file_mode = 0644;

// Manifests and signatures whose file never came, for their loader was killed: no snapshot, and
// none can become of them now. The one in force shows what is missing.
void remove_halves(const std::filesystem::path& db) {
  const auto current = read_current(db);
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(db / "snapshots", ignored)) {
    const std::filesystem::path extension = entry.path().extension();
    const std::string stem = entry.path().stem().string();
    std::uint32_t number = 0;
    std::from_chars(stem.data(), stem.data() + stem.size(), number);
    const std::filesystem::path file = snapshot_path(db, number);
    const bool ours = (extension == ".manifest" || extension == ".sig") && file.stem() == stem;
    const bool missing =
        std::filesystem::status(file, ignored).type() == std::filesystem::file_type::not_found;
    if (ours && missing && !(current && *current == number)) {
      ::unlink(entry.path().c_str());
    }
  }
}

// A number is used up when it is taken, whether or not its snapshot is ever finished.
result<std::uint32_t> take_generation(const std::filesystem::path& db) {
  const auto last = last_generation(db);
  if (!last) {
    return last.error();
  }
  if (*last == std::numeric_limits<std::uint32_t>::max()) {
    return failure{store_error::corrupt,
                   db.string() + ": no generation is left above the last one"};
  }
  const auto written =
      replace_file(db / "snapshots" / "LAST", fmt::format("{}\n", *last + 1), small_file_mode);
  if (!written) {
    return written.error();
  }
  remove_halves(db);  // LAST speaks for their numbers now
  return *last + 1;
}

result<void> write_parts(snapshot_file& file, snapshot_image& image) {
  if (const auto put = file.put_part(part_meta, encode_meta(image.meta)); !put) {
    return put;
  }
  for (const auto& [name, payload] : image.parts) {
    if (const auto put = file.put_part(name, payload); !put) {
      return put;
    }
  }
  for (std::size_t i = 0; i < image.table.size(); ++i) {
    if (const auto put = file.put_part(part_table(i), image.table[i].bytes()); !put) {
      return put;
    }
  }
  image.table.clear();  // the check of the file maps and copies it again
  return file.sync();
}

// LMDB begins each page with its number, and a value of its own pages 16 bytes into the first.
std::uint64_t page_of(const MDB_val& value) {
  return load_le<std::uint64_t>(static_cast<const std::uint8_t*>(value.mv_data) - lmdb_page_header);
}

// Finds where LMDB laid each part, so that a reader without LMDB can.
result<std::vector<manifest_part>> locate_parts(const std::filesystem::path& path,
                                                const snapshot_image& image) {
  auto env = lmdb::open_read_only(path);
  if (!env) {
    return env.error();
  }
  const auto txn = lmdb::begin(env->get(), true, path);
  if (!txn) {
    return txn.error();
  }
  const auto dbi = lmdb::open_database(txn->get(), nullptr, false, path);
  if (!dbi) {
    return dbi.error();
  }
  std::vector<std::string> names{std::string(part_meta)};
  for (const auto& [name, payload] : image.parts) {
    names.push_back(name);
  }
  for (std::size_t i = 0; i < image.meta.shards(); ++i) {
    names.push_back(part_table(i));
  }
  std::vector<manifest_part> parts;
  for (const std::string& name : names) {
    MDB_val key = lmdb::to_val(name);
    MDB_val value{};
    if (const int code = mdb_get(txn->get(), *dbi, &key, &value); code != 0) {
      return lmdb::make_failure(code, "cannot read back", path);
    }
    parts.push_back({name, page_of(value), value.mv_size});
  }
  std::sort(parts.begin(), parts.end(),
            [](const manifest_part& a, const manifest_part& b) { return a.page < b.page; });
  return parts;
}

// What a reader would refuse must never be published.
result<void> check_manifest(const std::filesystem::path& path, const manifest& made) {
  std::string problem;
  const auto read_back = decode_manifest(encode_manifest(made), problem);
  if (!read_back || *read_back != made) {
    return failure{store_error::bad_rows,
                   fmt::format("{}: larger than a snapshot can be ({})", path.string(), problem)};
  }
  return {};
}

// True if a table answers the keys of a room each with its own dictionary entry.
bool answers(const exact_table& table, const std::vector<placed_key>& room,
             const std::vector<std::uint32_t>& indices) {
  std::vector<table_key> keys(room.size());
  std::ranges::transform(room, keys.begin(), &placed_key::key);
  std::vector<std::uint32_t> found(room.size());
  table.find(keys, found);
  return std::ranges::equal(found, room, {}, {},
                            [&](const placed_key& key) { return indices[key.verdict]; });
}

// The written file must hold what was meant: it opens in both ways that a server does, each of
// which compares digests, and every key is found in it.
result<void> check_written(const std::filesystem::path& path, const manifest& expected,
                           const table_keys& keys, const snapshot_image& image, unsigned threads) {
  std::optional<result<std::unique_ptr<const snapshot>>> mapped;
  std::optional<result<std::unique_ptr<const snapshot>>> copied;
  parallel_for(threads, 2, [&](std::size_t i) {
    const storage_mode mode = i == 0 ? storage_mode::mmap : storage_mode::memory;
    (i == 0 ? mapped : copied).emplace(snapshot::open_file(path, expected, mode));
  });
  for (const auto* opened : {&*mapped, &*copied}) {
    if (!*opened) {
      return opened->error();
    }
  }
  std::atomic<bool> good = true;
  parallel_for(threads, table_keys::rooms, [&](std::size_t room) {
    if (!answers((**mapped)->view().table, keys.room(room), image.indices)) {
      good = false;
    }
  });
  return good ? result<void>()
              : failure{store_error::corrupt,
                        fmt::format("{}: a key does not read back as written", path.string())};
}

result<manifest> make_manifest(const std::filesystem::path& path, const snapshot_image& image,
                               unsigned threads) {
  manifest made;
  made.generation = image.meta.info.generation;
  made.page_bytes = page_bytes;
  auto parts = locate_parts(path, image);
  if (!parts) {
    return parts.error();
  }
  made.parts = std::move(*parts);
  if (const auto digested = digest_file(path, made, threads); !digested) {
    return digested.error();
  }
  return made;
}

// Removes what a failed publication leaves; what was renamed already is complete.
class temporary_file {
 public:
  explicit temporary_file(std::filesystem::path path) : path_(std::move(path)) {}
  ~temporary_file() { ::unlink(path_.c_str()); }
  temporary_file(const temporary_file&) = delete;
  temporary_file& operator=(const temporary_file&) = delete;
  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace

struct snapshot_builder::state {
  std::filesystem::path db;
  unsigned threads;
  temporary_file temporary;
  snapshot_file file;
  table_keys keys;
  block_summaries blocks;

  [[nodiscard]] result<manifest> write(const snapshot_frame& frame, snapshot_image& image);
  [[nodiscard]] result<void> publish(const manifest& made, const manifest_signer& sign);
};

result<manifest> snapshot_builder::state::write(const snapshot_frame& frame,
                                                snapshot_image& image) {
  const auto generation = take_generation(db);
  if (!generation) {
    return generation.error();
  }
  image.meta.info.generation = *generation;
  image.meta.info.data_epoch = frame.data_epoch;
  image.meta.info.data_seq = frame.data_seq;
  image.meta.info.overlay_id = frame.overlay_id;
  image.meta.info.created_unix_s = frame.created_unix_s;
  if (const auto done = write_parts(file, image); !done) {
    return done.error();
  }
  auto made = make_manifest(temporary.path(), image, threads);
  if (!made) {
    return made;
  }
  if (const auto done = check_manifest(temporary.path(), *made); !done) {
    return done.error();
  }
  if (const auto done = check_written(temporary.path(), *made, keys, image, threads); !done) {
    return done.error();
  }
  return made;
}

result<void> snapshot_builder::state::publish(const manifest& made, const manifest_signer& sign) {
  const std::uint32_t generation = made.generation;
  if (::chmod(temporary.path().c_str(), read_only_mode) != 0) {
    return system_failure(temporary.path(), "cannot make it read-only", errno);
  }
  // The manifest and its signature first: a snapshot without them would never be served.
  const std::string text = encode_manifest(made);
  if (const auto done = replace_file(manifest_path(db, generation), text, read_only_mode); !done) {
    return done;
  }
  if (const std::string signature = sign ? sign(text) : std::string(); !signature.empty()) {
    const auto done = replace_file(signature_path(db, generation), signature, read_only_mode);
    if (!done) {
      return done;
    }
  }
  if (const auto done = rename_path(temporary.path(), snapshot_path(db, generation)); !done) {
    return done;
  }
  return put_in_force(db, generation);
}

snapshot_builder::snapshot_builder(std::unique_ptr<state> begun) noexcept
    : state_(std::move(begun)) {}
snapshot_builder::~snapshot_builder() = default;
snapshot_builder::snapshot_builder(snapshot_builder&&) noexcept = default;

result<snapshot_builder> snapshot_builder::begin(const std::filesystem::path& db,
                                                 unsigned threads) {
  if (::sysconf(_SC_PAGESIZE) != page_bytes) {
    return failure{store_error::io,
                   "this version writes snapshots on machines with 4 KiB pages only"};
  }
  const std::filesystem::path path = db / "snapshots" / "next.mdb.tmp";
  auto file = snapshot_file::create(path);
  if (!file) {
    ::unlink(path.c_str());
    return file.error();
  }
  return snapshot_builder(std::unique_ptr<state>(
      new state{db, threads, temporary_file(path), std::move(*file), {}, {}}));
}

result<void> snapshot_builder::add_block(const record& first, byte_view block) {
  const auto summary = read_block_summary(block);
  assert(summary);
  const auto number = static_cast<std::uint32_t>(state_->blocks.contents.size());
  state_->blocks.contents.push_back(summary->content);
  state_->blocks.records += summary->rows;
  return state_->file.put_block(make_block_key(first.kind, first.key, first.prefix_length, number),
                                block);
}

void snapshot_builder::add_key(const resolved_key& key) {
  state_->keys.add(key);
}

result<published> snapshot_builder::finish(const snapshot_frame& frame,
                                           const progress_callback& progress,
                                           const manifest_signer& sign) {
  auto image = make_image(frame, state_->keys, state_->blocks, state_->threads, progress);
  if (!image) {
    return image.error();
  }
  const auto made = state_->write(frame, *image);
  if (!made) {
    return made.error();
  }
  if (const auto done = state_->publish(*made, sign); !done) {
    return done.error();
  }
  return published{made->generation, snapshot_path(state_->db, made->generation), made->file_bytes,
                   seal::to_hex(image->meta.content_digest)};
}

}  // namespace repute::store
