// SPDX-License-Identifier: Apache-2.0
// The worked example of schema/wire_format.md is what the codec writes; its tables have our
// numbers.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "repute/schema/message.hpp"
#include "unit/schema/vectors.hpp"

namespace repute::wire {
namespace {

std::string page() {
  std::ifstream file(REPUTE_SCHEMA_DIR "/wire_format.md");
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// Bytes of the fenced block that begins with ```NAME; on each line they end at `;`.
test::bytes block_of(const std::string& name) {
  std::istringstream in(page());
  std::string line;
  while (std::getline(in, line) && line != "```" + name) {
  }
  std::string hex;
  while (std::getline(in, line) && line != "```") {
    hex += line.substr(0, line.find(';')) + ' ';
  }
  return test::parse_hex(hex);
}

bool has_row(const std::string& first, const std::string& second) {
  return page().find("| " + first + " | " + second + " |") != std::string::npos;
}

std::string hex_byte(std::uint8_t value) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  return {'0', 'x', digits[value >> 4], digits[value & 15]};
}

TEST(wire_format_page, example_query_is_what_the_codec_writes) {
  const test::bytes hash = test::parse_hex("fa366916bda950bdc80be9ff4be45306");
  const std::vector<key> keys{key(kind::ip4, test::bytes{127, 0, 0, 2}), key(kind::host, hash)};
  test::bytes datagram(request_size_max);
  datagram.resize(encode_request(type::query, 0x0123456789abcdef, 500, keys, datagram));
  EXPECT_EQ(block_of("query"), datagram);
}

TEST(wire_format_page, example_answer_is_what_the_codec_writes) {
  packet_header request;
  request.req_id = 0x0123456789abcdef;
  const server_status status{.key_count = 2,
                             .load = 12,
                             .qdelay_10us = 3,
                             .server_id = 7,
                             .data_epoch = 0x11223344,
                             .salt_fp = {0x66, 0x68},
                             .generation = 42};
  const std::vector<answer> answers{
      {status::listed, verdict::blacklisted, 1000, 0, vflag_detail_available, 60},
      {status::listed, verdict::spam, 1000, 0, vflag_detail_available, 60}};
  test::bytes storage(request_size_max, 0xff);
  reply_buffer reply(storage, 128);
  encode_answer_packet(request, status, answers, {}, reply);
  EXPECT_EQ(block_of("answer"), test::bytes(reply.bytes().begin(), reply.bytes().end()));
}

TEST(wire_format_page, tables_have_the_numbers_of_the_code) {
  for (const kind value : all_kinds) {
    EXPECT_TRUE(has_row(hex_byte(static_cast<std::uint8_t>(value)), std::string(name(value))))
        << name(value);
  }
  for (const verdict value : all_verdicts) {
    EXPECT_TRUE(
        has_row(std::to_string(static_cast<int>(value)), "`" + std::string(word(value)) + "`"))
        << word(value);
  }
  for (int number = 0; number <= static_cast<int>(status::refused); ++number) {
    const std::string status_word(word(static_cast<status>(number)));
    EXPECT_TRUE(has_row(std::to_string(number), "`" + status_word + "`")) << status_word;
  }
}

}  // namespace
}  // namespace repute::wire
