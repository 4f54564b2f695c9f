// SPDX-License-Identifier: Apache-2.0
#include "store/lmdb_env.hpp"

#include <fmt/format.h>
#include <sys/mman.h>

#include <cerrno>

#include "store/file.hpp"
#include "store/lmdb_pages.hpp"

namespace repute::store::lmdb {
namespace {

constexpr mdb_mode_t file_mode = 0644;
constexpr mdb_mode_t private_file_mode = 0600;
constexpr MDB_dbi databases_max = 2;

store_error code_of(int code) noexcept {
  switch (code) {
    case ENOENT:
      return store_error::not_found;
    case EACCES:
    case EPERM:
      return store_error::permission;
    case MDB_CORRUPTED:
    case MDB_INVALID:
    case MDB_PAGE_NOTFOUND:
    case MDB_NOTFOUND:
    case MDB_BAD_TXN:
      return store_error::corrupt;
    case MDB_VERSION_MISMATCH:
      return store_error::wrong_version;
    default:
      return store_error::io;
  }
}

}  // namespace

failure make_failure(int code, std::string_view what, const std::filesystem::path& path) {
  const std::string reason = code > 0 ? reason_of(code, path) : mdb_strerror(code);
  return {code_of(code), fmt::format("{}: {}: {}", path.string(), what, reason)};
}

static result<env_ptr> open_env(const std::filesystem::path& path, unsigned flags,
                                std::size_t map_bytes, mdb_mode_t mode = file_mode) {
  MDB_env* raw = nullptr;
  if (const int code = mdb_env_create(&raw); code != 0) {
    return make_failure(code, "cannot create an environment", path);
  }
  env_ptr env(raw);
  if (const int code = mdb_env_set_maxdbs(raw, databases_max); code != 0) {
    return make_failure(code, "cannot set the number of databases", path);
  }
  if (map_bytes != 0) {
    if (const int code = mdb_env_set_mapsize(raw, map_bytes); code != 0) {
      return make_failure(code, "cannot set the map size", path);
    }
  }
  if (const int code = mdb_env_open(raw, path.c_str(), flags, mode); code != 0) {
    return make_failure(code, "cannot open", path);
  }
  return env;
}

// A file that is not there, or empty, is LMDB's to make or to refuse.
static result<void> check_pages(const std::filesystem::path& path) {
  const auto file = open_for_reading(path);
  if (!file) {
    return file.error().code == store_error::not_found ? result<void>() : file.error();
  }
  const auto size = size_of(*file, path);
  if (!size) {
    return size.error();
  }
  if (*size == 0) {
    return {};
  }
  const auto bytes = static_cast<std::size_t>(*size);
  void* const map = ::mmap(nullptr, bytes, PROT_READ, MAP_SHARED, file->get(), 0);
  if (map == MAP_FAILED) {
    return system_failure(path, "cannot map", errno);
  }
  const auto damage = damage_in_pages({static_cast<const std::uint8_t*>(map), bytes}, [&] {
    ::madvise(map, bytes, MADV_DONTNEED);  // the kernel's cache keeps them, for whoever has room
  });
  ::munmap(map, bytes);
  if (damage) {
    return failure{store_error::corrupt, fmt::format("{}: damaged: {}", path.string(), *damage)};
  }
  return {};
}

result<env_ptr> open_read_only(const std::filesystem::path& path) {
  if (const auto checked = check_pages(path); !checked) {
    return checked.error();
  }
  return open_env(path, MDB_RDONLY | MDB_NOLOCK | MDB_NOSUBDIR | MDB_NOTLS, 0);
}

result<env_ptr> create(const std::filesystem::path& path, std::size_t map_bytes) {
  // No lock: the writer holds the directory's own lock. No sync per transaction: one at the end.
  return open_env(path, MDB_NOLOCK | MDB_NOSUBDIR | MDB_NOTLS | MDB_NOSYNC, map_bytes);
}

result<env_ptr> open_durable(const std::filesystem::path& directory, std::size_t map_bytes) {
  if (const auto checked = check_pages(directory / "data.mdb"); !checked) {
    return checked.error();
  }
  return open_env(directory, MDB_NOLOCK | MDB_NOTLS, map_bytes, private_file_mode);
}

result<txn_ptr> begin(MDB_env* env, bool read_only, const std::filesystem::path& path) {
  MDB_txn* raw = nullptr;
  if (const int code = mdb_txn_begin(env, nullptr, read_only ? MDB_RDONLY : 0, &raw); code != 0) {
    return make_failure(code, "cannot begin a transaction", path);
  }
  return txn_ptr(raw);
}

result<MDB_dbi> open_database(MDB_txn* txn, const char* name, bool create,
                              const std::filesystem::path& path) {
  MDB_dbi dbi = 0;
  if (const int code = mdb_dbi_open(txn, name, create ? MDB_CREATE : 0, &dbi); code != 0) {
    return make_failure(code, "cannot open a database in it", path);
  }
  return dbi;
}

}  // namespace repute::store::lmdb
