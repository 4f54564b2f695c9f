// SPDX-License-Identifier: Apache-2.0
// Who stands for a snapshot: an Ed25519 signature over its manifest, which holds the digests of
// everything else; the page is schema/signatures.md.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "repute/seal/signature.hpp"
#include "store/manifest.hpp"
#include "store/snapshot.hpp"

namespace repute::store {

[[nodiscard]] std::filesystem::path signature_path(const std::filesystem::path& db,
                                                   std::uint32_t generation);

/// Text of the signature file of a manifest.
[[nodiscard]] std::string sign_manifest(std::string_view manifest_text,
                                        const seal::signing_key& key);

/// Checks the text of a signature file, nothing if there is none, against a manifest's text.
/// untrusted: a key must be `trusted` (there are any) and the signature is missing, another key's,
/// or not of this manifest. corrupt: the text is no signature file. Without trusted keys a missing
/// signature is well, and one that is there must be right under the key that it names.
/// `path` is that of the signature, for messages.
[[nodiscard]] result<void> check_signature(std::string_view manifest_text,
                                           const std::optional<std::string>& signature_text,
                                           std::span<const seal::public_key> trusted,
                                           const std::filesystem::path& path);

/// The text of DIR/snapshots/N.sig; nothing if there is no such file.
[[nodiscard]] result<std::optional<std::string>> read_signature(const std::filesystem::path& db,
                                                                std::uint32_t generation);

/// The manifest of a generation, its signature checked first if there are trusted keys.
[[nodiscard]] result<manifest> read_trusted_manifest(const std::filesystem::path& db,
                                                     std::uint32_t generation,
                                                     std::span<const seal::public_key> trusted);

/// Signs a published snapshot, replacing a signature that it has. The file is compared with its
/// manifest before. If it is the one in force, CURRENT is written anew, so that servers that
/// refused it look again. The caller holds the write_lock of `db`.
[[nodiscard]] result<void> sign_snapshot(const std::filesystem::path& db, std::uint32_t generation,
                                         const seal::signing_key& key);

}  // namespace repute::store
