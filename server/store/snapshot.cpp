// SPDX-License-Identifier: Apache-2.0
#include "store/snapshot.hpp"

#include <fmt/format.h>
#include <linux/magic.h>
#include <sys/mman.h>
#include <sys/statfs.h>

#include <algorithm>
#include <cassert>
#include <charconv>
#include <cstring>
#include <vector>

#include "store/bus_error.hpp"
#include "store/file.hpp"
#include "store/lmdb_env.hpp"
#include "store/manifest.hpp"
#include "store/parts.hpp"
#include "store/snapshot_signature.hpp"

namespace repute::store {
namespace {

constexpr std::size_t huge_page = std::size_t{2} << 20;

std::size_t round_up(std::size_t value, std::size_t unit) {
  return (value + unit - 1) / unit * unit;
}

// A file that can change or vanish under the map through another machine is no ground to serve
// from.
bool on_network_file_system(const std::filesystem::path& path) {
  constexpr decltype(std::declval<struct statfs>().f_type) cifs = 0xFF534D42;
  constexpr decltype(cifs) smb2 = 0xFE534D42;
  constexpr decltype(cifs) fuse = 0x65735546;
  struct statfs fs {};
  return ::statfs(path.c_str(), &fs) == 0 && (fs.f_type == NFS_SUPER_MAGIC || fs.f_type == cifs ||
                                              fs.f_type == smb2 || fs.f_type == fuse);
}

// Anonymous memory, on huge pages where the kernel has them.
class anonymous_memory {
 public:
  anonymous_memory() = default;
  ~anonymous_memory() {
    if (base_ != nullptr) {
      ::munmap(base_, size_);
    }
  }
  anonymous_memory(const anonymous_memory&) = delete;
  anonymous_memory& operator=(const anonymous_memory&) = delete;

  [[nodiscard]] bool allocate(std::size_t size) {
    assert(base_ == nullptr);
    size_ = round_up(size, huge_page) + huge_page;
    void* got = ::mmap(nullptr, size_, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (got == MAP_FAILED) {
      return false;
    }
    base_ = got;
    auto address = reinterpret_cast<std::uintptr_t>(got);
    begin_ = static_cast<std::uint8_t*>(got) + (round_up(address, huge_page) - address);
    ::madvise(begin_, round_up(size, huge_page),
              MADV_HUGEPAGE);  // advice: the fallback is 4 KiB pages
    return true;
  }
  void make_read_only() noexcept { ::mprotect(base_, size_, PROT_READ); }
  [[nodiscard]] std::uint8_t* begin() const noexcept { return begin_; }

 private:
  void* base_ = nullptr;
  std::size_t size_ = 0;
  std::uint8_t* begin_ = nullptr;
};

// Where a part's value lies in the file and in memory.
struct placed_part {
  std::string name;
  std::uint64_t file_begin = 0;
  std::uint64_t bytes = 0;
  std::size_t memory_at = 0;
};

bool needed_for_lookups(std::string_view part) noexcept {
  return part != part_feeds && part != part_sources;
}

}  // namespace

int exit_code(store_error code) noexcept {
  switch (code) {
    case store_error::not_found:
      return 66;
    case store_error::io:
    case store_error::unsynced:
      return 74;
    case store_error::permission:
      return 77;
    case store_error::busy:
      return 75;
    case store_error::corrupt:
    case store_error::wrong_version:
    case store_error::foreign_salt:
    case store_error::bad_rows:
    case store_error::untrusted:
    case store_error::used_number:
      break;
  }
  return 65;
}

std::filesystem::path snapshot_path(const std::filesystem::path& db, std::uint32_t generation) {
  return db / "snapshots" / fmt::format("{:08}.mdb", generation);
}

std::filesystem::path manifest_path(const std::filesystem::path& db, std::uint32_t generation) {
  return db / "snapshots" / fmt::format("{:08}.manifest", generation);
}

result<std::uint32_t> read_current(const std::filesystem::path& db) {
  return read_generation(db / "CURRENT");
}

result<std::uint32_t> read_generation(const std::filesystem::path& path) {
  constexpr std::size_t longest = 16;
  const auto text = read_small_file(path, longest);
  if (!text) {
    return text.error();
  }
  const auto generation = decode_generation(*text);
  if (!generation) {
    return failure{store_error::corrupt,
                   fmt::format("{}: not the number of a generation", path.string())};
  }
  return *generation;
}

std::optional<std::uint32_t> decode_generation(std::string_view text) noexcept {
  std::uint32_t generation = 0;
  const char* end = text.data() + text.size();
  const auto [after, error] = std::from_chars(text.data(), end, generation);
  if (error != std::errc() || std::string_view(after, end) != "\n" || generation == 0) {
    return std::nullopt;
  }
  return generation;
}

struct snapshot::mapping {
  // Declared so that the transaction ends before its environment closes.
  lmdb::env_ptr env;
  lmdb::txn_ptr txn;
  anonymous_memory memory;
  const void* guarded = nullptr;

