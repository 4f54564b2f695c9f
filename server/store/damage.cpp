// SPDX-License-Identifier: Apache-2.0
// Where a snapshot file differs from its manifest.
#include <fmt/format.h>

#include <algorithm>
#include <mutex>
#include <optional>
#include <thread>

#include "store/file.hpp"
#include "store/manifest.hpp"
#include "store/meta.hpp"

namespace repute::store {
namespace {

constexpr std::string_view no_part = "records and tree";

// What the threads find together.
struct findings {
  std::mutex mutex;
  std::vector<std::uint64_t> damaged;
  std::optional<failure> stopped;
};

// Checks every `step`-th chunk from the first one on.
void check_chunks(const descriptor& file, const std::filesystem::path& path,
                  const manifest& expected, std::size_t first, std::size_t step, findings& into) {
  std::vector<std::uint8_t> buffer(chunk_size);
  for (std::size_t i = first; i < expected.chunks.size(); i += step) {
    const std::uint64_t offset = std::uint64_t{i} * chunk_size;
    const byte_span chunk(buffer.data(), static_cast<std::size_t>(std::min<std::uint64_t>(
                                             chunk_size, expected.file_bytes - offset)));
    const auto read = read_exactly(file, offset, chunk, path);
    const bool good = read && seal::sha256(chunk) == expected.chunks[i];
    if (!good) {
      const std::scoped_lock lock(into.mutex);
      if (!read) {
        into.stopped = read.error();
        return;
      }
      into.damaged.push_back(offset);
    }
  }
}

}  // namespace

std::string parts_in_chunk(const manifest& from, std::uint64_t offset) {
  std::vector<std::string> names;
  const std::uint64_t end = std::min(offset + chunk_size, from.file_bytes);
  std::uint64_t covered = offset;  // everything before it has a name
  bool rest = false;
  for (const manifest_part& part : from.parts) {
    const std::uint64_t begin = part.page * from.page_bytes;
    const std::uint64_t part_end = begin + lmdb_page_header + part.bytes;
    if (begin < end && part_end > offset) {
      rest = rest || begin > covered;
      covered = part_end;
      names.push_back(part.name);
    }
  }
  if (rest || covered < end) {
    names.emplace_back(no_part);
  }
  std::string joined;
  for (const std::string& name : names) {
    joined += (joined.empty() ? "" : ", ") + name;
  }
  return joined;
}

failure damage_failure(const std::filesystem::path& path, const manifest& expected,
                       std::uint64_t offset) {
  return {store_error::corrupt,
          fmt::format("{}: damaged within the 1 MiB at byte {} ({})", path.string(), offset,
                      parts_in_chunk(expected, offset))};
}

result<std::vector<std::uint64_t>> damaged_chunks(const std::filesystem::path& path,
                                                  const manifest& expected, unsigned threads) {
  const auto file = open_for_reading(path);
  if (!file) {
    return file.error();
  }
  const auto size = size_of(*file, path);
  if (!size) {
    return size.error();
  }
  if (*size != expected.file_bytes) {
    return failure{store_error::corrupt, fmt::format("{}: {} bytes, its manifest says {}",
                                                     path.string(), *size, expected.file_bytes)};
  }
  findings found;
  {
    const std::size_t workers =
        std::clamp<std::size_t>(expected.chunks.size(), 1, std::max(1U, threads));
    std::vector<std::jthread> others;
    for (std::size_t i = 1; i < workers; ++i) {
      others.emplace_back([&, i] { check_chunks(*file, path, expected, i, workers, found); });
    }
    check_chunks(*file, path, expected, 0, workers, found);
  }
  if (found.stopped) {
    return *found.stopped;
  }
  std::sort(found.damaged.begin(), found.damaged.end());
  return std::move(found.damaged);
}

}  // namespace repute::store
