// SPDX-License-Identifier: Apache-2.0
// Whichever library seals: the bytes are the same.
#include "cipher.hpp"

#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace repute::seal::detail {
namespace {

using role = packet_cipher::role;
using bytes = std::vector<std::uint8_t>;

class cipher_test : public testing::Test {
 protected:
  cipher_test() {
    for (std::uint8_t& byte : key_.bytes().first(16)) {
      byte = random_byte();
    }
    fast_ = packet_aes(key_);
    seals_ = openssl_cipher(role::seals, cipher_suite::aes_128_gcm, key_);
    opens_ = openssl_cipher(role::opens, cipher_suite::aes_128_gcm, key_);
  }
  void SetUp() override {
    if (!fast_) {
      GTEST_SKIP() << "OpenSSL alone seals on this machine";
    }
  }

  std::uint8_t random_byte() { return static_cast<std::uint8_t>(random_()); }
  bytes random_packet(std::size_t body) {
    bytes out(wire::header::size + body + tag_size);
    for (std::uint8_t& byte : out) {
      byte = random_byte();
    }
    return out;
  }

  std::mt19937 random_{7060};
  secret<32> key_;
  std::unique_ptr<cipher> fast_;
  std::unique_ptr<cipher> seals_;
  std::unique_ptr<cipher> opens_;
};

TEST_F(cipher_test, two_libraries_seal_and_open_alike) {
  for (std::size_t size = 0; size <= wire::request_size_max; ++size) {
    const bytes plain = random_packet(size);
    bytes ours = plain;
    bytes theirs = plain;
    ASSERT_TRUE(fast_->seal(ours) && seals_->seal(theirs));
    ASSERT_EQ(ours, theirs) << size;
    bytes by_ours(size);
    bytes by_theirs(size);
    ASSERT_TRUE(fast_->open(ours, by_ours) && opens_->open(ours, by_theirs)) << size;
    ASSERT_TRUE(std::equal(by_ours.begin(), by_ours.end(), plain.begin() + wire::header::size));
    ASSERT_EQ(by_ours, by_theirs);
  }
}

TEST_F(cipher_test, neither_opens_what_was_changed) {
  bytes sealed = random_packet(88);
  ASSERT_TRUE(fast_->seal(sealed));
  bytes body(88);
  // The header counts from its first byte on, the tag to its last bit.
  for (std::size_t bit = 0; bit < sealed.size() * 8; ++bit) {
    sealed[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
    EXPECT_FALSE(fast_->open(sealed, body)) << bit;
    EXPECT_FALSE(opens_->open(sealed, body)) << bit;
    sealed[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
  }
  EXPECT_TRUE(fast_->open(sealed, body));
}

}  // namespace
}  // namespace repute::seal::detail
