// SPDX-License-Identifier: Apache-2.0
#include "load/format/stix_pattern.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "load/format/text.hpp"

namespace repute::load {
namespace {

enum class token { end, open, close, parenthesis, comma, text, other_literal, word, sign, broken };

class tokenizer {
 public:
  explicit tokenizer(std::string_view text) noexcept : rest_(text) {}

  /// Goes to the next token and returns it.
  token next() {
    while (!rest_.empty() && (is_blank(rest_[0]) || rest_[0] == '\n' || rest_[0] == '\r')) {
      rest_.remove_prefix(1);
    }
    kind_ = rest_.empty() ? token::end : read();
    return kind_;
  }
  [[nodiscard]] token kind() const noexcept { return kind_; }
  /// Of a word or sign.
  [[nodiscard]] std::string_view word() const noexcept { return word_; }
  /// Of a text, without quotes and escapes.
  [[nodiscard]] const std::string& text() const noexcept { return text_; }
  [[nodiscard]] bool is_word(std::string_view wanted) const noexcept {
    return kind_ == token::word && word_ == wanted;
  }

 private:
  token read() {
    const char c = rest_.front();
    if (c == '\'') {
      return read_text() ? token::text : token::broken;
    }
    constexpr std::string_view signs = "=!<>";
    if (signs.find(c) != std::string_view::npos) {
      const std::size_t size = std::min(rest_.find_first_not_of(signs), rest_.size());
      word_ = rest_.substr(0, size);
      rest_.remove_prefix(size);
      return token::sign;
    }
    constexpr std::array<std::pair<char, token>, 5> single{{{'[', token::open},
                                                            {']', token::close},
                                                            {'(', token::parenthesis},
                                                            {')', token::parenthesis},
                                                            {',', token::comma}}};
    for (const auto& [mark, kind] : single) {
      if (c == mark) {
        word_ = rest_.substr(0, 1);
        rest_.remove_prefix(1);
        return kind;
      }
    }
    return read_word();
  }

  bool read_text() {
    text_.clear();
    for (std::size_t i = 1; i < rest_.size(); ++i) {
      if (rest_[i] == '\'') {
        rest_.remove_prefix(i + 1);
        return true;
      }
      if (rest_[i] == '\\' && i + 1 < rest_.size()) {
        ++i;
      }
      text_ += rest_[i];
    }
    return false;
  }

  // Keywords, numbers, and object paths, which hold quotes (`file:hashes.'MD5'`) and indices.
  token read_word() {
    std::size_t size = 0;
    while (size < rest_.size()) {
      const char c = rest_[size];
      if (c == '\'' && size > 0 && rest_[size - 1] == '.') {
        const std::size_t close = rest_.find('\'', size + 1);
        if (close == std::string_view::npos) {
          return token::broken;
        }
        size = close + 1;
      } else if (c == '[' && rest_.substr(0, size).find(':') != std::string_view::npos) {
        const std::size_t close = rest_.find(']', size);
        if (close == std::string_view::npos) {
          return token::broken;
        }
        size = close + 1;
      } else if (std::string_view(" \t\r\n()[],=!<>'").find(c) != std::string_view::npos) {
        break;
      } else {
        ++size;
      }
    }
    word_ = rest_.substr(0, size);
    rest_.remove_prefix(size);
    if (word_.size() == 1 && rest_.starts_with('\'')) {  // t'...', h'...', b'...'
      return read_text() ? token::other_literal : token::broken;
    }
    return token::word;
  }

