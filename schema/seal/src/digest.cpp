// SPDX-License-Identifier: Apache-2.0
#include "repute/seal/digest.hpp"

#include <openssl/evp.h>

#include "openssl_failure.hpp"

namespace repute::seal {

namespace {

struct free_context {
  void operator()(EVP_MD_CTX* context) const noexcept { EVP_MD_CTX_free(context); }
};

int digit_value(char digit) noexcept {
  if (digit >= '0' && digit <= '9') {
    return digit - '0';
  }
  const char lower = static_cast<char>(digit | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

}  // namespace

md5_digest md5(byte_view data) {
  md5_digest out;
  require(EVP_Digest(data.data(), data.size(), out.data(), nullptr, EVP_md5(), nullptr) == 1,
          "MD5");
  return out;
}

sha256_digest sha256(byte_view data) {
  sha256_digest out;
  require(EVP_Digest(data.data(), data.size(), out.data(), nullptr, EVP_sha256(), nullptr) == 1,
          "SHA-256");
  return out;
}

struct sha256_stream::state {
  std::unique_ptr<EVP_MD_CTX, free_context> context{require_object(EVP_MD_CTX_new())};

  void start() { require(EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr) == 1, "SHA-256"); }
};

sha256_stream::sha256_stream() : state_(std::make_unique<state>()) {
  state_->start();
}
sha256_stream::~sha256_stream() = default;
sha256_stream::sha256_stream(sha256_stream&&) noexcept = default;
sha256_stream& sha256_stream::operator=(sha256_stream&&) noexcept = default;

void sha256_stream::update(byte_view data) {
  require(EVP_DigestUpdate(state_->context.get(), data.data(), data.size()) == 1, "SHA-256");
}

sha256_digest sha256_stream::finish() {
  sha256_digest out;
  require(EVP_DigestFinal_ex(state_->context.get(), out.data(), nullptr) == 1, "SHA-256");
  state_->start();
  return out;
}

std::string to_hex(byte_view data) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  out.reserve(2 * data.size());
  for (const std::uint8_t byte : data) {
    out.push_back(digits[byte >> 4]);
    out.push_back(digits[byte & 15]);
  }
  return out;
}

bool from_hex(std::string_view text, byte_span out) noexcept {
  if (text.size() != 2 * out.size()) {
    return false;
  }
  for (std::size_t i = 0; i < out.size(); ++i) {
    const int high = digit_value(text[2 * i]);
    const int low = digit_value(text[2 * i + 1]);
    if (high < 0 || low < 0) {
      return false;
    }
    out[i] = static_cast<std::uint8_t>(high << 4 | low);
  }
  return true;
}

}  // namespace repute::seal
