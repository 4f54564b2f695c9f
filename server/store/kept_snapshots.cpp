// SPDX-License-Identifier: Apache-2.0
#include "store/kept_snapshots.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <vector>

#include "repute/seal/digest.hpp"
#include "store/file.hpp"
#include "store/manifest.hpp"
#include "store/meta.hpp"
#include "store/parts.hpp"

namespace repute::store {
namespace {

// Reads `into.size()` bytes at `offset`, and believes them only if their chunks are as they must.
bool read_verified(const std::filesystem::path& path, const manifest& expected,
                   std::uint64_t offset, byte_span into) {
  const auto file = open_for_reading(path);
  if (!file || offset + into.size() > expected.file_bytes) {
    return false;
  }
  for (std::uint64_t begin = offset / chunk_size * chunk_size; begin < offset + into.size();
       begin += chunk_size) {
    std::vector<std::uint8_t> chunk(
        static_cast<std::size_t>(std::min<std::uint64_t>(chunk_size, expected.file_bytes - begin)));
    if (!read_exactly(*file, begin, chunk, path) ||
        seal::sha256(chunk) != expected.chunks[begin / chunk_size]) {
      return false;
    }
    const std::uint64_t from = std::max(begin, offset);
    const std::uint64_t to = std::min(begin + chunk.size(), offset + into.size());
    std::copy(chunk.begin() + static_cast<std::ptrdiff_t>(from - begin),
              chunk.begin() + static_cast<std::ptrdiff_t>(to - begin),
              into.begin() + static_cast<std::ptrdiff_t>(from - offset));
  }
  return true;
}

// Nothing for a snapshot that cannot be adopted as it is.
std::optional<snapshot_info> info_of(const std::filesystem::path& db, std::uint32_t generation) {
  const auto expected = read_manifest(manifest_path(db, generation));
  if (!expected) {
    return std::nullopt;
  }
  for (const manifest_part& part : expected->parts) {
    constexpr std::uint64_t bytes_max = 1 << 16;
    if (part.name != part_meta || part.bytes > bytes_max) {
      continue;
    }
    std::vector<std::uint8_t> value(static_cast<std::size_t>(part.bytes));
    snapshot_meta meta;
    if (read_verified(snapshot_path(db, generation), *expected, file_offset(*expected, part),
                      value) &&
        decode_meta(payload_of(value), meta) == meta_error::none) {
      return meta.info;
    }
  }
  return std::nullopt;
}

}  // namespace

result<kept_changes> read_kept_changes(const std::filesystem::path& db, std::uint64_t overlay_id) {
  std::error_code error;
  std::filesystem::directory_iterator entries(db / "snapshots", error);
  if (error == std::errc::no_such_file_or_directory) {
    return kept_changes{};
  }
  kept_changes out;
  bool any = false;
  for (const std::filesystem::directory_iterator end; !error && entries != end;
       entries.increment(error)) {
    const std::string name = entries->path().filename().string();
    std::uint32_t generation = 0;
    const auto [after, wrong] = std::from_chars(name.data(), name.data() + name.size(), generation);
    if (wrong != std::errc() || std::string_view(after) != ".mdb") {
      continue;
    }
    const snapshot_info info = info_of(db, generation).value_or(snapshot_info{});
    const std::uint64_t base = info.base_seq_of(overlay_id);
    out.smallest_base = any ? std::min(out.smallest_base, base) : base;
    out.greatest_base = std::max(out.greatest_base, info.data_seq);
    any = true;
  }
  if (error) {
    return system_failure(db / "snapshots", "cannot be read", error.value());
  }
  return out;
}

}  // namespace repute::store
