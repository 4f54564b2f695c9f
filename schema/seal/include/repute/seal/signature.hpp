// SPDX-License-Identifier: Apache-2.0
// Ed25519 signatures (RFC 8032) over OpenSSL, and the texts that hold them; the page is
// ../../../../signatures.md.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "repute/schema/bytes.hpp"

namespace repute::seal {

/// What everybody may know of a key pair. It names the key pair, too: there is no other key id.
struct public_key {
  std::array<std::uint8_t, 32> bytes{};

  bool operator==(const public_key&) const = default;
};

using signature = std::array<std::uint8_t, 64>;

/// `ed25519:` and 64 lower-case hexadecimal digits.
[[nodiscard]] std::string to_string(const public_key& key);
/// Nothing unless `word` is exactly what to_string() gives.
[[nodiscard]] std::optional<public_key> parse_public_key(std::string_view word) noexcept;

/// A key pair. Its secret is wiped from memory when it is destroyed. Thread-safe to use.
class signing_key {
 public:
  static constexpr std::size_t seed_size = 32;

  /// A new one, from the system's random numbers.
  [[nodiscard]] static signing_key generate();
  /// The one that a seed (RFC 8032: the private key) stands for.
  [[nodiscard]] static signing_key from_seed(std::span<const std::uint8_t, seed_size> seed);
  ~signing_key();
  signing_key(signing_key&&) noexcept;
  signing_key& operator=(signing_key&&) noexcept;

  [[nodiscard]] public_key public_half() const;
  /// Ed25519 without prehash or context; the same message gives the same signature.
  [[nodiscard]] signature sign(byte_view message) const;

 private:
  friend class secret_text;
  struct state;
  explicit signing_key(std::unique_ptr<state> made) noexcept;
  std::unique_ptr<state> state_;
};

/// True if `made` is a signature of `message` by the owner of `key`.
[[nodiscard]] bool verify(const public_key& key, byte_view message, const signature& made);

/// The three lines of a secret key file, in memory that is wiped when destroyed.
class secret_text {
 public:
  /// Bytes of every secret key file.
  static constexpr std::size_t size = 170;

  explicit secret_text(const signing_key& key);
  ~secret_text();
  secret_text(const secret_text&) = delete;
  secret_text& operator=(const secret_text&) = delete;

  [[nodiscard]] std::string_view view() const noexcept { return {characters_.data(), size}; }

 private:
  std::array<char, size> characters_{};
};

/// The key pair of a secret key file's text. Pure and strict: nothing unless `text` is exactly what
/// secret_text gives for the result; then `problem` says what is wrong, without a byte of it.
[[nodiscard]] std::optional<signing_key> parse_secret_key(std::string_view text,
                                                          std::string& problem);

/// A signature with the name of the key that made it.
struct signed_by {
  public_key key;
  signature made{};

  bool operator==(const signed_by&) const = default;
};

/// Bytes of every signature file.
inline constexpr std::size_t signature_file_size = 235;

/// The three lines of a signature file.
[[nodiscard]] std::string encode_signature_file(const signed_by& from);
/// Pure and strict: nothing unless `text` is exactly what encode_signature_file() gives.
[[nodiscard]] std::optional<signed_by> decode_signature_file(std::string_view text) noexcept;

}  // namespace repute::seal
