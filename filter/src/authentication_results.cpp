// SPDX-License-Identifier: Apache-2.0
#include "repute/mail/authentication_results.hpp"

#include <utility>

#include "ascii.hpp"

namespace repute::mail {

namespace {

/// A word, `;` or `=`; `none` at the end, and where a comment or a quoted text has no end.
struct token {
  enum class type { none, word, semicolon, equals } is = type::none;
  std::string text;  ///< of a word, without quotes
};

class lexer {
 public:
  explicit lexer(std::string_view text) : text_(text) {}

  token next() {
    if (!skip_blanks_and_comments() || at_ == text_.size()) {
      at_ = text_.size();
      return {};
    }
    switch (text_[at_]) {
      case ';':
        ++at_;
        return {token::type::semicolon, {}};
      case '=':
        ++at_;
        return {token::type::equals, {}};
      case '"':
        return quoted();
      default:
        return bare();
    }
  }

 private:
  static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

  /// False if a comment has no end.
  bool skip_blanks_and_comments() {
    std::size_t depth = 0;
    for (; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (c == '(') {
        ++depth;
      } else if (depth == 0) {
        if (!is_blank(c)) {
          return true;
        }
      } else if (c == ')') {
        --depth;
      } else if (c == '\\') {
        ++at_;
      }
    }
    return depth == 0;
  }

  token quoted() {
    token out{token::type::word, {}};
    for (++at_; at_ < text_.size(); ++at_) {
      if (text_[at_] == '"') {
        ++at_;
        return out;
      }
      if (text_[at_] == '\\' && ++at_ == text_.size()) {
        break;
      }
      out.text += detail::to_lower(text_[at_]);
    }
    return {};
  }

  token bare() {
    token out{token::type::word, {}};
    for (; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (is_blank(c) || c == ';' || c == '=' || c == '(' || c == '"') {
        break;
      }
      out.text += detail::to_lower(c);
    }
    return out;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

/// The property that names what a method proves; empty for methods that prove nothing here.
std::string_view proving_property(std::string_view method) {
  method = method.substr(0, method.find('/'));  // a version may follow
  return method == "spf"     ? "smtp.mailfrom"
         : method == "dkim"  ? "header.d"
         : method == "dmarc" ? "header.from"
                             : "";
}

/// Reads `; method=result name=value ...` again and again.
class result_reader {
 public:
  explicit result_reader(lexer from) : from_(from) {}

  std::vector<std::string> operator()() {
    for (token semicolon = skip_to_semicolon(); semicolon.is == token::type::semicolon;
         semicolon = pending_) {
      read_result();
    }
    return std::move(out_);
  }

 private:
  token skip_to_semicolon() {
    token at = from_.next();
    while (at.is != token::type::semicolon && at.is != token::type::none) {
      at = from_.next();
    }
    return at;
  }

  /// `name = value`. False at something else, which is in `pending_` then.
  bool read_pair(std::string& name, std::string& value) {
    pending_ = from_.next();
    if (pending_.is != token::type::word) {
      return false;
    }
    name = std::move(pending_.text);
    pending_ = from_.next();
    if (pending_.is != token::type::equals) {
      return false;
    }
    pending_ = from_.next();
    if (pending_.is != token::type::word) {
      return false;
    }
    value = std::move(pending_.text);
    return true;
  }

  void read_result() {
    std::string name;
    std::string value;
    if (read_pair(name, value)) {
      const std::string_view wanted = value == "pass" ? proving_property(name) : "";
      while (read_pair(name, value)) {
        if (!wanted.empty() && name == wanted) {
          add(value.substr(value.rfind('@') + 1));
        }
      }
    }
    if (pending_.is != token::type::semicolon && pending_.is != token::type::none) {
      pending_ = skip_to_semicolon();
    }
  }

  void add(std::string domain) {
    if (!domain.empty() && out_.size() < proved_domains_max) {
      out_.push_back(std::move(domain));
    }
  }

  lexer from_;
  token pending_;
  std::vector<std::string> out_;
};

}  // namespace

std::string authserv_id_of(std::string_view value) {
  return lexer(value).next().text;
}

std::vector<std::string> proved_domains(std::string_view value) {
  return result_reader(lexer(value))();
}

}  // namespace repute::mail
