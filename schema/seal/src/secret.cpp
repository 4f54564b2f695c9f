// SPDX-License-Identifier: Apache-2.0
#include "repute/seal/secret.hpp"

#include <openssl/crypto.h>
#include <sys/prctl.h>
#include <sys/random.h>

#include <cerrno>
#include <stdexcept>

namespace repute::seal {

void wipe(byte_span bytes) noexcept {
  OPENSSL_cleanse(bytes.data(), bytes.size());
}

bool equal_secret(byte_view a, byte_view b) noexcept {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

void fill_random(byte_span bytes) {
  while (!bytes.empty()) {
    const ssize_t got = ::getrandom(bytes.data(), bytes.size(), 0);
    if (got > 0) {
      bytes = bytes.subspan(static_cast<std::size_t>(got));
    } else if (errno != EINTR) {
      throw std::runtime_error("the system has no random numbers");
    }
  }
}

void keep_out_of_core_dumps() noexcept {
  ::prctl(PR_SET_DUMPABLE, 0);
}

}  // namespace repute::seal
