// SPDX-License-Identifier: Apache-2.0
// What goes wrong with every feed sooner or later, tried on all formats that are texts.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>

#include "recorded_rows.hpp"

namespace repute::load::test {
namespace {

// A format with a head that it needs, and one good row of it: `before KEY after`.
struct text_format {
  feed_format format;
  std::string head;
  std::string before;
  std::string key;
  std::string after;
};

std::ostream& operator<<(std::ostream& out, const text_format& format) {
  return out << word(format.format);
}

const std::vector<text_format>& text_formats() {
  static const std::vector<text_format> all{
      {feed_format::list, "", "", "a.example", ""},
      {feed_format::csv, "", "", "a.example", ",why"},
      {feed_format::tsv, "", "", "a.example", "\twhy"},
      {feed_format::hosts, "", "0.0.0.0 ", "a.example", ""},
      {feed_format::ip4set, "", "", "192.0.2.1", " :2:why"},
      {feed_format::ip4trie, "", "", "192.0.2.1", " :2:why"},
      {feed_format::ip6trie, "", "", "2001:db8::1", " :2:why"},
      {feed_format::dnset, "", "", "a.example", " :2:why"},
      {feed_format::combined, "$DATASET dnset:n @\n", "", "a.example", " :2:why"},
      {feed_format::drop, "", "", "192.0.2.0/24", " ; SBL1"},
      {feed_format::urlhaus, "# id,dateadded,url,threat\n", "\"1\",\"d\",\"", "http://a.example/",
       "\",\"t\""},
      {feed_format::malwarebazaar, "# first_seen_utc,sha256_hash,md5_hash\n", "\"d\", \"", "aa",
       "\", \"bb\""},
      {feed_format::threatfox, "# ioc_id,ioc_value,ioc_type\n", "\"1\", \"", "a.example",
       "\", \"domain\""},
      {feed_format::feodo, "# first_seen_utc,dst_ip,dst_port\n", "d,", "192.0.2.1", ",443"},
      {feed_format::phishtank, "phish_id,url,verified,online\n", "1,", "http://a.example/",
       ",yes,yes"},
      {feed_format::openphish, "", "", "http://a.example/", ""},
      {feed_format::adblock, "", "||", "a.example", "^"},
      {feed_format::rpz, "", "", "a.example", " CNAME ."},
      {feed_format::jsonl, "", "{\"k\": \"", "a.example", "\"}"},
  };
  return all;
}

feed_spec spec_for(const text_format& format) {
  feed_spec spec = spec_without_kind(format.format);
  if (format.format == feed_format::jsonl) {
    spec.key_column = "k";
  }
  return spec;
}

std::string row_of(const text_format& format) {
  return format.before + format.key + format.after;
}

recorded_rows read(const text_format& format, std::string_view body) {
  return {format.head + std::string(body), spec_for(format)};
}

// `LINE` of each row or, with "bad", of each bad row; lines of the head do not count.
std::vector<std::string> outline(const text_format& format, std::string_view body) {
  const recorded_rows rows = read(format, body);
  const auto head = std::count(format.head.begin(), format.head.end(), '\n');
  std::vector<std::string> out;
  for (const std::string& line : rows.lines()) {
    const auto number = std::stol(line.substr(0, line.find(':'))) - head;
    const std::size_t bad = line.find(" bad: ");
    const std::string column = line.substr(line.find(':') + 1, bad - line.find(':') - 1);
    out.push_back(bad == std::string::npos
                      ? std::to_string(number)
                      : std::to_string(number) + ":" + column + line.substr(bad));
  }
  if (!rows.problem().empty()) {
    out.push_back("refused: " + rows.problem());
  }
  return out;
}

class every_text_format : public testing::TestWithParam<text_format> {};

INSTANTIATE_TEST_SUITE_P(formats, every_text_format, testing::ValuesIn(text_formats()),
                         [](const auto& each) { return std::string(word(each.param.format)); });

TEST_P(every_text_format, takes_any_line_end) {
  const std::string row = row_of(GetParam());
  const std::vector<std::string> all{"1", "2", "3"};
  EXPECT_EQ(outline(GetParam(), row + "\n" + row + "\n" + row + "\n"), all);
  EXPECT_EQ(outline(GetParam(), row + "\r\n" + row + "\r\n" + row + "\r\n"), all);
  EXPECT_EQ(outline(GetParam(), row + "\n" + row + "\n" + row), all) << "no last line end";
  EXPECT_EQ(outline(GetParam(), row + "\r\n\r\n\n" + row + "\r"),
            (std::vector<std::string>{"1", "4"}));
}

TEST_P(every_text_format, a_byte_order_mark_is_no_text) {
  const text_format& format = GetParam();
  const recorded_rows with("\xEF\xBB\xBF" + format.head + row_of(format), spec_for(format));
  EXPECT_EQ(with.lines(), read(format, row_of(format)).lines());
  EXPECT_EQ(with.lines().size(), 1U);
}

TEST_P(every_text_format, a_nul_byte_is_a_bad_row_at_its_place) {
  const std::string row = row_of(GetParam());
  const std::string column = std::to_string(GetParam().before.size() + 2);
  std::string broken = row;
  broken.insert(GetParam().before.size() + 1, 1, '\0');
  EXPECT_EQ(outline(GetParam(), row + "\n" + broken + "\n" + row + "\n"),
            (std::vector<std::string>{"1", "2:" + column + " bad: a NUL byte", "3"}));
}

TEST_P(every_text_format, bad_utf8_is_a_bad_row_at_its_place) {
  const std::string row = row_of(GetParam());
  const std::string column = std::to_string(GetParam().before.size() + 2);
  for (const std::string_view wrong :
       {"\xFF", "\xC3", "\xC0\xAF", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xE2\x82",
        "\xF8\x88\x80\x80\x80", "\x80"}) {
    std::string broken = row;
    broken.insert(GetParam().before.size() + 1, wrong);
    EXPECT_EQ(outline(GetParam(), row + "\n" + broken + "\n" + row + "\n"),
              (std::vector<std::string>{"1", "2:" + column + " bad: not UTF-8", "3"}))
        << wrong;
  }
}

TEST_P(every_text_format, a_line_of_1_MB_is_one_bad_row) {
  const std::string row = row_of(GetParam());
  const std::string endless = GetParam().before + std::string(std::size_t{1} << 20, 'a');
  const auto got = outline(GetParam(), row + "\n" + endless + "\n" + row + "\n" + endless);
  ASSERT_EQ(got.size(), 4U);
  EXPECT_EQ(got[0], "1");
  EXPECT_EQ(got[1].substr(0, 2), "2:");
  EXPECT_NE(got[1].find("bad: "), std::string::npos);
  EXPECT_EQ(got[2], "3");
  EXPECT_EQ(got[3].substr(0, 2), "4:");
}

TEST_P(every_text_format, an_html_page_is_refused) {
  for (const std::string_view page :
       {"<!DOCTYPE html>\n<html><body>403</body></html>\n", "<HTML>",
        "\xEF\xBB\xBF \n\r\n <html lang=\"en\">", "<!-- a page --><p>",
        "<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code></Error>", "<script>go()</script>",
        "<title>Moved</title>", "<META charset=utf-8>", "<head>", "<body>"}) {
    const recorded_rows rows(page, spec_for(GetParam()));
    EXPECT_NE(rows.problem().find("an HTML page, not a list"), std::string::npos) << page;
    EXPECT_EQ(rows.lines(), lines{});
  }
  EXPECT_EQ(recorded_rows("\n\n <html>", spec_for(GetParam())).problem(),
            "3:2 an HTML page, not a list");
}

TEST_P(every_text_format, an_error_in_json_is_no_list) {
  const feed_format format = GetParam().format;
  for (const std::string_view text :
       {"{\"error\": \"no such key\"}", " {\r\n  \"errors\": []\n}\n"}) {
    const recorded_rows rows(text, spec_for(GetParam()));
    const bool told = rows.problem().find("a JSON document, not a list") != std::string::npos;
    EXPECT_EQ(told, format != feed_format::jsonl && format != feed_format::drop) << text;
  }
}

TEST_P(every_text_format, a_sink_that_has_enough_gets_no_more) {
  class one_row final : public row_sink {
   public:
    bool take(const raw_row&) override { return ++calls_ < 1; }
    bool reject(const bad_row&) override { return ++calls_ < 1; }
    int calls_ = 0;
  };
  const text_format& format = GetParam();
  const std::string row = row_of(format);
  for (const std::string& body : {row + "\n" + row + "\n", std::string("\xFF\n\xFF\n")}) {
    one_row sink;
    EXPECT_EQ(read_rows(format.head + body, spec_for(format), sink), std::nullopt);
    EXPECT_LE(sink.calls_, 1);
  }
}

// An input that gives its bytes in pieces of any size.
class chopped_input final : public input {
 public:
  chopped_input(std::string_view text, std::vector<std::size_t> pieces)
      : rest_(text), pieces_(std::move(pieces)) {}
  std::size_t read(std::span<char> into) override {
    const std::size_t piece = pieces_.empty() ? 1 : pieces_[next_++ % pieces_.size()];
    const std::size_t taken = rest_.copy(into.data(), std::min(piece, into.size()));
    rest_.remove_prefix(taken);
    return taken;
  }

