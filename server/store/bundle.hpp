// SPDX-License-Identifier: Apache-2.0
// A snapshot as one file to carry to another database directory; the page is schema/signatures.md.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>

#include "repute/schema/bytes.hpp"
#include "repute/seal/signature.hpp"
#include "store/snapshot.hpp"

namespace repute::store {

inline constexpr std::size_t bundle_head_size = 32;

/// What the first bytes of a bundle's content say of the rest: manifest, signature and snapshot
/// file follow in this order.
struct bundle_head {
  std::uint32_t manifest_bytes = 0;
  std::uint32_t signature_bytes = 0;  ///< 0: not signed
  std::uint64_t file_bytes = 0;

  bool operator==(const bundle_head&) const = default;
};

[[nodiscard]] std::array<std::uint8_t, bundle_head_size> encode_bundle_head(
    const bundle_head& from) noexcept;
/// Pure and strict. Nothing, and `problem` says why: not a bundle of this version, or sizes that no
/// snapshot has.
[[nodiscard]] std::optional<bundle_head> decode_bundle_head(byte_view bytes, std::string& problem);

/// Writes generation `generation` of `db` to the file `to`, comparing it with its manifest on the
/// way; returns the size of the bundle. `to` is written beside and renamed: on a failure what was
/// there stays. The same snapshot gives the same bundle, with the same version of libzstd.
[[nodiscard]] result<std::uint64_t> write_bundle(const std::filesystem::path& db,
                                                 std::uint32_t generation,
                                                 const std::filesystem::path& to);

/// What a database directory asks of a bundle.
struct import_terms {
  std::array<std::uint8_t, 2> salt_fp{};      ///< of the directory's salt
  std::uint64_t ip_seed = 0;                  ///< likewise
  std::uint32_t canon_version = 0;            ///< that the tools beside the directory write
  std::span<const seal::public_key> trusted;  ///< if any: the signature must be by one of them
};

struct imported {
  std::uint32_t generation = 0;
  bool changed = false;  ///< false: that very snapshot was in force already
};

/// Installs the snapshot of a bundle in `db` under its own generation and switches CURRENT to it.
/// Everything is checked before: signature, every chunk against the manifest, format, salt and
/// canonicalisation version, and that a server can open it, in either storage mode. On any failure
/// but unsynced CURRENT and every snapshot stay as they were. Takes the write_lock, and memory for
/// the manifest (16 MiB at most), one chunk, and for a while what a server holds in memory mode.
/// untrusted, corrupt, wrong_version, foreign_salt; used_number: LAST has passed that generation
/// and the data is not what `db` has under it; busy, io, not_found, permission.
[[nodiscard]] result<imported> import_bundle(const std::filesystem::path& from,
                                             const std::filesystem::path& db,
                                             const import_terms& terms);

}  // namespace repute::store
