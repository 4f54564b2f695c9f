// SPDX-License-Identifier: Apache-2.0
// HTML as browsers cut it into tokens (WHATWG HTML, 13.2.5), less what concerns only documents that
// scripts write.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace repute::mail::detail {

/// Views into the page, not yet decoded.
struct html_attribute {
  std::string_view name;
  std::string_view value;
};

struct html_token {
  enum class type { text, raw_text, start_tag, end_tag, comment };
  type kind = type::text;
  std::string name;  ///< of a tag, lower case, 32 bytes at most
  std::vector<html_attribute> attributes;
  std::string_view text;  ///< of text and comments; raw_text has no character references
};

/// Reads a page from its front. Linear in its size, whatever it holds; memory for the attributes
/// of one tag.
class html_tokenizer {
 public:
  explicit html_tokenizer(std::string_view page) : page_(page) {}

  /// False at the end. A tag that the end cuts off counts: its links may be seen.
  bool next(html_token& out);
  /// Bytes read so far.
  [[nodiscard]] std::size_t position() const noexcept { return at_; }

 private:
  bool read_markup(html_token& out);
  void read_tag(html_token& out);
  bool read_attribute(html_token& out);
  void read_comment(html_token& out);
  void read_raw_text(html_token& out);
  void skip_blanks();

  std::string_view page_;
  std::size_t at_ = 0;
  bool comments_end_ = true;  ///< false once no end of a comment is left: the search was in vain
  std::string raw_element_;   ///< whose text comes next: `script`, `title`, ...
};

/// Appends text with its character references decoded. In an attribute, `&copy=` stays as it is.
void append_decoded(std::string_view text, bool in_attribute, std::string& to);

}  // namespace repute::mail::detail
