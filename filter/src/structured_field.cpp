// SPDX-License-Identifier: Apache-2.0
#include "structured_field.hpp"

#include <algorithm>
#include <utility>

#include "ascii.hpp"
#include "charsets.hpp"
#include "encoded_words.hpp"
#include "percent.hpp"

namespace repute::mail::detail {
namespace {

/// RFC 2045, 5.1: what ends a token.
constexpr std::string_view token_ends = "()<>@,;:\\\"/[]?= \t";

class cursor {
 public:
  explicit cursor(std::string_view text) : text_(text) {}

  [[nodiscard]] bool at_end() const noexcept { return at_ == text_.size(); }

  bool skip(char wanted) noexcept {
    if (at_end() || text_[at_] != wanted) {
      return false;
    }
    ++at_;
    return true;
  }

  void skip_one() noexcept { at_ = std::min(at_ + 1, text_.size()); }

  void skip_spaces() noexcept {
    while (!at_end() && is_space(text_[at_])) {
      ++at_;
    }
  }

  /// Blanks and comments (RFC 5322, 3.2.2). A parenthesis that nothing closes begins none, nor
  /// does one behind it.
  void skip_blanks() noexcept {
    skip_spaces();
    while (!at_end() && text_[at_] == '(' && skip_comment()) {
      skip_spaces();
    }
  }

  /// Up to one of `ends`.
  std::string_view take_until(std::string_view ends) noexcept {
    const std::size_t begin = at_;
    at_ = std::min(text_.find_first_of(ends, at_), text_.size());
    return text_.substr(begin, at_ - begin);
  }

  /// What follows the opening quote, without backslashes, and without the closing one.
  std::string take_quoted() {
    std::string out;
    for (; at_ < text_.size(); ++at_) {
      char c = text_[at_];
      if (c == '"') {
        ++at_;
        break;
      }
      if (c == '\\' && at_ + 1 < text_.size()) {
        c = text_[++at_];
      }
      out += c;
    }
    return out;
  }

  /// Up to the semicolon if it may have blanks in it, else to the first blank.
  std::string take_unquoted(bool blanks) {
    return std::string(trim(take_until(blanks ? ";" : "; \t")));
  }

  /// Nothing if there is none. A number too large for all uses becomes one that is.
  std::optional<unsigned> take_number() noexcept {
    constexpr unsigned too_large = 1'000'000;
    unsigned number = 0;
    const std::size_t begin = at_;
    for (; at_ < text_.size() && is_digit(text_[at_]); ++at_) {
      number = std::min(number * 10 + static_cast<unsigned>(text_[at_] - '0'), too_large);
    }
    return at_ > begin ? std::optional(number) : std::nullopt;
  }

 private:
  bool skip_comment() noexcept {
    std::size_t depth = 0;
    for (std::size_t i = at_; i < text_.size() && has_comments_; ++i) {
      if (text_[i] == '\\') {
        ++i;
      } else if (text_[i] == '(') {
        ++depth;
      } else if (text_[i] == ')' && --depth == 0) {
        at_ = i + 1;
        return true;
      }
    }
    has_comments_ = false;  // so that no text is looked through twice
    return false;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  bool has_comments_ = true;
};

/// Names of files have blanks, and many programs do not quote them.
bool has_blanks(std::string_view parameter) noexcept {
  return parameter.ends_with("name");
}

}  // namespace

structured_field::structured_field(std::string_view field) {
  cursor at(field);
  at.skip_blanks();
  value_ = lower(at.take_until(token_ends));
  at.skip_blanks();
  if (at.skip('/')) {
    at.skip_blanks();
    value_ += '/' + lower(at.take_until(token_ends));
  }
  at.take_until(";");
  for (at.skip_one(), at.skip_blanks(); !at.at_end(); at.skip_blanks()) {
    section found;
    found.name = lower(at.take_until("*=;( \t"));
    at.skip_blanks();
    found.extended = at.skip('*');
    if (found.extended) {  // `name*=`, `name*0=` or `name*0*=`; the second is not encoded
      at.skip_blanks();
      found.number = at.take_number();
      at.skip_blanks();
      found.encoded = !found.number || at.skip('*');
      at.skip_blanks();
    }
    if (at.skip('=')) {
      at.skip_spaces();
      found.text = at.skip('"') ? at.take_quoted() : at.take_unquoted(has_blanks(found.name));
      sections_.push_back(std::move(found));
    } else if (found.name.empty()) {
      at.skip_one();
    }
  }
}

std::string structured_field::parameter(std::string_view name) const {
  const found_bytes found = find(name);
  if (!found.charset && found.bytes.find("=?") != std::string::npos) {
    return decode_words(found.bytes);
  }
  std::string storage;
  return std::string(to_utf8(found.charset.value_or(""), found.bytes, storage));
}

std::string structured_field::raw_parameter(std::string_view name) const {
  return find(name).bytes;
}

structured_field::found_bytes structured_field::find(std::string_view name) const {
  found_bytes out;
  for (const section* each : sections_of(name)) {
    std::string_view text = each->text;
    if (each->encoded && out.bytes.empty() && !out.charset) {  // charset'language'text
      const std::size_t language = text.find('\'');
      const std::size_t end = language == text.npos ? text.npos : text.find('\'', language + 1);
      if (end != text.npos) {
        out.charset = text.substr(0, language);
        text.remove_prefix(end + 1);
      }
    }
    out.bytes += each->encoded ? unescaped(text) : std::string(text);
  }
  return out;
}

// The ones that make the parameter, in their order.
std::vector<const structured_field::section*> structured_field::sections_of(
    std::string_view name) const {
  const section* plain = nullptr;
  std::vector<const section*> numbered;
  for (const section& each : sections_) {
    if (each.name != name) {
      continue;
    }
    if (each.number) {
      numbered.push_back(&each);
    } else if (each.extended) {
      return {&each};
    } else if (plain == nullptr) {
      plain = &each;
    }
  }
  std::ranges::stable_sort(numbered, {}, &section::number);
  std::vector<const section*> joined;
  for (const section* each : numbered) {
    if (each->number == joined.size()) {  // not the second of a number, nor behind a gap
      joined.push_back(each);
    }
  }
  if (joined.empty() && plain != nullptr) {
    joined.push_back(plain);
  }
  return joined;
}

}  // namespace repute::mail::detail
