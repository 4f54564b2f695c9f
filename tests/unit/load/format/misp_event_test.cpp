// SPDX-License-Identifier: Apache-2.0
#include "recorded_rows.hpp"

namespace repute::load::test {
namespace {

recorded_rows read(std::string_view text) {
  return {text, spec_without_kind(feed_format::misp_event)};
}

constexpr std::string_view event = R"({"Event": {
 "Attribute": [
  {"type": "domain", "value": "a.example", "to_ids": true, "category": "x"},
  {"value": "192.0.2.1", "type": "ip-dst", "to_ids": true, "comment": "c2"},
  {"type": "domain", "value": "quiet.example", "to_ids": false},
  {"type": "domain", "value": "gone.example", "to_ids": true, "deleted": true},
  {"type": "sha1", "value": "aa", "to_ids": true},
  {"type": "filename|sha256", "value": "x.exe|bb", "to_ids": true},
  {"type": "domain|ip", "value": "b.example|192.0.2.2", "to_ids": true},
  {"type": "ip-src|port", "value": "192.0.2.3|25", "to_ids": "1"},
  {"type": "url", "value": "http://c.example/x|y", "to_ids": 1}
 ],
 "Object": [
  {"name": "file", "Attribute": [{"type": "md5", "value": "cc", "to_ids": true}]},
  {"Attribute": [{"type": "md5", "value": "dd", "to_ids": true}], "deleted": true}
 ],
 "info": "campaign"}})";

TEST(misp_event_format, attributes_for_detection_are_rows) {
  const auto rows = read(event);
  EXPECT_EQ(rows.problem(), "");
  EXPECT_EQ(rows.lines(), (lines{"3:31 a.example|||campaign", "4:13 192.0.2.1|||c2",
                                 "8:40 bb|||campaign", "9:34 b.example|||campaign",
                                 "9:34 192.0.2.2|||campaign", "10:36 192.0.2.3|||campaign",
                                 "11:28 http://c.example/x|y|||campaign", "14:59 cc|||campaign"}));
  EXPECT_EQ(kinds_of(rows), (lines{"domain", "ip", "sha256", "domain", "ip", "ip", "url", "md5"}));
  EXPECT_EQ(rows.skipped(), 4U);
}

// A file's name may hold the separator, a digest does not.
TEST(misp_event_format, the_digest_of_a_file_stands_behind_the_last_bar) {
  const auto rows = read(R"({"Event": {"Attribute": [
{"type": "filename|sha256", "value": "a|b.exe|cc", "to_ids": true},
{"type": "filename|md5", "value": "|a|dd", "to_ids": true},
{"type": "malware-sample", "value": "x|y|ee", "to_ids": true},
{"type": "domain|ip", "value": "a.example|192.0.2.1|x", "to_ids": true}]}})");
  EXPECT_EQ(rows.lines(),
            (lines{"2:38 cc", "3:35 dd", "4:37 ee", "5:32 a.example", "5:32 192.0.2.1|x"}));
}

// They are counted when they are read: what is kept would be many times their size.
TEST(misp_event_format, attributes_that_list_nothing_are_not_kept) {
  class counting final : public row_sink {
   public:
    bool take(const raw_row&) override { return ++taken != 0; }
    bool reject(const bad_row&) override { return false; }
    void skip() override { skipped_before_rows += taken == 0 ? 1U : 0U; }
    std::size_t taken = 0;
    std::size_t skipped_before_rows = 0;
  };
  counting sink;
  EXPECT_FALSE(read_rows(R"({"Event": {"Attribute": [
{"type": "md5", "value": "aa", "to_ids": true}, {}, {"type": "md5", "value": "bb"},
{"type": "md5", "value": "cc", "to_ids": true, "deleted": true},
{"type": "whois-registrant-email", "value": "d@e.example", "to_ids": true}],
"Object": [{"Attribute": [{"type": "md5", "value": "dd", "to_ids": true}, {}], "deleted": 1}]}})",
                         spec_without_kind(feed_format::misp_event), sink));
  EXPECT_EQ(sink.taken, 1U);
  EXPECT_EQ(sink.skipped_before_rows, 6U);
}

TEST(misp_event_format, exports_hold_several_events) {
  const auto rows = read(
      R"({"response": [{"Event": {"Attribute": [{"type": "url", "value": "u", "to_ids": true}]}},
 {"Event": {"Attribute": [{"type": "email-src", "value": "v", "to_ids": true}]}}]})");
  EXPECT_EQ(rows.lines(), (lines{"1:65 u", "2:58 v"}));
}

TEST(misp_event_format, other_files_are_refused) {
  for (const std::string_view text :
       {"{}", "[]", "7", "", "a.example\n", R"({"uuid": {"info": "a manifest"}})",
        R"({"type": "string", "list": ["a"]})"}) {
    EXPECT_NE(read(text).problem(), "") << text;
    EXPECT_EQ(read(text).lines(), lines{}) << text;
  }
}

TEST(misp_event_format, a_cut_event_is_refused_wherever_it_is_cut) {
  for (std::size_t size = 0; size < event.size(); ++size) {
    EXPECT_NE(read(event.substr(0, size)).problem(), "") << size;
  }
  EXPECT_NE(read(std::string(event) + " x").problem(), "");
}

TEST(misp_event_format, nul_and_overlong_values_are_bad_rows) {
  EXPECT_EQ(read(R"({"Event": {"Attribute": [{"type": "url", "value": "a\u0000b", "to_ids": true},
{"type": "url", "value": ")" +
                 std::string(row_bytes_max + 1, 'x') + R"(", "to_ids": true}]}})")
                .lines(),
            (lines{"1:51 bad: a NUL byte", "2:26 bad: longer than 64 KiB"}));
}

}  // namespace
}  // namespace repute::load::test
