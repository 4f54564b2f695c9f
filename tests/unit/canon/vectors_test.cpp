// SPDX-License-Identifier: Apache-2.0
// The vector files hold, line by line.
#include <gtest/gtest.h>

#include "vector_file.hpp"

namespace repute::canon::test {
namespace {

void check_subject(const std::string& file, subject subject) {
  for (const auto& [line, columns] : read_vectors(file, 2)) {
    EXPECT_EQ(written(canon().canonical(subject, columns[0])), columns[1]) << file << ":" << line;
  }
}

TEST(vectors, host) {
  check_subject("host.txt", subject::domain);
}

TEST(vectors, url) {
  check_subject("url.txt", subject::url);
}

TEST(vectors, text) {
  check_subject("text.txt", subject::text);
}

TEST(vectors, ip) {
  for (const auto& [line, columns] : read_vectors("ip.txt", 3)) {
    EXPECT_EQ(written(canon().canonical(subject::ip, columns[0])), columns[1]) << "line " << line;
    EXPECT_EQ(written(parse_prefix(columns[0])), columns[2]) << "line " << line;
  }
}

TEST(vectors, email_digests_numbers_records) {
  for (const auto& [line, columns] : read_vectors("email.txt", 3)) {
    const auto subject = subject_from_word(columns[0]);
    ASSERT_TRUE(subject) << "line " << line;
    EXPECT_EQ(written(canon().canonical(*subject, columns[1])), columns[2]) << "line " << line;
  }
}

TEST(vectors, covering) {
  for (const auto& [line, columns] : read_vectors("covering.txt", 3)) {
    const auto subject = subject_from_word(columns[0]);
    ASSERT_TRUE(subject) << "line " << line;
    const auto key = canon().canonical(*subject, columns[1]);
    ASSERT_TRUE(std::holds_alternative<canonical_key>(key)) << "line " << line << written(key);
    std::vector<std::string> covering;
    for (const canonical_key& each : canon().covering(std::get<canonical_key>(key))) {
      covering.push_back(std::string(name(each.kind)) + " " + show(each));
    }
    EXPECT_EQ(covering, std::vector(columns.begin() + 2, columns.end())) << "line " << line;
  }
}

}  // namespace
}  // namespace repute::canon::test
