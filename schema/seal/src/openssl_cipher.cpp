// SPDX-License-Identifier: Apache-2.0
#include <openssl/evp.h>

#include "cipher.hpp"
#include "openssl_failure.hpp"

namespace repute::seal::detail {

namespace {

struct free_context {
  void operator()(EVP_CIPHER_CTX* it) const noexcept { EVP_CIPHER_CTX_free(it); }
};

EVP_CIPHER* cipher_of(cipher_suite suite) {
  static EVP_CIPHER* const aes = EVP_CIPHER_fetch(nullptr, "AES-128-GCM", nullptr);
  static EVP_CIPHER* const chacha = EVP_CIPHER_fetch(nullptr, "ChaCha20-Poly1305", nullptr);
  return suite == cipher_suite::aes_128_gcm ? fetched(aes, "AES-128-GCM")
                                            : fetched(chacha, "ChaCha20-Poly1305");
}

class by_openssl final : public cipher {
 public:
  by_openssl(packet_cipher::role as, cipher_suite suite, const secret<32>& key)
      : context_(require_object(EVP_CIPHER_CTX_new())) {
    require(EVP_CipherInit_ex2(context_.get(), cipher_of(suite), key.view().data(), nullptr,
                               as == packet_cipher::role::seals ? 1 : 0, nullptr) == 1,
            "the cipher of sealed mode");
  }

  bool seal(byte_span datagram) noexcept override {
    const byte_span body = datagram.subspan(wire::header::size, body_size(datagram.size()));
    int written = 0;
    return run(datagram, body, body.data()) &&
           EVP_CipherFinal_ex(context_.get(), body.data(), &written) == 1 &&
           EVP_CIPHER_CTX_ctrl(context_.get(), EVP_CTRL_AEAD_GET_TAG, tag_size,
                               body.data() + body.size()) == 1;
  }

  bool open(byte_view datagram, byte_span body) noexcept override {
    const byte_view sealed = datagram.subspan(wire::header::size, body_size(datagram.size()));
    // The tag is only read.
    auto* const tag = const_cast<std::uint8_t*>(sealed.data() + sealed.size());
    int written = 0;
    return run(datagram, sealed, body.data()) &&
           EVP_CIPHER_CTX_ctrl(context_.get(), EVP_CTRL_AEAD_SET_TAG, tag_size, tag) == 1 &&
           EVP_CipherFinal_ex(context_.get(), body.data(), &written) == 1;
  }

 private:
  // Everything but the tag: the key stays, the nonce and the associated data are the header's.
  bool run(byte_view header, byte_view from, std::uint8_t* to) noexcept {
    EVP_CIPHER_CTX* const it = context_.get();
    int written = 0;
    return EVP_CipherInit_ex2(it, nullptr, nullptr, header.data() + wire::header::nonce, -1,
                              nullptr) == 1 &&
           EVP_CipherUpdate(it, nullptr, &written, header.data(),
                            static_cast<int>(wire::header::size)) == 1 &&
           EVP_CipherUpdate(it, to, &written, from.data(), static_cast<int>(from.size())) == 1;
  }

  std::unique_ptr<EVP_CIPHER_CTX, free_context> context_;
};

}  // namespace

std::unique_ptr<cipher> openssl_cipher(packet_cipher::role as, cipher_suite suite,
                                       const secret<32>& key) {
  return std::make_unique<by_openssl>(as, suite, key);
}

}  // namespace repute::seal::detail
