// SPDX-License-Identifier: Apache-2.0
// One pass of normalise_text() over ASCII, where folding is lowering and no table is needed.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace repute::canon::detail {

/// Tokens in UTF-8, joined by one space.
class token_writer {
 public:
  /// `tokens` more, which `text` holds joined by one space.
  void add(std::string_view text, std::size_t tokens) {
    if (tokens > 0) {
      begin();
      text_ += text;
      count_ += tokens;
    }
  }

  /// The next token is written by put().
  void begin() {
    if (!text_.empty()) {
      text_ += ' ';
    }
  }
  void put(std::string_view piece) { text_ += piece; }
  void end() { ++count_; }

  [[nodiscard]] std::size_t count() const noexcept { return count_; }
  [[nodiscard]] const std::string& text() const noexcept { return text_; }

 private:
  std::string text_;
  std::size_t count_ = 0;
};

/// Adds the tokens of `text`, tokens_max in all. It is whole words of ASCII; bytes beyond ASCII
/// count as spaces.
void add_ascii_tokens(std::string_view text, token_writer& to);

}  // namespace repute::canon::detail
