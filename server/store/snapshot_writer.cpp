// SPDX-License-Identifier: Apache-2.0
#include "store/snapshot_writer.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <limits>
#include <utility>

#include "store/file.hpp"
#include "store/history.hpp"
#include "store/lmdb_env.hpp"
#include "store/manifest.hpp"
#include "store/record_block.hpp"
#include "store/snapshot_image.hpp"
#include "store/snapshot_signature.hpp"

namespace repute::store {
namespace {

constexpr long page_bytes = 4096;
constexpr unsigned read_only_mode = 0444;
constexpr unsigned small_file_mode = 0644;
constexpr std::size_t map_slack = std::size_t{64} << 20;

std::filesystem::path last_generation_path(const std::filesystem::path& db) {
  return db / "snapshots" / "LAST";
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
      replace_file(last_generation_path(db), fmt::format("{}\n", *last + 1), small_file_mode);
  if (!written) {
    return written.error();
  }
  return *last + 1;
}

// One snapshot file while it is being written.
class snapshot_file {
 public:
  snapshot_file(std::filesystem::path path, lmdb::env_ptr env)
      : path_(std::move(path)), env_(std::move(env)) {}

  result<void> put_part(std::string_view name, byte_view payload) {
    if (payload_offset + payload.size() > part_size_max) {
      return failure{store_error::bad_rows,
                     fmt::format("part \"{}\" of {} bytes is larger than a snapshot can hold", name,
                                 payload.size())};
    }
    auto txn = lmdb::begin(env_.get(), false, path_);
    if (!txn) {
      return txn.error();
    }
    const auto dbi = lmdb::open_database(txn->get(), nullptr, false, path_);
    if (!dbi) {
      return dbi.error();
    }
    MDB_val key = lmdb::to_val(name);
    MDB_val value{std::max(part_size_min, payload_offset + payload.size()), nullptr};
    if (const int code = mdb_put(txn->get(), *dbi, &key, &value, MDB_RESERVE); code != 0) {
      return lmdb::make_failure(code, "cannot write", path_);
    }
    std::memset(value.mv_data, 0, payload_offset);
    auto* at = static_cast<std::uint8_t*>(value.mv_data) + payload_offset;
    std::copy(payload.begin(), payload.end(), at);
    std::memset(at + payload.size(), 0, value.mv_size - payload_offset - payload.size());
    return commit(std::move(*txn));
  }

  result<void> put_blocks(const std::vector<keyed_block>& blocks,
                          const progress_callback& progress);

  result<void> sync() {
    if (const int code = mdb_env_sync(env_.get(), 1); code != 0) {
      return lmdb::make_failure(code, "cannot sync", path_);
    }
    env_.reset();
    return sync_path(path_);
  }

 private:
  result<void> commit(lmdb::txn_ptr txn) {
    if (const int code = mdb_txn_commit(txn.release()); code != 0) {
      return lmdb::make_failure(code, "cannot commit", path_);
    }
    return {};
  }

