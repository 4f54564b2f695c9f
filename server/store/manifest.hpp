// SPDX-License-Identifier: Apache-2.0
// The manifest beside each snapshot file: what its bytes must be; the page is
// schema/record_format.md.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "repute/seal/digest.hpp"
#include "store/snapshot.hpp"

namespace repute::store {

inline constexpr std::size_t chunk_size = std::size_t{1} << 20;
inline constexpr std::size_t manifest_bytes_max = std::size_t{16} << 20;
inline constexpr std::uint64_t snapshot_file_bytes_max = std::uint64_t{64} << 30;

/// A part of the file: an LMDB value of its own pages. The value begins 16 bytes into `page`.
struct manifest_part {
  std::string name;
  std::uint64_t page = 0;
  std::uint64_t bytes = 0;

  bool operator==(const manifest_part&) const = default;
};

struct manifest {
  std::uint32_t generation = 0;
  std::uint64_t file_bytes = 0;
  std::uint32_t page_bytes = 4096;
  std::vector<manifest_part> parts;         ///< ascending pages
  std::vector<seal::sha256_digest> chunks;  ///< of each 1 MiB, the last one shorter

  bool operator==(const manifest&) const = default;
};

[[nodiscard]] std::string encode_manifest(const manifest& from);

/// Pure and strict: the one text that encode_manifest gives for the result, else nothing and
/// `problem` says what is wrong. Bounds: 64 GiB files, 1024 parts.
[[nodiscard]] std::optional<manifest> decode_manifest(std::string_view text, std::string& problem);

[[nodiscard]] result<manifest> read_manifest(const std::filesystem::path& path);

/// Offset of a part's value in the file.
[[nodiscard]] std::uint64_t file_offset(const manifest& from, const manifest_part& part) noexcept;

/// Name of the part that holds a byte of the file; "records and tree" for all that is no part.
[[nodiscard]] std::string part_at(const manifest& from, std::uint64_t offset);

/// Names of all that lies in the chunk that begins at `offset`, with commas between them.
[[nodiscard]] std::string parts_in_chunk(const manifest& from, std::uint64_t offset);

/// Offsets of the chunks that are not what the manifest says, ascending. Reads the whole file on
/// `threads` threads. A file of another size is a failure.
[[nodiscard]] result<std::vector<std::uint64_t>> damaged_chunks(const std::filesystem::path& path,
                                                                const manifest& expected,
                                                                unsigned threads);

/// The failure of a file whose chunk at `offset` is damaged.
[[nodiscard]] failure damage_failure(const std::filesystem::path& path, const manifest& expected,
                                     std::uint64_t offset);

using chunk_visitor = std::function<void(std::uint64_t offset, byte_view bytes)>;

/// Reads the whole file, hands out each chunk (before its check) and compares it with the manifest.
/// Size, read and digest failures name the file, the offset and the part.
[[nodiscard]] result<void> verify_file(const std::filesystem::path& path, const manifest& expected,
                                       const chunk_visitor& visit);

/// Digests of a file's chunks, on `threads` threads; file_bytes and chunks of `into` are set.
[[nodiscard]] result<void> digest_file(const std::filesystem::path& path, manifest& into,
                                       unsigned threads = 1);

}  // namespace repute::store
