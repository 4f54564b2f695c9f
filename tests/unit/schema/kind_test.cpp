// SPDX-License-Identifier: Apache-2.0
#include "repute/schema/kind.hpp"

#include <gtest/gtest.h>

#include <set>

#include "repute/schema/key.hpp"

namespace repute {
namespace {

TEST(kind, numbers_are_persistent) {
  const std::array<int, 17> numbers{0x01, 0x02, 0x10, 0x11, 0x12, 0x20, 0x21, 0x22, 0x23,
                                    0x24, 0x25, 0x30, 0x31, 0x40, 0x41, 0x42, 0x43};
  ASSERT_EQ(all_kinds.size(), numbers.size());
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    EXPECT_EQ(static_cast<int>(all_kinds[i]), numbers[i]);
  }
}

TEST(kind, only_listed_numbers_are_known) {
  int known = 0;
  for (int number = 0; number < 256; ++number) {
    known += is_known(static_cast<kind>(number)) ? 1 : 0;
  }
  EXPECT_EQ(known, 17);
  EXPECT_FALSE(is_known(static_cast<kind>(0)));
}

TEST(kind, sizes_on_the_wire) {
  for (const kind value : all_kinds) {
    const std::size_t expected = value == kind::ip4 ? 4 : value == kind::text_sig ? 192 : 16;
    EXPECT_EQ(key_size(value), expected) << name(value);
  }
}

TEST(kind, every_kind_has_its_own_name_and_a_subject) {
  std::set<std::string_view> names;
  for (const kind value : all_kinds) {
    names.insert(name(value));
    EXPECT_TRUE(subject_from_word(word(subject_of(value)))) << name(value);
  }
  EXPECT_EQ(names.size(), all_kinds.size());
  EXPECT_EQ(names.count("UNKNOWN"), 0u);
  EXPECT_EQ(name(static_cast<kind>(0x7f)), "UNKNOWN");
}

TEST(kind, words_of_subjects_read_back) {
  for (const subject value : all_subjects) {
    EXPECT_EQ(subject_from_word(word(value)), value) << word(value);
  }
  EXPECT_EQ(word(subject::ip), "ip");
  EXPECT_EQ(word(subject::email_md5), "email-md5");
  EXPECT_EQ(word(subject::avrec), "avrec");
  EXPECT_EQ(subject_of(kind::host), subject::domain);
  EXPECT_EQ(subject_of(kind::domain), subject::domain);
  EXPECT_EQ(subject_of(kind::file_md5), subject::md5);
  EXPECT_FALSE(subject_from_word("IP"));
  EXPECT_FALSE(subject_from_word(""));
}

TEST(kind, forgeable_kinds_never_acquit) {
  for (const kind value : {kind::email_md5, kind::file_md5, kind::image_md5, kind::name_md5,
                           kind::text_exact, kind::text_sig}) {
    EXPECT_FALSE(may_acquit(value)) << name(value);
  }
  EXPECT_TRUE(may_acquit(kind::ip4));
  EXPECT_TRUE(may_acquit(kind::file_sha256));
}

TEST(key, cuts_what_no_kind_can_have) {
  const std::array<std::uint8_t, 200> many{};
  EXPECT_EQ(key(kind::text_sig, many).bytes().size(), text_signature_size);
}

TEST(key, equality_is_of_kind_and_bytes) {
  const std::array<std::uint8_t, 4> one{1, 2, 3, 4};
  const std::array<std::uint8_t, 4> other{1, 2, 3, 5};
  EXPECT_EQ(key(kind::ip4, one), key(kind::ip4, one));
  EXPECT_FALSE(key(kind::ip4, one) == key(kind::ip4, other));
  EXPECT_FALSE(key(kind::ip4, one) == key(kind::host, one));
  EXPECT_FALSE(key(kind::ip4, one) == key(kind::ip4, byte_view(one).first(3)));
}

}  // namespace
}  // namespace repute
