// SPDX-License-Identifier: Apache-2.0
#include "encoded_words.hpp"

#include <utility>

#include "ascii.hpp"
#include "charsets.hpp"
#include "transfer.hpp"

namespace repute::mail::detail {
namespace {

/// =?charset?B?text?= or, with a language (RFC 2231, 5), =?charset*language?Q?text?=
struct encoded_word {
  std::string_view charset;
  bool base64 = false;
  std::string_view text;
  std::size_t end = 0;  ///< the place behind it
};

/// What a word encodes: bytes of its charset.
std::string bytes_of(const encoded_word& word) {
  std::string storage;
  if (word.base64) {
    return std::string(decode_transfer("base64", word.text, storage));
  }
  std::string quoted;
  for (const char c : word.text) {
    quoted += c == '_' ? ' ' : c;
  }
  return std::string(decode_transfer("quoted-printable", quoted, storage));
}

class words_reader {
 public:
  explicit words_reader(std::string_view field) : field_(field) {}

  std::string read() {
    std::size_t done = 0;
    encoded_word word;
    for (std::size_t at = field_.find("=?"); at != field_.npos; at = field_.find("=?", at)) {
      if (!find_word_at(at, word)) {
        ++at;
        continue;
      }
      add_text(field_.substr(done, at - done));
      add(word);
      done = at = word.end;
    }
    add_text(field_.substr(done));
    end_words();
    return std::move(out_);
  }

 private:
  bool find_word_at(std::size_t at, encoded_word& word) {
    const std::size_t label = at + 2;
    const std::size_t encoding = field_.find('?', label) + 1;
    if (encoding == 0 || encoding + 1 >= field_.size() || field_[encoding + 1] != '?') {
      return false;
    }
    const char kind = to_lower(field_[encoding]);
    const std::size_t text = encoding + 2;
    if ((kind != 'b' && kind != 'q') || text > last_end_) {
      return false;
    }
    const std::size_t end = field_.find("?=", text);
    if (end == field_.npos) {
      last_end_ = text - 1;
      return false;
    }
    const std::string_view charset = field_.substr(label, encoding - 1 - label);
    word = {charset.substr(0, charset.find('*')), kind == 'b', field_.substr(text, end - text),
            end + 2};
    return true;
  }

  /// Text before, between or behind words. Blanks between two words are nobody's.
  void add_text(std::string_view text) {
    if (words_.empty() || !trim(text).empty()) {
      end_words();
      append(text, {});
    }
  }

  void add(const encoded_word& word) {
    if (lower(word.charset) != lower(charset_)) {
      end_words();
    }
    charset_ = word.charset;
    words_ += bytes_of(word);
  }

  void end_words() { append(std::exchange(words_, {}), charset_); }

  void append(std::string_view bytes, std::string_view charset) {
    std::string storage;
    out_ += to_utf8(charset, bytes, storage);
  }

  std::string_view field_;
  std::string out_;
  std::size_t last_end_ = std::string_view::npos;  ///< no word ends behind this
  std::string words_;                              ///< bytes of neighbours of one charset
  std::string_view charset_;                       ///< theirs
};

}  // namespace

std::string decode_words(std::string_view field) {
  return words_reader(field).read();
}

}  // namespace repute::mail::detail
