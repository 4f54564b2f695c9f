// SPDX-License-Identifier: Apache-2.0
#include "tokens.hpp"

#include <unicode/uchar.h>
#include <unicode/uscript.h>

#include <algorithm>
#include <array>
#include <vector>

namespace repute::canon::detail {
namespace {

UChar32 code_point(char32_t c) noexcept {
  return static_cast<UChar32>(c);
}

bool is_mark(char32_t c) noexcept {
  return c > 0x7f && (U_GET_GC_MASK(code_point(c)) & U_GC_M_MASK) != 0;
}

bool is_base(char32_t c) noexcept {
  return (U_GET_GC_MASK(code_point(c)) & (U_GC_L_MASK | U_GC_N_MASK)) != 0;
}

bool is_decimal(char32_t c) noexcept {
  return u_charType(code_point(c)) == U_DECIMAL_DIGIT_NUMBER;
}

UScriptCode script_of(char32_t c) noexcept {
  UErrorCode status = U_ZERO_ERROR;
  return uscript_getScript(code_point(c), &status);
}

/// Letters of scripts that write no space between words. Marks shared by kana, such as the long
/// vowel, count by the scripts that use them.
bool is_unspaced(char32_t c) noexcept {
  constexpr std::array scripts{USCRIPT_HAN,  USCRIPT_HIRAGANA, USCRIPT_KATAKANA,
                               USCRIPT_THAI, USCRIPT_LAO,      USCRIPT_KHMER};
  constexpr char32_t first = 0xe01;  // of Thai; whatever comes before belongs to none of them
  return c >= first && !is_decimal(c) && std::ranges::any_of(scripts, [c](UScriptCode script) {
           return uscript_hasScript(code_point(c), script) != 0;
         });
}

bool is_latin(char32_t c) noexcept {
  return script_of(c) == USCRIPT_LATIN;
}

bool is_foreign(char32_t c) noexcept {
  const UScriptCode script = c > 0x7f ? script_of(c) : USCRIPT_COMMON;
  return script != USCRIPT_LATIN && script != USCRIPT_COMMON && script != USCRIPT_INHERITED;
}

class writer {
 public:
  explicit writer(std::size_t most) : most_(most) {}

  void add(std::u32string_view token) {
    if (token.empty() || is_full()) {
      return;
    }
    if (list_.count++ > 0) {
      list_.text += U' ';
    }
    list_.text += token;
  }

  [[nodiscard]] bool is_full() const noexcept { return list_.count >= most_; }
  [[nodiscard]] token_list take() { return std::move(list_); }

 private:
  std::size_t most_;
  token_list list_;
};

/// Overlapping pairs of characters, each with its marks; a lone character stands alone.
void add_pairs(std::u32string_view run, writer& to) {
  std::vector<std::size_t> starts;
  for (std::size_t i = 0; i < run.size(); ++i) {
    if (!is_mark(run[i]) || starts.empty()) {
      starts.push_back(i);
    }
  }
  starts.push_back(run.size());
  if (starts.size() == 2) {
    return to.add(run);
  }
  for (std::size_t i = 0; i + 2 < starts.size() && !to.is_full(); ++i) {
    to.add(run.substr(starts[i], starts[i + 2] - starts[i]));
  }
}

/// Digit runs become `0`; in a word that mixes Latin with another script, the other letters become
/// the letters they look like.
void add_word(std::u32string_view run, const look_alike& letter, writer& to) {
  const bool mixed = std::ranges::any_of(run, is_latin) && std::ranges::any_of(run, is_foreign);
  std::u32string word;
  bool in_digits = false;
  for (const char32_t c : run) {
    const bool digit = is_decimal(c);
    if (digit && !in_digits) {
      word += U'0';
    } else if (!digit && mixed && is_foreign(c)) {
      word += letter(c);
    } else if (!digit) {
      word += c;
    }
    in_digits = digit;
  }
  to.add(word);
}

/// A maximal run of word characters, cut where the way of writing changes.
void add_run(std::u32string_view run, const look_alike& letter, writer& to) {
  for (std::size_t at = 0; at < run.size() && !to.is_full();) {
    const bool unspaced = is_unspaced(run[at]);
    std::size_t end = at + 1;
    while (end < run.size() && (is_mark(run[end]) || is_unspaced(run[end]) == unspaced)) {
      ++end;
    }
    const std::u32string_view part = run.substr(at, end - at);
    unspaced ? add_pairs(part, to) : add_word(part, letter, to);
    at = end;
  }
}

}  // namespace

bool is_word_character(char32_t c) noexcept {
  return is_base(c) || is_mark(c);
}

token_list tokenise(std::u32string_view text, const look_alike& letter, std::size_t most) {
  writer to(most);
  for (std::size_t at = 0; at < text.size() && !to.is_full();) {
    if (!is_base(text[at])) {
      ++at;
      continue;
    }
    const auto end = std::ranges::find_if_not(text.substr(at), is_word_character);
    const auto size = static_cast<std::size_t>(end - text.begin()) - at;
    add_run(text.substr(at, size), letter, to);
    at += size;
  }
  return to.take();
}

}  // namespace repute::canon::detail
