// SPDX-License-Identifier: Apache-2.0
// Every kind of code point, where tables of Unicode could break a promise.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <utility>

#include "fuzz/canon_properties.hpp"
#include "text.hpp"
#include "vector_file.hpp"

namespace repute::canon::test {
namespace {

std::string utf8(char32_t c) {
  const auto low = [](char32_t bits) { return static_cast<char>(0x80 | (bits & 0x3f)); };
  if (c < 0x80) {
    return {static_cast<char>(c)};
  }
  if (c < 0x800) {
    return {static_cast<char>(0xc0 | c >> 6), low(c)};
  }
  if (c < 0x10000) {
    return {static_cast<char>(0xe0 | c >> 12), low(c >> 6), low(c)};
  }
  return {static_cast<char>(0xf0 | c >> 18), low(c >> 12), low(c >> 6), low(c)};
}

constexpr char32_t last_code_point = 0xe0200;  ///< after it there is private use alone

/// Surrogates, and blocks in which every code point has the properties of its neighbours or none.
bool is_skipped(char32_t c) {
  constexpr std::array<std::pair<char32_t, char32_t>, 7> blocks{{{0x3500, 0x4d00},
                                                                 {0x4f00, 0x9f00},
                                                                 {0xac80, 0xd780},
                                                                 {0xd800, 0xf8f0},
                                                                 {0x17100, 0x18800},
                                                                 {0x20100, 0x2f800},
                                                                 {0x2fa20, 0xe0000}}};
  return std::ranges::any_of(blocks,
                             [c](auto block) { return c >= block.first && c < block.second; });
}

/// Calls `check` with texts that hold each code point once, `per_text` of them in a text.
template <class Check>
void for_all_code_points(std::size_t per_text, std::string_view between, const Check& check) {
  std::string text;
  std::size_t count = 0;
  for (char32_t c = 1; c <= last_code_point; ++c) {
    if (is_skipped(c)) {
      continue;
    }
    text += utf8(c);
    text += between;
    if (++count % per_text == 0 || c == last_code_point) {
      check(text, c);
      text.clear();
    }
  }
}

/// Alone, in a Latin word (look-alikes) and after a digit, a mark and a kana.
TEST(every_code_point, text_settles) {
  for (const std::string_view between :
       {" ", "a", " a", "1", "\u0301", "\u30ab", "\u0e01", "\u0430"}) {
    for_all_code_points(64, between, [&](const std::string& text, char32_t last) {
      const char* broken = broken_property(canon(), subject::text, text + " three more words");
      ASSERT_EQ(broken, nullptr) << "up to " << static_cast<unsigned>(last) << " with " << between;
      const std::string words = "x " + text + " y\u00a0" + text;
      ASSERT_EQ(normalise_text(words), detail::normalise_text_by_icu(words))
          << "up to " << static_cast<unsigned>(last) << " with " << between;
    });
  }
}

TEST(every_code_point, names_and_urls_settle) {
  for_all_code_points(1, "", [&](const std::string& text, char32_t last) {
    const std::string name = "a" + text + "b.example";
    ASSERT_EQ(broken_property(canon(), subject::domain, name), nullptr) << unsigned{last};
    ASSERT_EQ(broken_property(canon(), subject::url, name), nullptr) << unsigned{last};
  });
}

}  // namespace
}  // namespace repute::canon::test
