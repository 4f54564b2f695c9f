// SPDX-License-Identifier: Apache-2.0
#include "structured_field.hpp"

#include <algorithm>
#include <utility>

#include "ascii.hpp"
#include "charsets.hpp"
#include "encoded_words.hpp"

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

  /// Blanks and comments, which nest (RFC 5322, 3.2.2).
  void skip_blanks() noexcept {
    std::size_t depth = 0;
    for (; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (c == '(') {
        ++depth;
      } else if (c == ')' && depth > 0) {
        --depth;
      } else if (c == '\\' && depth > 0) {
        ++at_;
      } else if (depth == 0 && !is_space(c)) {
        return;
      }
    }
    at_ = text_.size();
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

  /// False if there is none. A number too large for all uses becomes one that is.
  bool take_number(unsigned& number) noexcept {
    constexpr unsigned too_large = 1'000'000;
    const std::size_t begin = at_;
    for (; at_ < text_.size() && is_digit(text_[at_]); ++at_) {
      number = std::min(number * 10 + static_cast<unsigned>(text_[at_] - '0'), too_large);
    }
    return at_ > begin;
  }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
};

int hexadecimal(char c) noexcept {
  const char low = to_lower(c);
  return is_digit(c) ? c - '0' : low >= 'a' && low <= 'f' ? low - 'a' + 10 : -1;
}

/// %XX as bytes; a percent sign without two digits is one.
void append_bytes(std::string_view text, std::string& to) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const int high = text[i] == '%' && i + 2 < text.size() ? hexadecimal(text[i + 1]) : -1;
    const int low = high >= 0 ? hexadecimal(text[i + 2]) : -1;
    to += low >= 0 ? static_cast<char>(high * 16 + low) : text[i];
    i += low >= 0 ? 2 : 0;
  }
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
  for (at.skip_blanks(); !at.at_end(); at.skip_blanks()) {
    section found;
    found.name = lower(at.take_until("*=;( \t"));
    at.skip_blanks();
    found.extended = at.skip('*');
    if (found.extended) {  // `name*=`, `name*0=` or `name*0*=`; the second is not encoded
      at.skip_blanks();
      const bool numbered = at.take_number(found.number);
      at.skip_blanks();
      found.encoded = !numbered || at.skip('*');
      at.skip_blanks();
    }
    if (at.skip('=')) {
      at.skip_blanks();
      found.text = at.skip('"') ? at.take_quoted() : std::string(trim(at.take_until(";")));
      sections_.push_back(std::move(found));
    } else if (found.name.empty()) {
      at.skip_one();
    }
  }
}

std::string structured_field::parameter(std::string_view name) const {
  const auto found = std::ranges::find(sections_, name, &section::name);
  if (found == sections_.end()) {
    return {};
  }
  if (found->extended) {
    return joined(name);
  }
  if (found->text.find("=?") != std::string::npos) {
    return decode_words(found->text);
  }
  std::string storage;
  return std::string(to_utf8({}, found->text, storage));
}

std::string structured_field::joined(std::string_view name) const {
  std::vector<const section*> parts;
  for (const section& each : sections_) {
    if (each.extended && each.name == name) {
      parts.push_back(&each);
    }
  }
  std::ranges::stable_sort(parts, {}, &section::number);
  std::string bytes;
  std::string_view charset;
  for (const section* each : parts) {
    std::string_view text = each->text;
    if (each == parts.front() && each->encoded) {  // charset'language'text
      const std::size_t language = text.find('\'');
      const std::size_t end = language == text.npos ? text.npos : text.find('\'', language + 1);
      if (end != text.npos) {
        charset = text.substr(0, language);
        text.remove_prefix(end + 1);
      }
    }
    if (each->encoded) {
      append_bytes(text, bytes);
    } else {
      bytes += text;
    }
  }
  std::string storage;
  return std::string(to_utf8(charset, bytes, storage));
}

}  // namespace repute::mail::detail
