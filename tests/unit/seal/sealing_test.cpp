// SPDX-License-Identifier: Apache-2.0
#include "repute/seal/sealing.hpp"

#include <gtest/gtest.h>
#include <openssl/crypto.h>

#include <atomic>
#include <cstdlib>

#include "repute/schema/message.hpp"
#include "repute/seal/digest.hpp"
#include "unit/seal/sealed_vectors.hpp"

namespace repute::seal {
namespace {

using test::bytes;
using test::parse_hex;
using test::sealed_rows;

// OpenSSL's allocations; it takes these functions only before its first one.
std::atomic<std::uint64_t> openssl_allocations{0};
const bool counting = CRYPTO_set_mem_functions(
                          [](std::size_t size, const char*, int) {
                            ++openssl_allocations;
                            return std::malloc(size);
                          },
                          [](void* old, std::size_t size, const char*, int) {
                            ++openssl_allocations;
                            return std::realloc(old, size);
                          },
                          [](void* old, const char*, int) { std::free(old); }) == 1;

// What is needed to open or seal a datagram: its header names the session.
struct session {
  client_keys client;
  cipher_suite suite;
  session_keys keys;

  session(const master_key& master, byte_view header)
      : client(derive_client_keys(master,
                                  load_le<std::uint32_t>(header.data() + wire::header::client_id))),
        suite(to_cipher_suite(static_cast<std::uint8_t>(header[wire::header::suite_slot] >> 4))
                  .value()),
        keys(derive_session_keys(
            client.psk, load_le<std::uint64_t>(header.data() + wire::header::sid), suite)) {}
};

bytes opened(const bytes& datagram, const secret<32>& key, cipher_suite suite) {
  packet_cipher cipher(packet_cipher::role::opens, suite, key);
  bytes body(body_size(datagram.size()));
  return cipher.open(datagram, body) ? body : bytes{};
}

bytes sealed(const bytes& header, const bytes& plain, const secret<32>& key, cipher_suite suite) {
  bytes out = plain;
  std::copy_n(header.begin(), wire::header::size, out.begin());
  out.resize(out.size() + tag_size);
  packet_cipher cipher(packet_cipher::role::seals, suite, key);
  EXPECT_TRUE(cipher.seal(out));
  return out;
}

bytes body_of(const bytes& plain) {
  return {plain.begin() + wire::header::size, plain.end()};
}

TEST(sealing, client_keys_of_vectors) {
  for (const auto& row : sealed_rows("client")) {
    const auto made = derive_client_keys(test::secret_of<32>(row.at(1)),
                                         static_cast<std::uint32_t>(std::stoul(row.at(2))));
    EXPECT_EQ(to_hex(made.psk.view()), row.at(3));
    EXPECT_EQ(to_hex(made.mac.view()), row.at(4));
  }
}

TEST(sealing, session_keys_of_vectors) {
  for (const auto& row : sealed_rows("session")) {
    const auto suite = to_cipher_suite(static_cast<std::uint8_t>(row.at(3).at(0) - '0')).value();
    const auto made = derive_session_keys(
        test::secret_of<32>(row.at(1)), load_le<std::uint64_t>(parse_hex(row.at(2)).data()), suite);
    EXPECT_EQ(to_hex(made.to_server.view().first(key_size(suite))), row.at(4));
    EXPECT_EQ(to_hex(made.to_client.view().first(key_size(suite))), row.at(5));
  }
}

TEST(sealing, mac1_of_vectors) {
  header_mac mac;
  for (const auto& row : sealed_rows("mac1")) {
    bytes header = parse_hex(row.at(2));
    const std::uint32_t expected = load_le<std::uint32_t>(parse_hex(row.at(3)).data());
    EXPECT_EQ(mac(test::secret_of<16>(row.at(1)), header), expected);
    store_le(header.data() + wire::header::mac1, std::uint32_t{0});
    EXPECT_EQ(mac(test::secret_of<16>(row.at(1)), header), expected) << "its own bytes count";
  }
}

TEST(sealing, requests_of_vectors) {
  for (const auto& row : sealed_rows("request")) {
    const bytes plain = parse_hex(row.at(2));
    const bytes datagram = parse_hex(row.at(3));
    const session its(test::secret_of<32>(row.at(1)), datagram);
    EXPECT_EQ(to_hex(opened(datagram, its.keys.to_server, its.suite)), to_hex(body_of(plain)));
    EXPECT_EQ(to_hex(sealed(datagram, plain, its.keys.to_server, its.suite)), row.at(3));
    header_mac mac;
    EXPECT_EQ(mac(its.client.mac, datagram),
              load_le<std::uint32_t>(datagram.data() + wire::header::mac1));
  }
}

TEST(sealing, replies_of_vectors) {
  for (const auto& row : sealed_rows("reply")) {
    const session its(test::secret_of<32>(row.at(1)), parse_hex(row.at(2)));
    const bytes plain = parse_hex(row.at(3));
    const bytes datagram = parse_hex(row.at(4));
    EXPECT_EQ(to_hex(opened(datagram, its.keys.to_client, its.suite)), to_hex(body_of(plain)));
    EXPECT_EQ(to_hex(sealed(datagram, plain, its.keys.to_client, its.suite)), row.at(4));
  }
}

// True if a server that has `master` in slot 3 would open it.
bool would_open(const master_key& master, const bytes& datagram) {
  wire::packet_header header;
  if (wire::decode_request_header(datagram, header) != wire::header_check::ok ||
      !to_cipher_suite(header.suite) || header.slot != 3) {
    return false;
  }
  const session its(master, datagram);
  header_mac mac;
  return mac(its.client.mac, datagram) == header.mac1 &&
         !opened(datagram, its.keys.to_server, its.suite).empty();
}

TEST(sealing, bad_requests_of_vectors_do_not_open) {
  for (const auto& row : sealed_rows("request_bad")) {
    EXPECT_FALSE(would_open(test::secret_of<32>(row.at(2)), parse_hex(row.at(3)))) << row.at(1);
  }
}

TEST(sealing, no_flipped_bit_opens) {
  for (const auto& row : sealed_rows("request")) {
    const auto master = test::secret_of<32>(row.at(1));
    bytes datagram = parse_hex(row.at(3));
    if (datagram.size() > 200) {
      continue;
    }
    const session its(master, datagram);
    for (std::size_t bit = 0; bit < datagram.size() * 8; ++bit) {
      const auto mask = static_cast<std::uint8_t>(1 << bit % 8);
      datagram[bit / 8] ^= mask;
      EXPECT_TRUE(opened(datagram, its.keys.to_server, its.suite).empty()) << bit;
      datagram[bit / 8] ^= mask;
    }
  }
}

TEST(sealing, a_packet_costs_no_allocation) {
  for (const auto suite : {cipher_suite::aes_128_gcm, cipher_suite::chacha20_poly1305}) {
    const secret<32> key;
    header_mac mac;
    packet_cipher seals(packet_cipher::role::seals, suite, key);
    packet_cipher opens(packet_cipher::role::opens, suite, key);
    bytes datagram(1232);
    bytes body(1232);
    const auto round = [&] {
      ASSERT_TRUE(seals.seal(datagram));
      ASSERT_TRUE(opens.open(datagram, body));
      datagram.back() ^= 1;
      ASSERT_FALSE(opens.open(datagram, body));
      ASSERT_NE(mac(secret<16>{}, datagram), 0u);
    };
    round();
    const std::uint64_t before = openssl_allocations;
    ASSERT_TRUE(counting && before > 0);
    for (int i = 0; i < 100; ++i) {
      round();
    }
    EXPECT_EQ(openssl_allocations, before) << word(suite);
  }
}

TEST(sealing, suites_have_words_and_numbers) {
  EXPECT_FALSE(to_cipher_suite(0));
  EXPECT_FALSE(to_cipher_suite(3));
  for (const auto suite : {cipher_suite::aes_128_gcm, cipher_suite::chacha20_poly1305}) {
    EXPECT_EQ(to_cipher_suite(static_cast<std::uint8_t>(suite)), suite);
    EXPECT_EQ(parse_cipher_suite(word(suite)), suite);
  }
  EXPECT_FALSE(parse_cipher_suite("plain"));
}

}  // namespace
}  // namespace repute::seal
