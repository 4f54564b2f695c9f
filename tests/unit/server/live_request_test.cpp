// SPDX-License-Identifier: Apache-2.0
#include "control/live_request.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "repute/seal/digest.hpp"

namespace repute::control {
namespace {

constexpr std::uint64_t now_s = 1'700'000'000;
constexpr const char* host_key = "000102030405060708090a0b0c0d0e0f";

std::string one_change(std::string_view members) {
  return fmt::format(R"({{"cmd":"put","salt":"aabb","entries":[{{{}}}]}})", members);
}
std::string problem_of(command command, std::string_view line) {
  const auto parsed = parse_changes(command, line, now_s);
  const auto* problem = std::get_if<request_problem>(&parsed);
  return problem == nullptr ? "none" : *problem;
}
changes_request must_parse(command command, std::string_view line) {
  auto parsed = parse_changes(command, line, now_s);
  EXPECT_EQ(problem_of(command, line), "none");
  return std::get<changes_request>(parsed);
}

TEST(live_request_test, a_put_with_everything) {
  const auto asked = must_parse(
      command::put, one_change(fmt::format(
                        R"("kind":16,"key":"{}","verdict":"spam","score":-5,"category":7,"ttl":9,)"
                        R"("expires":{},"who":"w","text":"t","reason":"r")",
                        host_key, now_s + 1)));
  EXPECT_EQ(asked.salt_fp, (std::array<std::uint8_t, 2>{0xaa, 0xbb}));
  ASSERT_EQ(asked.changes.size(), 1u);
  const store::live_entry& entry = asked.changes[0];
  EXPECT_EQ(entry.layer, store::live_layer::live);
  EXPECT_EQ(entry.action, store::live_action::put);
  EXPECT_EQ(entry.kind, kind::host);
  EXPECT_EQ(entry.key[15], 15);
  EXPECT_EQ(entry.verdict, verdict::spam);
  EXPECT_EQ(entry.score, -5);
  EXPECT_EQ(entry.category, 7);
  EXPECT_EQ(entry.cache_ttl_s, 9);
  EXPECT_EQ(entry.expires_unix_s, now_s + 1);
  EXPECT_EQ(entry.who + entry.text + entry.reason, "wtr");
}

TEST(live_request_test, commands_choose_layer_and_action) {
  const std::string line = one_change(fmt::format(R"("kind":16,"key":"{}")", host_key));
  for (const command each : {command::del, command::override_del}) {
    const auto entry = must_parse(each, line).changes[0];
    EXPECT_EQ(entry.action, store::live_action::remove);
    EXPECT_EQ(entry.layer,
              each == command::del ? store::live_layer::live : store::live_layer::override);
  }
  const std::string none =
      one_change(fmt::format(R"("kind":16,"key":"{}","verdict":"none")", host_key));
  EXPECT_EQ(must_parse(command::override_add, none).changes[0].verdict, verdict::none);
  EXPECT_EQ(problem_of(command::put, none), "entries[0].verdict: only an override can say none");
}

TEST(live_request_test, addresses_and_networks) {
  const auto put = [](std::string_view members) {
    return one_change(fmt::format(R"({},"verdict":"spam")", members));
  };
  EXPECT_EQ(must_parse(command::put, put(R"("kind":1,"key":"c0000201")")).changes[0].prefix_length,
            32);
  EXPECT_EQ(
      must_parse(command::put, put(R"("kind":1,"key":"c0000200","prefix":24)")).changes[0].key[2],
      2);
  EXPECT_EQ(must_parse(command::put, put(R"("kind":1,"key":"00000000","prefix":0)"))
                .changes[0]
                .prefix_length,
            0);
  EXPECT_EQ(problem_of(command::put, put(R"("kind":1,"key":"c0000201","prefix":24)")),
            "entries[0].key: has bits after its prefix");
  EXPECT_EQ(problem_of(command::put, put(R"("kind":1,"key":"c0000201","prefix":33)")),
            "entries[0].prefix: not a number from 0 to 32");
  EXPECT_EQ(
      problem_of(command::put, put(fmt::format(R"("kind":16,"key":"{}","prefix":1)", host_key))),
      "entries[0].prefix: not a number from 0 to 0");
}

TEST(live_request_test, what_is_wrong_is_named) {
  const auto with = [](std::string_view key, std::string_view more) {
    return problem_of(command::put,
                      one_change(fmt::format(R"("kind":16,"key":"{}",{})", key, more)));
  };
  EXPECT_EQ(with("00", R"("verdict":"spam")"), "entries[0].key: not 32 hexadecimal digits");
  EXPECT_EQ(with(host_key, R"("verdict":"bad")"), "entries[0].verdict: not a verdict");
  EXPECT_EQ(with(host_key, R"("verdict":"spam","score":1001)"),
            "entries[0].score: not a number from -1000 to 1000");
  EXPECT_EQ(with(host_key, R"("verdict":"spam","expires":1)"),
            "entries[0].expires: has passed already");
  EXPECT_EQ(with(host_key, R"("verdict":"spam","exipres":1)"), "entries[0].exipres: unknown field");
  EXPECT_EQ(with(host_key, fmt::format(R"("verdict":"spam","who":"{}")", std::string(129, 'w'))),
            "entries[0].who: not a text of at most 128 bytes");
  EXPECT_EQ(problem_of(command::put, one_change(fmt::format(R"("kind":99,"key":"{}")", host_key))),
            "entries[0].kind: not a kind that can be listed");
  EXPECT_EQ(problem_of(command::put, one_change(fmt::format(
                                         R"("kind":35,"key":"{}","verdict":"trusted")", host_key))),
            "entries[0].verdict: trusted is refused for MD5 kinds and texts, which can be forged");
  EXPECT_EQ(problem_of(command::put, R"({"cmd":"put","salt":"aabb","entries":[]})"),
            "entries: not an array of 1 to 512 elements");
  EXPECT_EQ(problem_of(command::put, R"({"cmd":"put","salt":"aabb","entries":[1]})"),
            "entries[0]: not an object");
  EXPECT_EQ(problem_of(command::put, R"({"cmd":"put","entries":[{}]})"),
            "salt: not 4 hexadecimal digits");
  EXPECT_EQ(problem_of(command::put, "[]"), "not a JSON object");
}

TEST(live_request_test, a_text_is_reported_with_its_signature) {
  const auto report = [](std::string_view signature) {
    return one_change(
        fmt::format(R"("kind":49,"key":"{}","verdict":"spam","text":"{}")", host_key, signature));
  };
  text_signature of_text;
  of_text.bands.fill(1);
  const auto hex = [&](const text_signature& of) {
    return seal::to_hex(encode_text_signature(of));
  };
  const std::string unknown_format =
      "entries[0].text: not a text signature of the format that "
      "this server knows";
  EXPECT_EQ(problem_of(command::put, report(hex(of_text))), unknown_format) << "format 0";
  of_text.format = text_signature::this_format;
  const std::string signature = hex(of_text);
  EXPECT_EQ(must_parse(command::put, report(signature)).changes[0].text, signature);
  EXPECT_EQ(problem_of(command::put, report(signature.substr(2))), unknown_format);
  EXPECT_EQ(problem_of(command::put, report("g" + signature.substr(1))), unknown_format);
  of_text.bands[52] = 0;
  EXPECT_EQ(problem_of(command::put, report(hex(of_text))), unknown_format) << "no text has it";
  const std::string removal = one_change(fmt::format(R"("kind":49,"key":"{}")", host_key));
  EXPECT_EQ(must_parse(command::del, removal).changes[0].kind, kind::text_sig);
}

TEST(live_request_test, pages_and_keys) {
  const auto list = parse_list(R"({"cmd":"list","layer":"live","count":7,)"
                               R"("after":"0110000102030405060708090a0b0c0d0e0f00"})");
  ASSERT_TRUE(std::holds_alternative<list_request>(list));
  EXPECT_EQ(std::get<list_request>(list).count, 7u);
  EXPECT_EQ(std::get<list_request>(list).after->kind, kind::host);
  for (const char* wrong : {R"({"cmd":"list","layer":"feeds"})", R"({"cmd":"list"})",
                            R"({"cmd":"list","layer":"live","count":0})",
                            R"({"cmd":"list","layer":"live","after":"01"})",
                            R"({"cmd":"list","layer":"override","after":)"
                            R"("0110000102030405060708090a0b0c0d0e0f00"})"}) {
    EXPECT_TRUE(std::holds_alternative<request_problem>(parse_list(wrong))) << wrong;
  }
  const auto entry = parse_entry(R"({"cmd":"entry","keys":[{"kind":1,"key":"c0000201"}]})");
  ASSERT_TRUE(std::holds_alternative<entry_request>(entry));
  EXPECT_EQ(std::get<entry_request>(entry).keys[0].prefix_length, 32);
  EXPECT_TRUE(std::holds_alternative<request_problem>(
      parse_entry(R"({"cmd":"entry","keys":[{"kind":1,"key":"c0000201","verdict":"spam"}]})")));
}

}  // namespace
}  // namespace repute::control
