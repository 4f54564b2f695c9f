// SPDX-License-Identifier: Apache-2.0
// The files that hold the keys of sealed mode; the page is ../../../../sealed_mode.md, section 5.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "repute/seal/fingerprint.hpp"
#include "repute/seal/sealing.hpp"
#include "repute/seal/secret_file.hpp"

namespace repute::seal {

inline constexpr std::size_t slots_max = 16;

/// The master keys of a deployment, by slot.
struct master_keys {
  std::array<std::optional<master_key>, slots_max> slots;

  /// The slot of which clients are issued keys: one whose next one (after 15 comes 0) has no key,
  /// of several such the highest. Nothing if there is none.
  [[nodiscard]] std::optional<std::uint8_t> newest() const noexcept;
};

/// True if `id` names a client and a version of its keys: neither part is 0.
[[nodiscard]] constexpr bool is_client_id(std::uint32_t id) noexcept {
  return (id >> 8) != 0 && (id & 0xff) != 0;
}
/// 1 to 63 of a-z, 0-9, '-', '.' and '_'.
[[nodiscard]] bool is_client_name(std::string_view name) noexcept;

/// Everything that a client needs to know to ask in sealed mode.
struct credentials {
  std::string name;
  std::uint32_t client_id = 0;
  std::uint8_t slot = 0;
  cipher_suite suite = cipher_suite::aes_128_gcm;
  client_keys keys;
  deployment_salt salt;
};

[[nodiscard]] secret_string encode_master_keys(const master_keys& from);
[[nodiscard]] secret_string encode_credentials(const credentials& from);

/// Pure and strict: nothing unless `text` is exactly what the encoder gives; then `problem` says
/// what is wrong, without a byte of a secret.
[[nodiscard]] std::optional<master_keys> parse_master_keys(std::string_view text,
                                                           std::string& problem);
[[nodiscard]] std::optional<credentials> parse_credentials(std::string_view text,
                                                           std::string& problem);

/// Files of mode 0600; see secret_file.hpp.
[[nodiscard]] std::variant<master_keys, secret_file_failure> read_master_keys(
    const std::string& path);
[[nodiscard]] std::variant<credentials, secret_file_failure> read_credentials(
    const std::string& path);
/// Never overwrites.
[[nodiscard]] std::variant<std::monostate, secret_file_failure> write_master_keys(
    const std::string& path, const master_keys& keys);
[[nodiscard]] std::variant<std::monostate, secret_file_failure> replace_master_keys(
    const std::string& path, const master_keys& keys);
/// Never overwrites.
[[nodiscard]] std::variant<std::monostate, secret_file_failure> write_credentials(
    const std::string& path, const credentials& of);

}  // namespace repute::seal
