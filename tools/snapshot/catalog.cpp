// SPDX-License-Identifier: Apache-2.0
#include "snapshot/catalog.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <iterator>
#include <set>

#include "store/file.hpp"
#include "store/history.hpp"
#include "store/manifest.hpp"
#include "store/parts.hpp"

namespace repute::snapshot {
namespace {

using store::failure;
using store::result;
using store::store_error;

// A part's bytes straight from the file: a catalog must not wait for gigabytes to be digested.
result<std::vector<std::uint8_t>> read_part(const std::filesystem::path& path,
                                            const store::manifest& expected,
                                            std::string_view name) {
  const auto part = std::find_if(expected.parts.begin(), expected.parts.end(),
                                 [&](const store::manifest_part& p) { return p.name == name; });
  if (part == expected.parts.end()) {
    return failure{store_error::corrupt,
                   fmt::format("{}: no part \"{}\" in its manifest", path.string(), name)};
  }
  const auto file = store::open_for_reading(path);
  if (!file) {
    return file.error();
  }
  std::vector<std::uint8_t> bytes(static_cast<std::size_t>(part->bytes));
  const auto read = store::read_exactly(*file, store::file_offset(expected, *part), bytes, path);
  if (!read) {
    return read.error();
  }
  return bytes;
}

// The number of `00000007.mdb`, exactly as the store writes it.
std::optional<std::uint32_t> generation_in(const std::filesystem::path& file) {
  const std::string stem = file.stem().string();
  std::uint32_t number = 0;
  const char* end = stem.data() + stem.size();
  const auto [after, error] = std::from_chars(stem.data(), end, number);
  if (error != std::errc() || after != end || number == 0 || stem != fmt::format("{:08}", number)) {
    return std::nullopt;
  }
  return number;
}

template <class T>
std::optional<T> if_any(const result<T>& read, std::optional<failure>& trouble) {
  if (read) {
    return *read;
  }
  if (read.error().code != store_error::not_found && !trouble) {
    trouble = read.error();
  }
  return std::nullopt;
}

}  // namespace

result<summary> read_summary(const std::string& db, std::uint32_t generation) {
  const auto expected = store::read_manifest(store::manifest_path(db, generation));
  if (!expected) {
    return expected.error();
  }
  const std::filesystem::path path = store::snapshot_path(db, generation);
  const auto meta_part = read_part(path, *expected, store::part_meta);
  if (!meta_part) {
    return meta_part.error();
  }
  const auto meta =
      store::read_meta([&](std::string_view) { return byte_view(*meta_part); }, generation, path);
  if (!meta) {
    return meta.error();
  }
  const auto feeds_part = read_part(path, *expected, store::part_feeds);
  if (!feeds_part) {
    return feeds_part.error();
  }
  auto feeds = store::decode_feeds(store::payload_of(*feeds_part));
  if (!feeds) {
    return failure{store_error::corrupt, path.string() + ": its list of feeds is broken"};
  }
  return summary{generation, expected->file_bytes, *meta, std::move(*feeds)};
}

result<std::vector<std::uint32_t>> generations_with(const std::string& db,
                                                    std::string_view extension) {
  const std::filesystem::path folder = std::filesystem::path(db) / "snapshots";
  std::error_code error;
  std::vector<std::uint32_t> found;
  for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    const auto generation = generation_in(entry->path());
    if (generation && entry->path().extension() == extension) {
      found.push_back(*generation);
    }
  }
  if (error) {
    return store::system_failure(folder, "cannot read", error.value());
  }
  std::sort(found.begin(), found.end());
  return found;
}

result<std::vector<std::uint32_t>> snapshots_of(const std::string& db) {
  const auto manifests = generations_with(db, ".manifest");
  const auto files = generations_with(db, ".mdb");
  if (!manifests || !files) {
    return manifests ? files.error() : manifests.error();
  }
  std::set<std::uint32_t> found;
  std::set_intersection(manifests->begin(), manifests->end(), files->begin(), files->end(),
                        std::inserter(found, found.end()));
  if (const auto current = store::read_current(db)) {
    found.insert(*current);
  }
  return std::vector<std::uint32_t>(found.begin(), found.end());
}

result<catalog> read_catalog(const std::string& db) {
  const auto generations = snapshots_of(db);
  if (!generations) {
    return generations.error();
  }
  catalog out;
  for (const std::uint32_t generation : *generations) {
    catalog_entry& entry = out.entries.emplace_back();
    entry.generation = generation;
    auto read = read_summary(db, generation);
    if (read) {
      entry.summary = std::move(*read);
    } else {
      entry.problem = read.error().message;
    }
  }
  out.in_force = if_any(store::read_current(db), out.trouble);
  out.before = if_any(store::generation_before(db), out.trouble);
  return out;
}

result<std::uint32_t> choose_generation(const std::string& db,
                                        std::optional<std::uint32_t> wanted) {
  if (!wanted) {
    return store::read_current(db);
  }
  std::error_code ignored;
  if (!std::filesystem::exists(store::manifest_path(db, *wanted), ignored)) {
    return failure{store_error::not_found, fmt::format("{}: no generation {}", db, *wanted)};
  }
  return *wanted;
}

}  // namespace repute::snapshot