  std::filesystem::path path_;
  lmdb::env_ptr env_;
};

result<void> snapshot_file::put_blocks(const std::vector<keyed_block>& blocks,
                                       const progress_callback& progress) {
  auto txn = lmdb::begin(env_.get(), false, path_);
  if (!txn) {
    return txn.error();
  }
  const auto dbi = lmdb::open_database(txn->get(), record_database, true, path_);
  if (!dbi) {
    return dbi.error();
  }
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    MDB_val name = lmdb::to_val(byte_view(blocks[i].key));
    MDB_val value = lmdb::to_val(byte_view(blocks[i].bytes));
    if (const int code = mdb_put(txn->get(), *dbi, &name, &value, MDB_APPEND); code != 0) {
      return lmdb::make_failure(code, "cannot write records", path_);
    }
    if (progress) {
      progress("records", static_cast<double>(i + 1) / static_cast<double>(blocks.size()));
    }
  }
  return commit(std::move(*txn));
}

std::size_t map_size_for(const snapshot_image& image) {
  std::size_t bytes = map_slack;
  for (const aligned_bytes& shard : image.table) {
    bytes += shard.bytes().size() + 2 * part_size_min;
  }
  for (const auto& [name, payload] : image.parts) {
    bytes += payload.size() + 2 * part_size_min;
  }
  // Blocks take overflow pages of their own, with a header and a last page that is not full.
  for (const keyed_block& block : image.blocks) {
    bytes += block.bytes.size() + 2 * part_size_min;
  }
  return bytes;
}

result<void> write_file(const std::filesystem::path& path, const snapshot_image& image,
                        const progress_callback& progress) {
  auto env = lmdb::create(path, map_size_for(image));
  if (!env) {
    return env.error();
  }
  snapshot_file file(path, std::move(*env));
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
  if (const auto put = file.put_blocks(image.blocks, progress); !put) {
    return put;
  }
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
  for (std::size_t i = 0; i < image.table.size(); ++i) {
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

// The written file must hold what was meant: opened the way a server does, every key answers with
// its own dictionary entry.
result<void> check_written(const std::filesystem::path& path, const manifest& expected,
                           const snapshot_content& content, const snapshot_image& image) {
  for (const storage_mode mode : {storage_mode::mmap, storage_mode::memory}) {
    const auto opened = snapshot::open_file(path, expected, mode);
    if (!opened) {
      return opened.error();
    }
    const exact_table& table = (*opened)->view().table;
    for (std::size_t i = 0; i < content.keys.size(); ++i) {
      if (table.find(content.keys[i].key) != image.indices[i]) {
        return failure{store_error::corrupt,
                       fmt::format("{}: a key does not read back as written", path.string())};
      }
    }
  }
  return {};
}

result<manifest> make_manifest(const std::filesystem::path& path, const snapshot_image& image) {
  manifest made;
  made.generation = image.meta.info.generation;
  made.page_bytes = page_bytes;
  auto parts = locate_parts(path, image);
  if (!parts) {
    return parts.error();
  }
  made.parts = std::move(*parts);
  if (const auto digested = digest_file(path, made); !digested) {
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

result<write_lock> write_lock::acquire(const std::filesystem::path& db) {
  std::error_code error;
  std::filesystem::create_directories(db / "snapshots", error);
  if (error) {
    return system_failure(db, "cannot create", error.value());
  }
  const std::filesystem::path path = db / "LOCK";
  descriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, small_file_mode));
  if (file.get() < 0) {
    return system_failure(path, "cannot open", errno);
  }
  if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK) {
      return failure{store_error::busy, db.string() + ": another load is running there"};
    }
    return system_failure(path, "cannot lock", errno);
  }
  for (const auto& entry : std::filesystem::directory_iterator(db / "snapshots", error)) {
    if (entry.path().extension() == ".tmp") {
      ::unlink(entry.path().c_str());
    }
  }
  return write_lock(file.release());
}

write_lock::~write_lock() {
  if (fd_ >= 0) {
    ::close(fd_);
  }
}

write_lock::write_lock(write_lock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

result<std::uint32_t> last_generation(const std::filesystem::path& db) {
  const auto read = read_generation(last_generation_path(db));
  if (!read && read.error().code != store_error::not_found) {
    return read.error();
  }
  std::uint32_t last = read ? *read : 0;
  for (const auto& entry : std::filesystem::directory_iterator(db / "snapshots")) {
    const std::string stem = entry.path().stem().string();
    std::uint32_t found = 0;
    std::from_chars(stem.data(), stem.data() + stem.size(), found);
    last = std::max(last, found);
  }
  return last;
}

result<published> publish_snapshot(const std::filesystem::path& db, snapshot_content content,
                                   const progress_callback& progress, const manifest_signer& sign) {
  if (::sysconf(_SC_PAGESIZE) != page_bytes) {
    return failure{store_error::io,
                   "this version writes snapshots on machines with 4 KiB pages only"};
  }
  auto image = make_image(content, progress);
  if (!image) {
    return image.error();
  }
  const auto generation = take_generation(db);
  if (!generation) {
    return generation.error();
  }
  image->meta.info.generation = *generation;
  image->meta.info.data_epoch = content.data_epoch;
  image->meta.info.data_seq = content.data_seq;
  image->meta.info.created_unix_s = content.created_unix_s;

  const std::filesystem::path path = snapshot_path(db, *generation);
  const temporary_file temporary(path.string() + ".tmp");
  if (const auto done = write_file(temporary.path(), *image, progress); !done) {
    return done.error();
  }
  const auto made = make_manifest(temporary.path(), *image);
  if (!made) {
    return made.error();
  }
  if (const auto done = check_manifest(temporary.path(), *made); !done) {
    return done.error();
  }
  if (const auto done = check_written(temporary.path(), *made, content, *image); !done) {
    return done.error();
  }
  if (::chmod(temporary.path().c_str(), read_only_mode) != 0) {
    return system_failure(temporary.path(), "cannot make it read-only", errno);
  }
  // The manifest and its signature first: a snapshot without them would never be served.
  const std::string manifest_text = encode_manifest(*made);
  const auto manifest_written =
      replace_file(manifest_path(db, *generation), manifest_text, read_only_mode);
  if (!manifest_written) {
    return manifest_written.error();
  }
  if (const std::string signature = sign ? sign(manifest_text) : std::string();
      !signature.empty()) {
    const auto written = replace_file(signature_path(db, *generation), signature, read_only_mode);
    if (!written) {
      return written.error();
    }
  }
  if (const auto done = rename_path(temporary.path(), path); !done) {
    return done.error();
  }
  if (const auto switched = put_in_force(db, *generation); !switched) {
    return switched.error();
  }
  return published{*generation, path, made->file_bytes, seal::to_hex(image->meta.content_digest)};
}

}  // namespace repute::store
