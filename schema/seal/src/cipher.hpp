// SPDX-License-Identifier: Apache-2.0
// What a packet_cipher is made of.
#pragma once

#include <memory>

#include "repute/seal/sealing.hpp"

namespace repute::seal::detail {

/// One direction of one session, by one library. Functions as in packet_cipher.
class cipher {
 public:
  cipher() = default;
  virtual ~cipher() = default;
  cipher(const cipher&) = delete;
  cipher& operator=(const cipher&) = delete;

  [[nodiscard]] virtual bool seal(byte_span datagram) noexcept = 0;
  [[nodiscard]] virtual bool open(byte_view datagram, byte_span body) noexcept = 0;
};

/// Throws std::runtime_error if OpenSSL does not have the suite.
[[nodiscard]] std::unique_ptr<cipher> openssl_cipher(packet_cipher::role as, cipher_suite suite,
                                                     const secret<32>& key);

/// AES-128-GCM by a library that is made for packets; null where there is none for this processor.
[[nodiscard]] std::unique_ptr<cipher> packet_aes(const secret<32>& key);

}  // namespace repute::seal::detail