  std::string_view rest_;
  token kind_ = token::end;
  std::string_view word_;
  std::string text_;
};

// `file:hashes.'SHA-256'` and `file:hashes.SHA256` mean the same.
std::optional<subject> kind_of_hash(std::string_view path) noexcept {
  for (const std::string_view object : {"file:hashes.", "artifact:hashes."}) {
    if (path.starts_with(object)) {
      std::string_view name = path.substr(object.size());
      if (name.size() > 2 && (name.front() == '\'' || name.front() == '"')) {
        name = name.substr(1, name.size() - 2);
      }
      if (same_ignoring_case(name, "SHA-256") || same_ignoring_case(name, "SHA256")) {
        return subject::sha256;
      }
      if (same_ignoring_case(name, "MD5")) {
        return subject::md5;
      }
    }
  }
  return std::nullopt;
}

std::optional<subject> kind_of_path(std::string_view path) noexcept {
  constexpr std::array<std::pair<std::string_view, subject>, 7> paths{
      {{"url:value", subject::url},
       {"domain-name:value", subject::domain},
       {"ipv4-addr:value", subject::ip},
       {"ipv6-addr:value", subject::ip},
       {"email-addr:value", subject::email},
       {"email-message:from_ref.value", subject::email},
       {"email-message:sender_ref.value", subject::email}}};
  for (const auto& [name, kind] : paths) {
    if (name == path) {
      return kind;
    }
  }
  return kind_of_hash(path);
}

class pattern_parser {
 public:
  explicit pattern_parser(std::string_view text) : tokens_(text) {}

  stix_pattern parse() {
    tokens_.next();
    bool good = true;
    bool together = true;
    do {
      good = parse_observation();
      together = good && tokens_.is_word("OR");
      if (together) {
        tokens_.next();
      }
    } while (together);
    if (!good) {
      out_.keys.clear();
      out_.problem = "not a STIX pattern";
    } else if (tokens_.kind() != token::end) {
      // AND, FOLLOWEDBY, WITHIN, ...: one part alone says nothing.
      out_.keys.clear();
      out_.skipped = 1;
    }
    return std::move(out_);
  }

 private:
  // `[` comparisons `]`, and on to what follows. False if it is no pattern.
  bool parse_observation() {
    if (tokens_.kind() == token::parenthesis) {
      return true;  // ends the pattern as one that needs more than a list
    }
    if (tokens_.kind() != token::open) {
      return false;
    }
    const std::size_t keys = out_.keys.size();
    bool known = true;
    do {
      known = tokens_.next() == token::word && parse_comparison();
    } while (known && tokens_.is_word("OR"));
    if (!known || tokens_.kind() != token::close) {
      out_.keys.resize(keys);
      ++out_.skipped;
      if (!skip_to_close()) {
        return false;
      }
    }
    tokens_.next();
    return true;
  }

  bool skip_to_close() {
    while (tokens_.kind() != token::close) {
      if (tokens_.kind() == token::end || tokens_.kind() == token::broken) {
        return false;
      }
      tokens_.next();
    }
    return true;
  }

  // `path = 'text'`, `path IN ('text', ...)`, `path ISSUBSET 'network'`; then on to what follows.
  // False if it reads on like nothing known.
  bool parse_comparison() {
    const auto kind = kind_of_path(tokens_.word());
    const token operation = tokens_.next();
    const bool set = tokens_.is_word("IN");
    const bool network = tokens_.is_word("ISSUBSET") && kind == subject::ip;
    const bool equal =
        operation == token::sign && (tokens_.word() == "=" || tokens_.word() == "==");
    if (operation != token::word && operation != token::sign) {
      return false;
    }
    const bool usable = kind && (set || network || equal);
    tokens_.next();
    if (set) {
      return parse_set(kind);
    }
    if (tokens_.kind() == token::text && usable) {
      out_.keys.push_back({*kind, tokens_.text()});
    } else if (tokens_.kind() == token::text || tokens_.kind() == token::word ||
               tokens_.kind() == token::other_literal) {
      ++out_.skipped;
    } else {
      return false;
    }
    tokens_.next();
    return true;
  }

  bool parse_set(std::optional<subject> kind) {
    if (tokens_.kind() != token::parenthesis || tokens_.word() != "(") {
      return false;
    }
    do {
      if (tokens_.next() == token::text && kind) {
        out_.keys.push_back({*kind, tokens_.text()});
      } else {
        ++out_.skipped;
      }
    } while (tokens_.next() == token::comma);
    const bool closed = tokens_.kind() == token::parenthesis && tokens_.word() == ")";
    tokens_.next();
    return closed;
  }

  tokenizer tokens_;
  stix_pattern out_;
};

}  // namespace

stix_pattern parse_stix_pattern(std::string_view text) {
  return pattern_parser(text).parse();
}

}  // namespace repute::load
