// SPDX-License-Identifier: Apache-2.0
// Start-up, guessing, and what the vectors cannot say.
#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

#include "repute/schema/test_points.hpp"
#include "vector_file.hpp"

namespace repute::canon::test {
namespace {

/// A file of its own for one test, removed with it.
class scratch_file {
 public:
  explicit scratch_file(std::string_view content)
      : path_(std::filesystem::temp_directory_path() /
              ("repute-canon-" + std::to_string(::testing::UnitTest::GetInstance()->random_seed()) +
               "-" + ::testing::UnitTest::GetInstance()->current_test_info()->name())) {
    std::ofstream(path_) << content;
  }
  ~scratch_file() { std::filesystem::remove(path_); }
  scratch_file(const scratch_file&) = delete;
  scratch_file& operator=(const scratch_file&) = delete;

  [[nodiscard]] std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

std::string message_of_start(const std::string& psl_file) {
  try {
    const canonicalizer started(psl_file);
  } catch (const std::runtime_error& failure) {
    return failure.what();
  }
  return "started";
}

TEST(suffix_list_file, replaces_the_built_in_list) {
  const scratch_file list(
      "// ===BEGIN ICANN DOMAINS===\ncom\nuk\n// ===END ICANN DOMAINS===\n"
      "// ===BEGIN PRIVATE DOMAINS===\nhosted.com\n// ===END PRIVATE DOMAINS===\n");
  const canonicalizer started(list.path());
  const canonical_key uk{kind::host, "a.example.co.uk"};
  const std::vector<canonical_key> expected{
      uk, {kind::domain, "example.co.uk"}, {kind::domain, "co.uk"}};
  EXPECT_EQ(started.covering(uk), expected);
  const canonical_key hosted{kind::host, "a.hosted.com"};
  EXPECT_EQ(started.covering(hosted).back(), (canonical_key{kind::domain, "hosted.com"}));
}

TEST(suffix_list_file, that_is_missing_stops_the_start) {
  EXPECT_EQ(message_of_start("/nonexistent/list.dat"), "/nonexistent/list.dat: cannot be read");
}

TEST(suffix_list_file, that_is_an_error_page_stops_the_start) {
  const scratch_file list("<html><body>503 Service Unavailable</body></html>\n");
  EXPECT_NE(message_of_start(list.path()).find("not a public suffix list"), std::string::npos);
}

TEST(guess, names_the_likely_subject) {
  const std::vector<std::pair<std::string, subject>> expected{
      {"192.0.2.1", subject::ip},
      {" 2001:db8::1 ", subject::ip},
      {"192.0.2.0/24", subject::ip},
      {"http://example.com", subject::url},
      {"example.com/x", subject::url},
      {"example.com:80", subject::url},
      {"example.com/?q=a@b", subject::url},
      {"http://user:pw@example.com", subject::url},
      {"[2001:db8::1]/x", subject::url},
      {"a@example.com", subject::email},
      {"d41d8cd98f00b204e9800998ecf8427e", subject::md5},
      {std::string(64, 'A'), subject::sha256},
      {"example.com", subject::domain},
      {"beef", subject::domain},
      {"", subject::domain}};
  for (const auto& [text, subject] : expected) {
    EXPECT_EQ(word(guess(text)), word(subject)) << text;
  }
}

TEST(limits, of_input_length) {
  const std::string path(8192, 'a');
  EXPECT_EQ(written(canon().canonical(subject::url, "h/" + path.substr(2))), "h/" + path.substr(2));
  EXPECT_EQ(written(canon().canonical(subject::url, "h/" + path)), "!too_long");
  // Escaping triples a byte: the form has the same limit as the text.
  EXPECT_EQ(written(canon().canonical(subject::url, "h/" + std::string(4000, '\xff'))),
            "!too_long");
  EXPECT_EQ(written(canon().canonical(subject::domain, path + "a")), "!too_long");
  EXPECT_EQ(written(normalise_text(std::string((1 << 20) + 1, 'a'))), "!too_long");
}

TEST(limits, of_tokens) {
  std::string text;
  for (int i = 0; i < 5000; ++i) {
    text += "w ";
  }
  EXPECT_EQ(written(normalise_text(text)), text.substr(0, 2 * 4096 - 1));
}

/// Normalisation is quadratic in a run of marks: unbounded, this text takes minutes.
TEST(limits, of_marks_in_a_row) {
  std::string marks;
  for (int i = 0; i < 100'000; ++i) {
    marks += "\u0301\u0323\u3164";
  }
  std::string thirty;
  for (int i = 0; i < 15; ++i) {
    thirty += "\u0323";
  }
  for (int i = 0; i < 15; ++i) {
    thirty += "\u0301";
  }
  EXPECT_EQ(written(normalise_text("one two q" + marks)), "one two q" + thirty);
}

TEST(limits, of_a_file_name) {
  EXPECT_EQ(written(canon().canonical(subject::name_md5, "d/" + std::string(1025, 'a'))),
            "!too_long");
}

TEST(messages, are_there_for_every_error) {
  for (int value = 0; value <= static_cast<int>(error::bad_record); ++value) {
    EXPECT_NE(message(static_cast<error>(value)), "unknown error") << value;
  }
}

TEST(show_key, of_the_wrong_size_is_hexadecimal) {
  EXPECT_EQ(show(canonical_key{kind::ip4, "abc"}), "616263");
  EXPECT_EQ(show(canonical_key{kind::category, ""}), "");
}

TEST(address_key_of, an_embedded_address_is_ip4) {
  ip_prefix mapped{true, {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 192, 0, 2, 1}, 128};
  EXPECT_EQ(address_key(mapped), (canonical_key{kind::ip4, std::string("\xc0\x00\x02\x01", 4)}));
}

TEST(public_suffixes, are_names_of_the_list_and_no_others) {
  for (const std::string suffix : {"com", "co.uk", "gov.uk", "anything.ck"}) {
    EXPECT_TRUE(canon().is_public_suffix(suffix)) << suffix;
  }
  for (const std::string name : {"example.com", "www.ck", "duckdns.org", "localhost", "test", ""}) {
    EXPECT_FALSE(canon().is_public_suffix(name)) << name;
  }
}

/// Test points are written down without this library; what a person types for one must lead to it.
TEST(test_points_typed, lead_to_their_canonical_form) {
  for (const test_point& point : test_points()) {
    const auto result = canon().canonical(subject_of(point.kind), point.text);
    const auto* key = std::get_if<canonical_key>(&result);
    ASSERT_NE(key, nullptr) << name(point.kind) << " " << point.text << written(result);
    EXPECT_EQ(key->canonical, canonical_of(point)) << name(point.kind) << " " << point.text;
  }
}

}  // namespace
}  // namespace repute::canon::test
