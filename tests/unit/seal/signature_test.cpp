// SPDX-License-Identifier: Apache-2.0
#include "repute/seal/signature.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <fstream>

#include "repute/seal/digest.hpp"
#include "repute/seal/server_list.hpp"
#include "unit/schema/vectors.hpp"

namespace repute::seal {
namespace {

std::string text_in(const std::string& field) {
  const test::bytes bytes = test::parse_hex(field);
  return {bytes.begin(), bytes.end()};
}

signing_key key_of(const std::string& seed) {
  std::array<std::uint8_t, signing_key::seed_size> bytes{};
  EXPECT_TRUE(from_hex(seed, bytes));
  return signing_key::from_seed(bytes);
}

std::vector<std::vector<std::string>> rows_named(const std::string& name) {
  std::vector<std::vector<std::string>> rows;
  for (const auto& row : test::read_vectors("signatures.txt")) {
    if (row.at(0) == name) {
      rows.push_back(row);
    }
  }
  EXPECT_FALSE(rows.empty()) << name;
  return rows;
}

TEST(ed25519, rfc_8032) {
  for (const auto& row : rows_named("ed25519")) {
    const signing_key key = key_of(row.at(1));
    const test::bytes message = test::parse_hex(row.at(3));
    EXPECT_EQ(to_hex(key.public_half().bytes), row.at(2));
    EXPECT_EQ(to_hex(key.sign(message)), row.at(4));
    EXPECT_TRUE(verify(key.public_half(), message, key.sign(message)));
  }
}

TEST(ed25519, another_message_key_or_signature_does_not_verify) {
  const signing_key key = signing_key::generate();
  const signing_key other = signing_key::generate();
  EXPECT_NE(key.public_half(), other.public_half());
  const test::bytes message{1, 2, 3};
  const signature made = key.sign(message);
  EXPECT_FALSE(verify(other.public_half(), message, made));
  EXPECT_FALSE(verify(key.public_half(), byte_view(message).first(2), made));
  for (std::size_t bit = 0; bit < made.size() * 8; ++bit) {
    signature flipped = made;
    flipped[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
    EXPECT_FALSE(verify(key.public_half(), message, flipped)) << bit;
  }
  for (const int filler : {0x00, 0x7f, 0xff}) {  // no points of the curve among them
    public_key strange;
    strange.bytes.fill(static_cast<std::uint8_t>(filler));
    EXPECT_FALSE(verify(strange, message, made)) << filler;
  }
}

TEST(public_key, words_read_back_and_only_in_one_form) {
  const public_key key = signing_key::generate().public_half();
  const std::string word = to_string(key);
  EXPECT_EQ(parse_public_key(word), key);
  std::string upper = to_string(public_key{.bytes = {0xab}});
  upper[8] = 'A';
  for (const std::string& bad : {std::string(), word + "0", word.substr(1), word + "\n", upper,
                                 word.substr(8), " " + word, word.substr(0, word.size() - 2)}) {
    EXPECT_FALSE(parse_public_key(bad)) << bad;
  }
}

TEST(secret_key_file, vectors_computed_elsewhere) {
  for (const auto& row : rows_named("secret_key_file")) {
    EXPECT_EQ(secret_text(key_of(row.at(1))).view(), text_in(row.at(2)));
    std::string problem;
    const auto read = parse_secret_key(text_in(row.at(2)), problem);
    ASSERT_TRUE(read) << problem;
    EXPECT_EQ(read->public_half(), key_of(row.at(1)).public_half());
  }
}

TEST(secret_key_file, every_changed_byte_is_refused_without_showing_the_secret) {
  const std::string good(secret_text(signing_key::generate()).view());
  for (std::size_t i = 0; i < good.size(); ++i) {
    for (const char changed : {'0', 'f', '\n', 'A', '\0'}) {
      std::string bad = good;
      bad[i] = changed;
      std::string problem;
      EXPECT_EQ(parse_secret_key(bad, problem).has_value(), bad == good) << i;
      EXPECT_EQ(problem.find(good.substr(25, 8)), std::string::npos);
    }
  }
  std::string problem;
  EXPECT_FALSE(parse_secret_key(good + "\n", problem));
  EXPECT_FALSE(parse_secret_key(good.substr(0, good.size() - 1), problem));
  EXPECT_FALSE(parse_secret_key("", problem));
}

TEST(signature_file, vectors_computed_elsewhere) {
  for (const auto& row : rows_named("manifest")) {
    const signing_key key = key_of(row.at(1));
    const std::string message = "repute manifest signature 1\n" + text_in(row.at(2));
    const signed_by by{key.public_half(), key.sign(bytes_of(message))};
    EXPECT_EQ(encode_signature_file(by), text_in(row.at(3)));
    EXPECT_EQ(decode_signature_file(text_in(row.at(3))), by);
  }
}

TEST(signature_file, has_one_form) {
  const std::string good = encode_signature_file({});
  ASSERT_TRUE(decode_signature_file(good));
  for (std::size_t i = 0; i < good.size(); ++i) {
    for (const char changed : {'1', ' ', '\n', 'A', '\0'}) {
      std::string bad = good;
      bad[i] = changed;
      const auto read = decode_signature_file(bad);
      EXPECT_TRUE(!read || encode_signature_file(*read) == bad) << i << changed;
    }
    EXPECT_FALSE(decode_signature_file(good.substr(0, i))) << i;
  }
  EXPECT_FALSE(decode_signature_file(good + "\n"));
}

TEST(server_list, vectors_computed_elsewhere) {
  for (const auto& row : rows_named("servers")) {
    const std::string document = text_in(row.at(2));
    std::string problem;
    const auto read = decode_server_list(document, problem);
    ASSERT_TRUE(read) << problem;
    EXPECT_TRUE(verify_server_list(document, *read));
    EXPECT_EQ(read->by.key, key_of(row.at(1)).public_half());
    EXPECT_EQ(sign_server_list(read->list, key_of(row.at(1))), document);
  }
}

TEST(server_list, broken_documents_are_refused_whoever_signed_them) {
  for (const auto& row : rows_named("servers_bad")) {
    std::string problem;
    EXPECT_FALSE(decode_server_list(text_in(row.at(2)), problem)) << row.at(1);
    EXPECT_FALSE(problem.empty()) << row.at(1);
  }
}

server_list example(std::size_t servers) {
  server_list list{.version = 3, .data_epoch = 7, .servers = {}};
  for (std::size_t i = 0; i < servers; ++i) {
    list.servers.push_back({"server-" + std::to_string(i) + ".example.net", 7060, 0});
  }
  return list;
}

TEST(server_list, every_flipped_bit_is_noticed) {
  const std::string good = sign_server_list(example(2), signing_key::generate()).value();
  for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
    std::string bad = good;
    bad[bit / 8] = static_cast<char>(bad[bit / 8] ^ (1 << bit % 8));
    std::string problem;
    const auto read = decode_server_list(bad, problem);
    EXPECT_FALSE(read && verify_server_list(bad, *read)) << bit;
  }
}

TEST(server_list, names_the_broken_line) {
  const std::string good = sign_server_list(example(2), signing_key::generate()).value();
  const auto problem_with = [&](const std::string& from, const std::string& to) {
    std::string bad = good;
    bad.replace(bad.find(from), from.size(), to);
    std::string problem;
    EXPECT_FALSE(decode_server_list(bad, problem));
    return problem.substr(0, 7);
  };
  EXPECT_EQ(problem_with("servers 1", "servers 2"), "line 1 ");
  EXPECT_EQ(problem_with("version 3", "version x"), "line 2 ");
  EXPECT_EQ(problem_with("epoch", "epock"), "line 3 ");
  EXPECT_EQ(problem_with("7060 0\n", "7060 x\n"), "line 4 ");
  EXPECT_EQ(problem_with("key ", "kex "), "line 6 ");
  EXPECT_EQ(problem_with("signature ", "signature x"), "line 7 ");
}

TEST(server_list, has_bounds) {
  const signing_key key = signing_key::generate();
  EXPECT_TRUE(problem_of(example(0)));
  EXPECT_FALSE(problem_of(example(server_list_entries_max)));
  EXPECT_TRUE(problem_of(example(server_list_entries_max + 1)));
  EXPECT_TRUE(sign_server_list(example(server_list_entries_max), key));
  server_list wide = example(server_list_entries_max);
  for (server_entry& server : wide.servers) {
    server.address += ".under-a-rather-long-parent-name";
  }
  ASSERT_FALSE(problem_of(wide));
  EXPECT_FALSE(sign_server_list(wide, key)) << "above 64 KiB";
  std::string problem;
  EXPECT_FALSE(decode_server_list(std::string(server_list_bytes_max + 1, 'x'), problem));
  EXPECT_EQ(problem, "longer than 64 KiB");
}

// What people read must be what programs write.
TEST(signatures_page, shows_the_vectors) {
  std::ifstream file(REPUTE_SCHEMA_DIR "/signatures.md");
  const std::string page{std::istreambuf_iterator<char>(file), {}};
  EXPECT_NE(page.find(text_in(rows_named("secret_key_file").back().at(2))), std::string::npos);
  EXPECT_NE(page.find(text_in(rows_named("manifest").front().at(2))), std::string::npos);
  EXPECT_NE(page.find(text_in(rows_named("manifest").front().at(3))), std::string::npos);
  EXPECT_NE(page.find(text_in(rows_named("servers").front().at(2))), std::string::npos);
}

RC_GTEST_PROP(server_list, what_was_signed_reads_back, ()) {
  static const signing_key key = signing_key::generate();
  server_list list;
  list.version = *rc::gen::inRange<std::uint32_t>(1, 0xffffffff);
  list.data_epoch = *rc::gen::arbitrary<std::uint32_t>();
  const auto count = *rc::gen::inRange(1, 20);
  for (int i = 0; i < count; ++i) {
    const auto octet = std::to_string(*rc::gen::inRange(0, 256));
    list.servers.push_back({"10." + octet + ".0." + std::to_string(i),
                            *rc::gen::inRange<std::uint16_t>(1, 65535),
                            *rc::gen::inRange<std::uint32_t>(0, server_bias_us_max + 1)});
  }
  const std::string document = sign_server_list(list, key).value();
  std::string problem;
  const auto read = decode_server_list(document, problem);
  RC_ASSERT(read.has_value());
  RC_ASSERT(read->list == list);
  RC_ASSERT(verify_server_list(document, *read));
}

}  // namespace
}  // namespace repute::seal
