// SPDX-License-Identifier: Apache-2.0
#include "store/snapshot_signature.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "repute/seal/digest.hpp"
#include "store/file.hpp"

namespace repute::store {
namespace {

constexpr std::string_view signed_domain = "repute manifest signature 1\n";
constexpr unsigned read_only_mode = 0444;
constexpr unsigned small_file_mode = 0644;

std::string signed_message(std::string_view manifest_text) {
  return std::string(signed_domain) + std::string(manifest_text);
}

failure untrusted(const std::filesystem::path& path, std::string_view why) {
  return {store_error::untrusted, fmt::format("{}: {}", path.string(), why)};
}

result<manifest> decode_named(std::string_view text, std::uint32_t generation,
                              const std::filesystem::path& path) {
  std::string problem;
  auto decoded = decode_manifest(text, problem);
  if (!decoded) {
    return failure{store_error::corrupt, fmt::format("{}: {}", path.string(), problem)};
  }
  if (decoded->generation != generation) {
    return failure{store_error::corrupt, fmt::format("{}: a manifest of generation {}",
                                                     path.string(), decoded->generation)};
  }
  return std::move(*decoded);
}

}  // namespace

std::filesystem::path signature_path(const std::filesystem::path& db, std::uint32_t generation) {
  return db / "snapshots" / fmt::format("{:08}.sig", generation);
}

std::string sign_manifest(std::string_view manifest_text, const seal::signing_key& key) {
  const std::string message = signed_message(manifest_text);
  return seal::encode_signature_file({key.public_half(), key.sign(seal::bytes_of(message))});
}

result<void> check_signature(std::string_view manifest_text,
                             const std::optional<std::string>& signature_text,
                             std::span<const seal::public_key> trusted,
                             const std::filesystem::path& path) {
  if (!signature_text) {
    return trusted.empty() ? result<void>()
                           : untrusted(path,
                                       "the snapshot is not signed, and only signed ones "
                                       "are trusted");
  }
  const auto read = seal::decode_signature_file(*signature_text);
  if (!read) {
    return failure{store_error::corrupt, fmt::format("{}: not a signature", path.string())};
  }
  if (!trusted.empty() && std::find(trusted.begin(), trusted.end(), read->key) == trusted.end()) {
    return untrusted(
        path, fmt::format("signed by {}, which is no trusted key", seal::to_string(read->key)));
  }
  const std::string message = signed_message(manifest_text);
  if (!seal::verify(read->key, seal::bytes_of(message), read->made)) {
    return untrusted(path,
                     fmt::format("its manifest is not what {} signed", seal::to_string(read->key)));
  }
  return {};
}

result<std::optional<std::string>> read_signature(const std::filesystem::path& db,
                                                  std::uint32_t generation) {
  auto text = read_small_file(signature_path(db, generation), seal::signature_file_size);
  if (text) {
    return std::optional<std::string>(std::move(*text));
  }
  if (text.error().code == store_error::not_found) {
    return std::optional<std::string>();
  }
  return text.error();
}

result<manifest> read_trusted_manifest(const std::filesystem::path& db, std::uint32_t generation,
                                       std::span<const seal::public_key> trusted) {
  const std::filesystem::path path = manifest_path(db, generation);
  const auto text = read_small_file(path, manifest_bytes_max);
  if (!text) {
    return text.error();
  }
  if (!trusted.empty()) {
    const auto signature = read_signature(db, generation);
    if (!signature) {
      return signature.error();
    }
    const auto checked =
        check_signature(*text, *signature, trusted, signature_path(db, generation));
    if (!checked) {
      return checked.error();
    }
  }
  return decode_named(*text, generation, path);
}

result<void> sign_snapshot(const std::filesystem::path& db, std::uint32_t generation,
                           const seal::signing_key& key) {
  const auto text = read_small_file(manifest_path(db, generation), manifest_bytes_max);
  if (!text) {
    return text.error();
  }
  const auto expected = decode_named(*text, generation, manifest_path(db, generation));
  if (!expected) {
    return expected.error();
  }
  const auto checked =
      verify_file(snapshot_path(db, generation), *expected, [](std::uint64_t, byte_view) {});
  if (!checked) {
    return checked.error();
  }
  const auto written =
      replace_file(signature_path(db, generation), sign_manifest(*text, key), read_only_mode);
  if (!written) {
    return written;
  }
  const auto current = read_current(db);
  return current && *current == generation
             ? replace_file(db / "CURRENT", fmt::format("{}\n", generation), small_file_mode)
             : result<void>();
}

}  // namespace repute::store
