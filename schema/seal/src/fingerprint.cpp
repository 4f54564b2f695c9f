// SPDX-License-Identifier: Apache-2.0
#include "repute/seal/fingerprint.hpp"

// The low-level SHA-256 is deprecated in favour of EVP, which cannot copy a keyed state without an
// allocation and locks: 5 times the time of a whole fingerprint.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <vector>

#include "openssl_failure.hpp"
#include "repute/seal/digest.hpp"

namespace repute::seal {

namespace {

constexpr const char* what = "HMAC-SHA256";

// HMAC (RFC 2104) whose key is already worked in: each MAC starts from copies of two states.
class keyed_mac {
 public:
  explicit keyed_mac(const deployment_salt& salt)
      : inner_(keyed_state(salt, 0x36)), outer_(keyed_state(salt, 0x5c)) {}

  // Over two pieces, so that callers need not join them in a buffer.
  [[nodiscard]] sha256_digest operator()(byte_view first, byte_view second) const {
    sha256_digest out;
    SHA256_CTX state = inner_;
    require(SHA256_Update(&state, first.data(), first.size()) == 1 &&
                SHA256_Update(&state, second.data(), second.size()) == 1 &&
                SHA256_Final(out.data(), &state) == 1,
            what);
    state = outer_;
    require(
        SHA256_Update(&state, out.data(), out.size()) == 1 && SHA256_Final(out.data(), &state) == 1,
        what);
    return out;
  }

 private:
  static SHA256_CTX keyed_state(const deployment_salt& salt, std::uint8_t padding) {
    std::array<std::uint8_t, SHA256_CBLOCK> block;
    block.fill(padding);
    for (std::size_t i = 0; i < salt.bytes.size(); ++i) {
      block[i] = static_cast<std::uint8_t>(block[i] ^ salt.bytes[i]);
    }
    SHA256_CTX state;
    require(SHA256_Init(&state) == 1 && SHA256_Update(&state, block.data(), block.size()) == 1,
            what);
    return state;
  }

  SHA256_CTX inner_;
  SHA256_CTX outer_;
};

}  // namespace

std::array<std::uint8_t, 2> salt_fingerprint(const deployment_salt& salt) {
  const sha256_digest digest = sha256(salt.bytes);
  return {digest[0], digest[1]};
}

std::uint64_t ip_seed(const deployment_salt& salt) {
  return load_le<std::uint64_t>(keyed_mac(salt)(bytes_of("repute ip seed"), {}).data());
}

void derive(const deployment_salt& salt, std::string_view label, byte_span out) {
  assert(out.size() <= 255 * sizeof(sha256_digest));
  const keyed_mac mac(salt);
  std::vector<std::uint8_t> counted(label.begin(), label.end());  // info || u8 number of the block
  counted.push_back(0);
  sha256_digest block;
  byte_view before;
  for (byte_span rest = out; !rest.empty();) {
    ++counted.back();
    block = mac(before, counted);
    before = block;
    const std::size_t count = std::min(block.size(), rest.size());
    std::copy_n(block.begin(), count, rest.begin());
    rest = rest.subspan(count);
  }
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
  keyed_mac mac;
};

fingerprinter::fingerprinter(const deployment_salt& salt)
    : state_(std::make_unique<const state>(state{keyed_mac(salt)})) {}
fingerprinter::~fingerprinter() = default;
fingerprinter::fingerprinter(fingerprinter&&) noexcept = default;
fingerprinter& fingerprinter::operator=(fingerprinter&&) noexcept = default;

fingerprint fingerprinter::operator()(kind kind, byte_view canonical) const {
  const auto number = static_cast<std::uint8_t>(kind);
  const sha256_digest digest = state_->mac({&number, 1}, canonical);
  fingerprint out;
  std::copy_n(digest.begin(), out.size(), out.begin());
  return out;
}

fingerprint fingerprinter::operator()(const canonical_key& from) const {
  return (*this)(from.kind, bytes_of(from.canonical));
}

key fingerprinter::make_key(const canonical_key& from) const {
  if (is_ip(from.kind) || from.kind == kind::text_sig) {
    assert(from.canonical.size() == key_size(from.kind));
    return {from.kind, bytes_of(from.canonical)};
  }
  return {from.kind, (*this)(from)};
}

}  // namespace repute::seal
