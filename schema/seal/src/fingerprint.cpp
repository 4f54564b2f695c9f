// SPDX-License-Identifier: Apache-2.0
#include "repute/seal/fingerprint.hpp"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "openssl_failure.hpp"
#include "repute/seal/digest.hpp"

namespace repute::seal {

namespace {

constexpr const char* what = "HMAC-SHA256";

struct free_mac {
  void operator()(EVP_MAC* mac) const noexcept { EVP_MAC_free(mac); }
  void operator()(EVP_MAC_CTX* context) const noexcept { EVP_MAC_CTX_free(context); }
};
using mac_context = std::unique_ptr<EVP_MAC_CTX, free_mac>;

// A context that keeps the key: each MAC after this one costs no key schedule and no fetch.
mac_context keyed_context(const deployment_salt& salt) {
  const std::unique_ptr<EVP_MAC, free_mac> mac(EVP_MAC_fetch(nullptr, "HMAC", nullptr));
  require(mac != nullptr, what);
  mac_context context(require_object(EVP_MAC_CTX_new(mac.get())));
  std::array<char, 7> digest{"SHA256"};
  const std::array params{OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest.data(), 0),
                          OSSL_PARAM_construct_end()};
  require(EVP_MAC_init(context.get(), salt.bytes.data(), salt.bytes.size(), params.data()) == 1,
          what);
  return context;
}

// HMAC over two pieces, so that callers need not join them in a buffer.
sha256_digest mac_of(EVP_MAC_CTX* context, byte_view first, byte_view second) {
  sha256_digest out;
  std::size_t size = 0;
  require(EVP_MAC_init(context, nullptr, 0, nullptr) == 1 &&
              EVP_MAC_update(context, first.data(), first.size()) == 1 &&
              EVP_MAC_update(context, second.data(), second.size()) == 1 &&
              EVP_MAC_final(context, out.data(), &size, out.size()) == 1 && size == out.size(),
          what);
  return out;
}

}  // namespace

std::array<std::uint8_t, 2> salt_fingerprint(const deployment_salt& salt) {
  const sha256_digest digest = sha256(salt.bytes);
  return {digest[0], digest[1]};
}

std::uint64_t ip_seed(const deployment_salt& salt) {
  const mac_context context = keyed_context(salt);
  return load_le<std::uint64_t>(mac_of(context.get(), bytes_of("repute ip seed"), {}).data());
}

std::optional<deployment_salt> read_salt_file(const std::string& path, std::string& problem) {
  // Messages say what is wrong and where, and never show a byte of the secret.
  const std::string prefix = "salt file " + path + ": ";
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  std::array<char, 66> text{};
  file.read(text.data(), text.size());
  if (file.bad() || (file.gcount() == 0 && errno != 0)) {
    problem = prefix + "cannot be read: " + std::strerror(errno);
    return std::nullopt;
  }
  const std::string_view content(text.data(), static_cast<std::size_t>(file.gcount()));
  const bool newline = content.size() == 65 && content.back() == '\n';
  if (content.size() != 64 && !newline) {
    const std::string size = content.size() < text.size() ? std::to_string(content.size()) : "more";
    problem = prefix + "expected 64 hexadecimal digits and at most a newline, found " + size +
              (content.size() < text.size() ? " bytes" : " than 65 bytes");
    return std::nullopt;
  }
  deployment_salt salt;
  if (!from_hex(content.substr(0, 64), salt.bytes)) {
    problem = prefix + "has a character that is not a hexadecimal digit";
    return std::nullopt;
  }
  return salt;
}

std::optional<deployment_salt> read_database_salt(const std::string& directory,
                                                  std::string& problem) {
  const std::filesystem::path path = std::filesystem::path(directory) / "salt";
  std::error_code error;
  if (std::filesystem::symlink_status(path, error).type() ==
      std::filesystem::file_type::not_found) {
    return deployment_salt{};
  }
  return read_salt_file(path.string(), problem);
}

struct fingerprinter::state {
  mac_context context;
};

fingerprinter::fingerprinter(const deployment_salt& salt)
    : state_(std::make_unique<state>(state{keyed_context(salt)})) {}
fingerprinter::~fingerprinter() = default;
fingerprinter::fingerprinter(fingerprinter&&) noexcept = default;
fingerprinter& fingerprinter::operator=(fingerprinter&&) noexcept = default;

fingerprint fingerprinter::operator()(kind kind, byte_view canonical) {
  const auto number = static_cast<std::uint8_t>(kind);
  const sha256_digest digest = mac_of(state_->context.get(), {&number, 1}, canonical);
  fingerprint out;
  std::copy_n(digest.begin(), out.size(), out.begin());
  return out;
}

fingerprint fingerprinter::operator()(const canonical_key& from) {
  return (*this)(from.kind, bytes_of(from.canonical));
}

key fingerprinter::make_key(const canonical_key& from) {
  if (is_ip(from.kind) || from.kind == kind::text_sig) {
    assert(from.canonical.size() == key_size(from.kind));
    return {from.kind, bytes_of(from.canonical)};
  }
  return {from.kind, (*this)(from)};
}

}  // namespace repute::seal
