// SPDX-License-Identifier: Apache-2.0
#include "repute/seal/sealing.hpp"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

#include <algorithm>
#include <array>
#include <cassert>

#include "cipher.hpp"
#include "openssl_failure.hpp"

namespace repute::seal {

namespace {

struct free_openssl {
  void operator()(EVP_KDF* it) const noexcept { EVP_KDF_free(it); }
  void operator()(EVP_KDF_CTX* it) const noexcept { EVP_KDF_CTX_free(it); }
  void operator()(EVP_MAC* it) const noexcept { EVP_MAC_free(it); }
  void operator()(EVP_MAC_CTX* it) const noexcept { EVP_MAC_CTX_free(it); }
};
template <class T>
using openssl_ptr = std::unique_ptr<T, free_openssl>;

OSSL_PARAM octets(const char* name, byte_view value) noexcept {
  // The parameter is only read.
  return OSSL_PARAM_construct_octet_string(name, const_cast<std::uint8_t*>(value.data()),
                                           value.size());
}

// One step of HKDF-SHA256 (RFC 5869): `more` is the salt of an extract, the info of an expand.
void hkdf(int mode, byte_view key, const char* more_name, byte_view more, byte_span out) {
  constexpr const char* what = "HKDF";
  static EVP_KDF* const kdf = fetched(EVP_KDF_fetch(nullptr, "HKDF", nullptr), what);
  const openssl_ptr<EVP_KDF_CTX> context(require_object(EVP_KDF_CTX_new(kdf)));
  std::array<char, 7> digest{"SHA256"};
  const std::array<OSSL_PARAM, 5> params{
      OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest.data(), 0),
      OSSL_PARAM_construct_int(OSSL_KDF_PARAM_MODE, &mode), octets(OSSL_KDF_PARAM_KEY, key),
      octets(more_name, more), OSSL_PARAM_construct_end()};
  require(EVP_KDF_derive(context.get(), out.data(), out.size(), params.data()) == 1, what);
}

void expand(byte_view key, std::string_view label, byte_view subject, byte_span out) {
  std::array<std::uint8_t, 16> info{};
  assert(label.size() + subject.size() <= info.size());
  auto* const end = std::ranges::copy(subject, std::ranges::copy(label, info.begin()).out).out;
  hkdf(EVP_KDF_HKDF_MODE_EXPAND_ONLY, key, OSSL_KDF_PARAM_INFO,
       byte_view(info).first(static_cast<std::size_t>(end - info.begin())), out);
}

}  // namespace

std::optional<cipher_suite> to_cipher_suite(std::uint8_t number) noexcept {
  return number == 1 || number == 2 ? std::optional{cipher_suite{number}} : std::nullopt;
}

std::string_view word(cipher_suite suite) noexcept {
  return suite == cipher_suite::aes_128_gcm ? "aes-128-gcm" : "chacha20-poly1305";
}

std::optional<cipher_suite> parse_cipher_suite(std::string_view text) noexcept {
  for (const auto suite : {cipher_suite::aes_128_gcm, cipher_suite::chacha20_poly1305}) {
    if (text == word(suite)) {
      return suite;
    }
  }
  return std::nullopt;
}

client_keys derive_client_keys(const master_key& master, std::uint32_t client_id) {
  std::array<std::uint8_t, 4> id;
  store_le(id.data(), client_id);
  client_keys out;
  expand(master.view(), "rep1 client", id, out.psk.bytes());
  expand(master.view(), "rep1 mac1", id, out.mac.bytes());
  return out;
}

session_keys derive_session_keys(const secret<32>& psk, std::uint64_t sid, cipher_suite suite) {
  std::array<std::uint8_t, 8> salt;
  store_le(salt.data(), sid);
  secret<32> prk;
  hkdf(EVP_KDF_HKDF_MODE_EXTRACT_ONLY, psk.view(), OSSL_KDF_PARAM_SALT, salt, prk.bytes());
  const auto number = static_cast<std::uint8_t>(suite);
  session_keys out;
  expand(prk.view(), "rep1 c2s", {&number, 1}, out.to_server.bytes().first(key_size(suite)));
  expand(prk.view(), "rep1 s2c", {&number, 1}, out.to_client.bytes().first(key_size(suite)));
  return out;
}

struct header_mac::state {
  openssl_ptr<EVP_MAC_CTX> context;
};

header_mac::header_mac() : state_(std::make_unique<state>()) {
  constexpr const char* what = "SipHash";
  static EVP_MAC* const siphash = fetched(EVP_MAC_fetch(nullptr, "SIPHASH", nullptr), what);
  state_->context.reset(require_object(EVP_MAC_CTX_new(siphash)));
  std::size_t bytes = sizeof(std::uint64_t);
  const std::array<OSSL_PARAM, 2> params{OSSL_PARAM_construct_size_t(OSSL_MAC_PARAM_SIZE, &bytes),
                                         OSSL_PARAM_construct_end()};
  require(EVP_MAC_CTX_set_params(state_->context.get(), params.data()) == 1, what);
}
header_mac::~header_mac() = default;
header_mac::header_mac(header_mac&&) noexcept = default;
header_mac& header_mac::operator=(header_mac&&) noexcept = default;

std::uint32_t header_mac::operator()(const secret<16>& key, byte_view datagram) noexcept {
  using namespace wire::header;
  EVP_MAC_CTX* const context = state_->context.get();
  const byte_view before = datagram.first(mac1);
  const byte_view behind = datagram.subspan(req_id, wire::header::size - req_id);
  std::array<std::uint8_t, sizeof(std::uint64_t)> out{};
  std::size_t written = 0;
  // Cannot fail: the key has the one size that there is, and nothing is allocated.
  const bool done = EVP_MAC_init(context, key.view().data(), key.view().size(), nullptr) == 1 &&
                    EVP_MAC_update(context, before.data(), before.size()) == 1 &&
                    EVP_MAC_update(context, behind.data(), behind.size()) == 1 &&
                    EVP_MAC_final(context, out.data(), &written, out.size()) == 1;
  assert(done && written == out.size());
  (void)done;
  return load_le<std::uint32_t>(out.data());
}

packet_cipher::packet_cipher(role as, cipher_suite suite, const secret<32>& key)
    : cipher_(suite == cipher_suite::aes_128_gcm ? detail::packet_aes(key) : nullptr) {
  if (!cipher_) {
    cipher_ = detail::openssl_cipher(as, suite, key);
  }
}
packet_cipher::~packet_cipher() = default;
packet_cipher::packet_cipher(packet_cipher&&) noexcept = default;
packet_cipher& packet_cipher::operator=(packet_cipher&&) noexcept = default;

bool packet_cipher::seal(byte_span datagram) noexcept {
  assert(datagram.size() >= wire::header::size + tag_size);
  return cipher_->seal(datagram);
}

bool packet_cipher::open(byte_view datagram, byte_span body) noexcept {
  assert(datagram.size() >= wire::header::size + tag_size &&
         body.size() >= body_size(datagram.size()));
  return cipher_->open(datagram, body);
}

}  // namespace repute::seal
