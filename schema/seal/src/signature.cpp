// SPDX-License-Identifier: Apache-2.0
#include "repute/seal/signature.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <algorithm>
#include <cassert>

#include "openssl_failure.hpp"
#include "repute/seal/digest.hpp"

namespace repute::seal {

namespace {

constexpr const char* what = "Ed25519";
constexpr std::string_view key_prefix = "ed25519:";
constexpr std::string_view secret_head = "repute secret key 1\nseed ";
constexpr std::string_view secret_middle = "\npublic ";
constexpr std::string_view signature_head = "repute signature 1\nkey ";
constexpr std::string_view signature_middle = "\nsignature ";
constexpr std::size_t key_word_size = key_prefix.size() + 64;
constexpr std::size_t seed_digits = 64;
static_assert(secret_text::size ==
              secret_head.size() + seed_digits + secret_middle.size() + key_word_size + 1);
static_assert(signature_file_size ==
              signature_head.size() + key_word_size + signature_middle.size() + 128 + 1);

struct free_key {
  void operator()(EVP_PKEY* key) const noexcept { EVP_PKEY_free(key); }
  void operator()(EVP_MD_CTX* context) const noexcept { EVP_MD_CTX_free(context); }
};
using key_ptr = std::unique_ptr<EVP_PKEY, free_key>;
using context_ptr = std::unique_ptr<EVP_MD_CTX, free_key>;

// A seed on the stack, wiped at the end of its scope.
struct wiped_seed {
  std::array<std::uint8_t, signing_key::seed_size> bytes{};
  wiped_seed() = default;
  ~wiped_seed() { OPENSSL_cleanse(bytes.data(), bytes.size()); }
  wiped_seed(const wiped_seed&) = delete;
  wiped_seed& operator=(const wiped_seed&) = delete;
};

char digit_of(unsigned value) noexcept {
  return "0123456789abcdef"[value & 15];
}

}  // namespace

std::string to_string(const public_key& key) {
  return std::string(key_prefix) + to_hex(key.bytes);
}

std::optional<public_key> parse_public_key(std::string_view word) noexcept {
  public_key key;
  const bool lower =
      std::none_of(word.begin(), word.end(), [](char c) { return c >= 'A' && c <= 'F'; });
  if (!lower || !word.starts_with(key_prefix) ||
      !from_hex(word.substr(key_prefix.size()), key.bytes)) {
    return std::nullopt;
  }
  return key;
}

struct signing_key::state {
  key_ptr key;
};

signing_key::signing_key(std::unique_ptr<state> made) noexcept : state_(std::move(made)) {}
signing_key::~signing_key() = default;
signing_key::signing_key(signing_key&&) noexcept = default;
signing_key& signing_key::operator=(signing_key&&) noexcept = default;

signing_key signing_key::generate() {
  key_ptr made(EVP_PKEY_Q_keygen(nullptr, nullptr, what));
  require(made != nullptr, what);
  return signing_key(std::make_unique<state>(state{std::move(made)}));
}

signing_key signing_key::from_seed(std::span<const std::uint8_t, seed_size> seed) {
  // OpenSSL wipes its own copy of the seed when the key is freed.
  key_ptr made(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, seed.data(), seed.size()));
  require(made != nullptr, what);
  return signing_key(std::make_unique<state>(state{std::move(made)}));
}

public_key signing_key::public_half() const {
  public_key out;
  std::size_t size = out.bytes.size();
  require(EVP_PKEY_get_raw_public_key(state_->key.get(), out.bytes.data(), &size) == 1 &&
              size == out.bytes.size(),
          what);
  return out;
}

signature signing_key::sign(byte_view message) const {
  const context_ptr context(require_object(EVP_MD_CTX_new()));
  signature out;
  std::size_t size = out.size();
  require(
      EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, state_->key.get()) == 1 &&
          EVP_DigestSign(context.get(), out.data(), &size, message.data(), message.size()) == 1 &&
          size == out.size(),
      what);
  return out;
}

bool verify(const public_key& key, byte_view message, const signature& made) {
  const key_ptr owner(
      EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, key.bytes.data(), key.bytes.size()));
  require(owner != nullptr, what);
  const context_ptr context(require_object(EVP_MD_CTX_new()));
  require(EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, owner.get()) == 1, what);
  // Anything but 1 is no: also bytes that are no point of the curve.
  return EVP_DigestVerify(context.get(), made.data(), made.size(), message.data(),
                          message.size()) == 1;
}

secret_text::secret_text(const signing_key& key) {
  wiped_seed seed;
  std::size_t seed_bytes = seed.bytes.size();
  require(
      EVP_PKEY_get_raw_private_key(key.state_->key.get(), seed.bytes.data(), &seed_bytes) == 1 &&
          seed_bytes == seed.bytes.size(),
      what);
  char* at = std::copy(secret_head.begin(), secret_head.end(), characters_.data());
  for (const std::uint8_t byte : seed.bytes) {  // to_hex() would leave a copy behind
    *at++ = digit_of(byte >> 4);
    *at++ = digit_of(byte);
  }
  const std::string rest = std::string(secret_middle) + to_string(key.public_half()) + "\n";
  at = std::copy(rest.begin(), rest.end(), at);
  assert(at == characters_.data() + size);
}

secret_text::~secret_text() {
  OPENSSL_cleanse(characters_.data(), characters_.size());
}

std::optional<signing_key> parse_secret_key(std::string_view text, std::string& problem) {
  wiped_seed seed;
  if (text.size() != secret_text::size || !text.starts_with(secret_head) ||
      !from_hex(text.substr(secret_head.size(), seed_digits), seed.bytes)) {
    problem = "not a secret key of this version";
    return std::nullopt;
  }
  signing_key key = signing_key::from_seed(seed.bytes);
  if (secret_text(key).view() != text) {
    problem = "damaged: its public half does not belong to its seed";
    return std::nullopt;
  }
  return key;
}

std::string encode_signature_file(const signed_by& from) {
  return std::string(signature_head) + to_string(from.key) + std::string(signature_middle) +
         to_hex(from.made) + "\n";
}

std::optional<signed_by> decode_signature_file(std::string_view text) noexcept {
  constexpr std::size_t middle_at = signature_head.size() + key_word_size;
  constexpr std::size_t digits_at = middle_at + signature_middle.size();
  signed_by out;
  if (text.size() != signature_file_size || !text.starts_with(signature_head) ||
      text.substr(middle_at, signature_middle.size()) != signature_middle || text.back() != '\n') {
    return std::nullopt;
  }
  const std::string_view digits = text.substr(digits_at, 2 * out.made.size());
  const auto key = parse_public_key(text.substr(signature_head.size(), key_word_size));
  if (!key || !from_hex(digits, out.made) ||
      std::any_of(digits.begin(), digits.end(), [](char c) { return c >= 'A' && c <= 'F'; })) {
    return std::nullopt;
  }
  out.key = *key;
  return out;
}

}  // namespace repute::seal