 private:
  std::string_view rest_;
  std::vector<std::size_t> pieces_;
  std::size_t next_ = 0;
};

// Rows, line ends, quotes and noise, long enough to leave the window now and then.
std::string any_body(const text_format& format) {
  std::string body;
  const auto parts = *rc::gen::inRange(0, 30);
  for (int i = 0; i < parts; ++i) {
    switch (*rc::gen::inRange(0, 7)) {
      case 0:
      case 1:
        body += row_of(format) + "\n";
        break;
      case 2:
        body += format.before + std::string(*rc::gen::inRange<std::size_t>(1, 70000), 'x');
        break;
      case 3:
        body += *rc::gen::elementOf(std::vector<std::string>{"\n", "\r\n", "\"", "\"\"", ",", "#",
                                                             " ", "\t", "!", "\xC3\xA4", "\xFF"});
        break;
      case 4:
        body += std::string(*rc::gen::inRange<std::size_t>(1, 200), '\n');
        break;
      default:
        for (int n = *rc::gen::inRange(1, 3000); n > 0; --n) {
          body += row_of(format) + "\n";
        }
        break;
    }
  }
  return body;
}

TEST(text_formats_property, rows_do_not_depend_on_the_pieces) {
  EXPECT_TRUE(rc::check([] {
    const text_format format = *rc::gen::elementOf(text_formats());
    const std::string text = format.head + any_body(format);
    const auto longest = *rc::gen::element<std::size_t>(3, 500, 100000);
    const auto pieces = *rc::gen::nonEmpty(
        rc::gen::container<std::vector<std::size_t>>(rc::gen::inRange<std::size_t>(1, longest)));
    chopped_input chopped(text, pieces);
    const recorded_rows whole(text, spec_for(format));
    const recorded_rows in_pieces(chopped, spec_for(format));
    RC_ASSERT(in_pieces.lines() == whole.lines());
    RC_ASSERT(in_pieces.originals() == whole.originals());
    RC_ASSERT(in_pieces.problem() == whole.problem());
  }));
}

TEST(csv_traps, an_open_quote_at_the_end_is_one_bad_row) {
  const std::string open = "a,1\n\"b,2\nc,3\n";
  EXPECT_EQ(read_as(feed_format::csv, open),
            (lines{"1:1 a", "2:1 bad: a quoted field that does not end", "3:1 c"}));
}

// A cut download is an error of the whole file, told at the place reached.
class failing_input final : public input {
 public:
  explicit failing_input(std::string_view text) : rest_(text) {}
  std::size_t read(std::span<char> into) override {
    const std::size_t taken = rest_.copy(into.data(), into.size());
    rest_.remove_prefix(taken);
    return taken != 0 ? taken : fail("the gzip data ends early");
  }

 private:
  std::string_view rest_;
};

TEST(failing_inputs, end_the_file_with_their_own_problem) {
  failing_input from("a\nb\nc");
  EXPECT_EQ(recorded_rows(from, spec_of(feed_format::list)).problem(),
            "3:1 the gzip data ends early");
  failing_input json("{\"type\": \"str");
  EXPECT_EQ(recorded_rows(json, spec_of(feed_format::misp)).problem(),
            "1:1 the gzip data ends early");
}

}  // namespace
}  // namespace repute::load::test
