// SPDX-License-Identifier: Apache-2.0
// Sealed datagrams: opening one and sealing its reply, beside OpenSSL's cipher alone at the same
// size, which is what `openssl speed -aead` measures.
#include <benchmark/benchmark.h>
#include <openssl/evp.h>

#include <array>
#include <cstdlib>
#include <memory>
#include <vector>

#include "by_turns.hpp"
#include "repute/seal/nonce_source.hpp"
#include "repute/seal/sealing.hpp"
#include "repute/seal/signature.hpp"

namespace {

namespace seal = repute::seal;
using role = seal::packet_cipher::role;

constexpr std::size_t packets = 1000;  // of a turn

struct free_cipher {
  void operator()(EVP_CIPHER_CTX* it) const noexcept { EVP_CIPHER_CTX_free(it); }
};

// One direction, with a key that is worked in, as `openssl speed -evp aes-128-gcm -aead` does it: a
// nonce, 13 bytes of associated data, the bytes, the tag.
class bare_cipher {
 public:
  bare_cipher(const EVP_CIPHER* cipher, bool seals) : context_(EVP_CIPHER_CTX_new()) {
    const std::array<std::uint8_t, 32> key{};
    must(EVP_CipherInit_ex(context_.get(), cipher, nullptr, key.data(), nonce_.data(),
                           seals ? 1 : 0));
  }
  void run(std::vector<std::uint8_t>& bytes, std::array<std::uint8_t, 16>& tag, bool seals) {
    EVP_CIPHER_CTX* const it = context_.get();
    int done = 0;
    must(EVP_CipherInit_ex(it, nullptr, nullptr, nullptr, nonce_.data(), -1));
    if (!seals) {
      must(EVP_CIPHER_CTX_ctrl(it, EVP_CTRL_AEAD_SET_TAG, seal::tag_size, tag.data()));
    }
    must(EVP_CipherUpdate(it, nullptr, &done, aad_.data(), static_cast<int>(aad_.size())));
    must(EVP_CipherUpdate(it, bytes.data(), &done, bytes.data(), static_cast<int>(bytes.size())));
    must(EVP_CipherFinal_ex(it, bytes.data(), &done));
    if (seals) {
      must(EVP_CIPHER_CTX_ctrl(it, EVP_CTRL_AEAD_GET_TAG, seal::tag_size, tag.data()));
    }
  }

 private:
  static void must(int done) {
    if (done != 1) {
      std::abort();
    }
  }
  std::unique_ptr<EVP_CIPHER_CTX, free_cipher> context_;
  std::array<std::uint8_t, 12> nonce_{};
  std::array<std::uint8_t, 13> aad_{};
};

// range(0): bytes of the body; range(1): suite.
void open_and_seal(benchmark::State& state) {
  const auto suite = *seal::to_cipher_suite(static_cast<std::uint8_t>(state.range(1)));
  const auto body = static_cast<std::size_t>(state.range(0));
  seal::packet_cipher client(role::seals, suite, {});
  seal::packet_cipher opens(role::opens, suite, {});
  seal::packet_cipher seals(role::seals, suite, {});
  std::vector<std::uint8_t> request(repute::wire::header::size + body + seal::tag_size);
  std::vector<std::uint8_t> reply = request;
  std::vector<std::uint8_t> opened(body);
  if (!client.seal(request)) {
    std::abort();
  }
  const auto ours = [&] {
    for (std::size_t i = 0; i < packets; ++i) {
      if (!opens.open(request, opened) || !seals.seal(reply)) {
        std::abort();
      }
    }
  };
  const EVP_CIPHER* const cipher =
      suite == seal::cipher_suite::aes_128_gcm ? EVP_aes_128_gcm() : EVP_chacha20_poly1305();
  bare_cipher bare_seals(cipher, true);
  bare_cipher bare_opens(cipher, false);
  std::vector<std::uint8_t> bytes(body);
  std::array<std::uint8_t, 16> tag{};
  const auto bare = [&] {
    for (std::size_t i = 0; i < packets; ++i) {
      bare_seals.run(bytes, tag, true);
      bare_opens.run(bytes, tag, false);
    }
  };
  repute::bench::by_turns(state, packets, bare, ours);
}

// Of a snapshot, by its manifest.
void signature_made(benchmark::State& state) {
  const seal::signing_key key = seal::signing_key::generate();
  const std::vector<std::uint8_t> manifest(4096);
  for ([[maybe_unused]] auto _ : state) {
    benchmark::DoNotOptimize(key.sign(manifest));
  }
}

void signature_verified(benchmark::State& state) {
  const seal::signing_key key = seal::signing_key::generate();
  const std::vector<std::uint8_t> manifest(4096);
  const seal::signature made = key.sign(manifest);
  for ([[maybe_unused]] auto _ : state) {
    benchmark::DoNotOptimize(seal::verify(key.public_half(), manifest, made));
  }
}

void header_mac(benchmark::State& state) {
  seal::header_mac mac;
  const std::array<std::uint8_t, 128> datagram{};
  const seal::secret<16> key;
  for ([[maybe_unused]] auto _ : state) {
    benchmark::DoNotOptimize(mac(key, datagram));
  }
}

void nonce(benchmark::State& state) {
  seal::nonce_source nonces(7);
  for ([[maybe_unused]] auto _ : state) {
    benchmark::DoNotOptimize(nonces.next(1'700'000'000'000'000'000));
  }
}

void session_keys(benchmark::State& state) {
  const seal::secret<32> psk;
  std::uint64_t sid = 0;
  for ([[maybe_unused]] auto _ : state) {
    benchmark::DoNotOptimize(
        seal::derive_session_keys(psk, ++sid, seal::cipher_suite::aes_128_gcm));
  }
}

// ratio: ours in terms of OpenSSL's cipher alone.
BENCHMARK(open_and_seal)->ArgsProduct({{72, 408, 1176}, {1, 2}});
BENCHMARK(header_mac);
BENCHMARK(nonce);
BENCHMARK(session_keys);
BENCHMARK(signature_made);
BENCHMARK(signature_verified);

}  // namespace
