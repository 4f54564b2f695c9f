// SPDX-License-Identifier: Apache-2.0
// From canonical forms to keys, under the deployment's salt; the page is ../../../../keys.md.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "repute/schema/key.hpp"

namespace repute::seal {

/// Secret of a deployment, 32 bytes for its whole life. All zero is the public salt: fine for a
/// laboratory and for public lists, no protection against guessing.
struct deployment_salt {
  std::array<std::uint8_t, 32> bytes{};

  [[nodiscard]] bool is_public() const noexcept { return *this == deployment_salt{}; }
  bool operator==(const deployment_salt&) const = default;
};

/// First 2 bytes of SHA-256(salt): travels in every answer, so that a mismatch is seen at once.
[[nodiscard]] std::array<std::uint8_t, 2> salt_fingerprint(const deployment_salt& salt);

/// Seed of the hash of raw addresses in the snapshot's exact table: the first 8 bytes,
/// little-endian, of HMAC-SHA256(salt, "repute ip seed").
[[nodiscard]] std::uint64_t ip_seed(const deployment_salt& salt);

/// Fills `out`, at most 8160 bytes, with secret numbers for one purpose, which `label` names:
/// HKDF-Expand of RFC 5869 with SHA-256, the salt as key and the label as info.
void derive(const deployment_salt& salt, std::string_view label, byte_span out);

/// Reads a salt file: 64 hexadecimal digits and an optional newline. On failure nothing, and
/// `problem` says why, naming the file.
[[nodiscard]] std::optional<deployment_salt> read_salt_file(const std::string& path,
                                                            std::string& problem);

/// The salt of a database directory: DIR/salt, or the public salt if there is no such entry at all.
/// A salt that is there but cannot be read (no permission, a link to nowhere) is a failure, never
/// the public salt.
[[nodiscard]] std::optional<deployment_salt> read_database_salt(const std::string& directory,
                                                                std::string& problem);

/// Computes keys. Thread-safe. About 0.15 us a key where the processor has SHA instructions.
class fingerprinter {
 public:
  explicit fingerprinter(const deployment_salt& salt);
  ~fingerprinter();
  fingerprinter(fingerprinter&&) noexcept;
  fingerprinter& operator=(fingerprinter&&) noexcept;

  /// HMAC-SHA256(salt, u8 kind || canonical)[0:16] (RFC 2104).
  [[nodiscard]] fingerprint operator()(kind kind, byte_view canonical) const;
  [[nodiscard]] fingerprint operator()(const canonical_key& from) const;

  /// The key that travels: raw for addresses and text signatures, a fingerprint for all others.
  [[nodiscard]] key make_key(const canonical_key& from) const;

 private:
  struct state;
  std::unique_ptr<const state> state_;
};

}  // namespace repute::seal