  ~mapping() {
    if (guarded != nullptr) {
      forget_mapped_file(guarded);
    }
  }

  result<part_source> verify_and_map(const std::filesystem::path& path, const manifest& expected);
  result<part_source> copy(const std::filesystem::path& path, const manifest& expected);
};

result<part_source> snapshot::mapping::verify_and_map(const std::filesystem::path& path,
                                                      const manifest& expected) {
  if (const auto checked = verify_file(path, expected, [](std::uint64_t, byte_view) {}); !checked) {
    return checked.error();
  }
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
  const auto dbi = lmdb::open_database(txn.get(), nullptr, false, path);
  if (!dbi) {
    return dbi.error();
  }
  const part_source parts = [this, handle = *dbi](std::string_view name) {
    MDB_val key = lmdb::to_val(name);
    MDB_val value{};
    return mdb_get(txn.get(), handle, &key, &value) == 0 ? lmdb::to_bytes(value) : byte_view();
  };
  for (const manifest_part& part : expected.parts) {
    const byte_view value = part.name == part_meta ? parts(part.name) : byte_view();
    if (!value.empty()) {  // any part tells where the map begins
      guarded = value.data() - file_offset(expected, part);
      remember_mapped_file(guarded, expected.file_bytes, path);
    }
  }
  return parts;
}

// Copies while the digest is checked, so that what is served is what was verified: the file may be
// cut or overwritten at any moment afterwards.
result<part_source> snapshot::mapping::copy(const std::filesystem::path& path,
                                            const manifest& expected) {
  std::vector<placed_part> placed;
  std::size_t total = 0;
  for (const manifest_part& part : expected.parts) {
    if (needed_for_lookups(part.name)) {
      // The value keeps its 16 bytes of misalignment, so that its payload lies on a cache line.
      placed.push_back(
          {part.name, file_offset(expected, part), part.bytes, total + lmdb_page_header});
      total = round_up(total + lmdb_page_header + static_cast<std::size_t>(part.bytes), line_size);
    }
  }
  if (!memory.allocate(total)) {
    return system_failure(path, "no memory for its tables", errno);
  }
  const auto checked = verify_file(path, expected, [&](std::uint64_t offset, byte_view chunk) {
    for (const placed_part& part : placed) {
      const std::uint64_t begin = std::max(offset, part.file_begin);
      const std::uint64_t end = std::min(offset + chunk.size(), part.file_begin + part.bytes);
      if (begin < end) {
        std::memcpy(memory.begin() + part.memory_at + (begin - part.file_begin),
                    chunk.data() + (begin - offset), static_cast<std::size_t>(end - begin));
      }
    }
  });
  if (!checked) {
    return checked.error();
  }
  memory.make_read_only();
  return part_source([placed, base = memory.begin()](std::string_view name) {
    for (const placed_part& part : placed) {
      if (part.name == name) {
        return byte_view(base + part.memory_at, static_cast<std::size_t>(part.bytes));
      }
    }
    return byte_view();
  });
}

snapshot::snapshot() = default;
snapshot::~snapshot() = default;

result<std::unique_ptr<const snapshot>> snapshot::open(const std::filesystem::path& db,
                                                       std::uint32_t generation, storage_mode mode,
                                                       std::span<const seal::public_key> trusted) {
  const auto expected = read_trusted_manifest(db, generation, trusted);
  if (!expected) {
    return expected.error();
  }
  const std::filesystem::path path = snapshot_path(db, generation);
  if (mode == storage_mode::mmap && on_network_file_system(path)) {
    return failure{store_error::io, path.string() +
                                        ": on a network file system, which store = "
                                        "\"mmap\" cannot trust; use \"memory\""};
  }
  return open_file(path, *expected, mode);
}

result<std::unique_ptr<const snapshot>> snapshot::open_file(const std::filesystem::path& path,
                                                            const manifest& expected,
                                                            storage_mode mode) {
  std::unique_ptr<snapshot> opened(new snapshot);
  opened->path_ = path;
  opened->mapping_ = std::make_unique<mapping>();
  auto parts = mode == storage_mode::memory ? opened->mapping_->copy(path, expected)
                                            : opened->mapping_->verify_and_map(path, expected);
  if (!parts) {
    return parts.error();
  }
  const auto meta = read_meta(*parts, expected.generation, path);
  if (!meta) {
    return meta.error();
  }
  const auto view = make_view(*meta, *parts, path);
  if (!view) {
    return view.error();
  }
  opened->view_ = *view;
  opened->live_ = payload_of((*parts)(part_live));
  return std::unique_ptr<const snapshot>(std::move(opened));
}

}  // namespace repute::store
