// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <stdexcept>

#include "repute/mail/checker.hpp"
#include "repute/schema/text_signature.hpp"
#include "repute/seal/digest.hpp"
#include "repute/textsig/common_shingle_counter.hpp"
#include "support/temporary_directory.hpp"

namespace repute::mail {
namespace {

const char* const footer =
    "you are subscribed to the list of our customers and may leave it at any time by a letter to "
    "the address below or by a click on the link that stands at the end of each of our mails\n";
const std::string message = std::string("From: a@b.example\n\n") + footer;

class Examiner : public ::testing::Test {
 protected:
  /// A file made of two mails with the footer and nothing else.
  std::string phrases(const seal::deployment_salt& salt) {
    textsig::common_shingle_counter counter(salt);
    const extractor extract(*canon, {});
    const std::string tokens = extract(message, {}).texts.at(0).tokens;
    counter.add(tokens);
    counter.add(tokens);
    const auto bytes = counter.file(3);
    return directory.write("phrases", std::string(bytes.begin(), bytes.end())).string();
  }

  text_signature signature_of(const std::string& path) {
    policy by;
    by.common_phrases = path;
    const examiner examine(canon, {}, by);
    const auto seen = examine(message, {});
    const auto at = std::ranges::find(seen.facts.facts, subject::textsig, &fact::subject);
    EXPECT_NE(at, seen.facts.facts.end());
    return decode_text_signature(
        seal::bytes_of(at->canonical.canonical).first<text_signature_size>());
  }

  std::string refusal_of(const std::string& path) {
    try {
      (void)signature_of(path);
    } catch (const std::runtime_error& refused) {
      return refused.what();
    }
    return "";
  }

  const test::temporary_directory directory;
  const std::shared_ptr<const canon::canonicalizer> canon =
      std::make_shared<canon::canonicalizer>();
};

TEST_F(Examiner, ATextOfCommonPhrasesIsAHint) {
  const text_signature without = signature_of("");
  EXPECT_EQ(without.filter_version, 0);
  EXPECT_FALSE(without.fallback);
  const text_signature with = signature_of(phrases({}));
  EXPECT_EQ(with.filter_version, 3);
  EXPECT_TRUE(with.fallback);
}

TEST_F(Examiner, CommonPhrasesThatCannotBeUsedAreRefused) {
  const std::string setting = "text_signature.common_phrases: ";
  EXPECT_EQ(refusal_of("/nowhere/phrases"),
            setting + "/nowhere/phrases: No such file or directory");
  const auto damaged = directory.write("damaged", "RPCOMMON").string();
  EXPECT_EQ(refusal_of(damaged), setting + damaged + ": not a file of common shingles");
  seal::deployment_salt other{};
  other.bytes[0] = 1;
  EXPECT_NE(refusal_of(phrases(other)).find("another salt"), std::string::npos);
}

}  // namespace
}  // namespace repute::mail
