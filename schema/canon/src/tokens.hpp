// SPDX-License-Identifier: Apache-2.0
// The two halves of one pass over a text: links to placeholders, then characters to tokens.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace repute::canon::detail {

inline constexpr std::size_t tokens_max = 4096;

/// Letters, digits and the marks on them.
[[nodiscard]] bool is_word_character(char32_t c) noexcept;

/// Web addresses become ` xurlx `, mail addresses ` xaddrx `. Linear.
[[nodiscard]] std::u32string without_links(std::u32string_view text);

/// A confusable letter -> what it looks like.
using look_alike = std::function<std::u32string(char32_t)>;

struct token_list {
  std::u32string text;  ///< joined by one space
  std::size_t count = 0;
};

/// Tokens of a text in NFKC_Casefold without links, `most` at most.
[[nodiscard]] token_list tokenise(std::u32string_view text, const look_alike& letter,
                                  std::size_t most);

}  // namespace repute::canon::detail
