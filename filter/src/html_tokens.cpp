// SPDX-License-Identifier: Apache-2.0
#include "html_tokens.hpp"

#include <algorithm>
#include <array>

#include "ascii.hpp"

namespace repute::mail::detail {
namespace {

constexpr std::size_t name_size_max = 32;
constexpr std::string_view plaintext = "plaintext";

/// Elements whose content is no markup. In the last two it has character references.
constexpr std::array<std::string_view, 8> raw_elements{"iframe", "noembed", "noframes", "script",
                                                       "style",  "xmp",     "textarea", "title"};

bool has_references(std::string_view element) noexcept {
  return element == "textarea" || element == "title";
}

/// `text` begins with `<`; otherwise it is text.
bool may_be_markup(std::string_view text) noexcept {
  return text.size() > 1 &&
         (is_letter(text[1]) || text[1] == '/' || text[1] == '!' || text[1] == '?');
}

bool ends_name(char c) noexcept {
  return is_space(c) || c == '/' || c == '>';
}

}  // namespace

void html_tokenizer::skip_blanks() {
  while (at_ < page_.size() && is_space(page_[at_])) {
    ++at_;
  }
}

bool html_tokenizer::next(html_token& out) {
  if (!raw_element_.empty()) {
    read_raw_text(out);
    return true;
  }
  if (at_ == page_.size()) {
    return false;
  }
  if (page_[at_] == '<' && read_markup(out)) {
    return true;
  }
  std::size_t end = std::min(page_.find('<', at_ + 1), page_.size());
  while (end < page_.size() && !may_be_markup(page_.substr(end))) {
    end = std::min(page_.find('<', end + 1), page_.size());
  }
  out.kind = html_token::type::text;
  out.text = page_.substr(at_, end - at_);
  at_ = end;
  return true;
}

bool html_tokenizer::read_markup(html_token& out) {
  const std::string_view rest = page_.substr(at_);
  if (rest.size() < 2) {
    return false;
  }
  if (is_letter(rest[1])) {
    out.kind = html_token::type::start_tag;
    at_ += 1;
    read_tag(out);
    return true;
  }
  if (rest.size() > 2 && rest[1] == '/' && is_letter(rest[2])) {
    out.kind = html_token::type::end_tag;
    at_ += 2;
    read_tag(out);
    return true;
  }
  if (rest[1] == '!' || rest[1] == '?' || (rest[1] == '/' && rest.size() > 2)) {
    read_comment(out);
    return true;
  }
  return false;
}

void html_tokenizer::read_tag(html_token& out) {
  const std::size_t begin = at_;
  while (at_ < page_.size() && !ends_name(page_[at_])) {
    ++at_;
  }
  out.name = lower(page_.substr(begin, std::min(at_ - begin, name_size_max)));
  out.attributes.clear();
  while (read_attribute(out)) {
  }
  const bool is_raw = std::ranges::find(raw_elements, out.name) != raw_elements.end();
  if (out.kind == html_token::type::start_tag && (is_raw || out.name == plaintext)) {
    raw_element_ = out.name;
  }
}

/// False behind the end of the tag.
bool html_tokenizer::read_attribute(html_token& out) {
  while (at_ < page_.size() && (is_space(page_[at_]) || page_[at_] == '/')) {
    ++at_;
  }
  if (at_ == page_.size() || page_[at_] == '>') {
    at_ += at_ == page_.size() ? 0 : 1;
    return false;
  }
  const std::size_t begin = at_;
  do {  // an '=' at the front belongs to the name
    ++at_;
  } while (at_ < page_.size() && !ends_name(page_[at_]) && page_[at_] != '=');
  html_attribute found{page_.substr(begin, at_ - begin), {}};
  const std::size_t behind_name = at_;
  skip_blanks();
  if (at_ == page_.size() || page_[at_] != '=') {
    at_ = behind_name;
    out.attributes.push_back(found);
    return true;
  }
  ++at_;
  skip_blanks();
  const char quote = at_ < page_.size() ? page_[at_] : '>';
  if (quote == '"' || quote == '\'') {
    const std::size_t end = std::min(page_.find(quote, at_ + 1), page_.size());
    found.value = page_.substr(at_ + 1, end - at_ - 1);
    at_ = std::min(end + 1, page_.size());
  } else {
    const std::size_t value = at_;
    while (at_ < page_.size() && !is_space(page_[at_]) && page_[at_] != '>') {
      ++at_;
    }
    found.value = page_.substr(value, at_ - value);
  }
  out.attributes.push_back(found);
  return true;
}

/// `<!-- -->`; everything else that begins so ends at the first `>`, and so does a comment that
/// nothing ends: some programs hide the rest of the page, others show it.
void html_tokenizer::read_comment(html_token& out) {
  out.kind = html_token::type::comment;
  const std::string_view rest = page_.substr(at_);
  const auto take = [&](std::size_t begin, std::size_t end, std::size_t size) {
    out.text = rest.substr(std::min(begin, end), end - std::min(begin, end));
    at_ += std::min(end + size, rest.size());
  };
  if (!rest.starts_with("<!--")) {
    return take(2, std::min(rest.find('>'), rest.size()), 1);
  }
  if (rest.starts_with("<!-->") || rest.starts_with("<!--->")) {
    return take(4, rest.find('>'), 1);
  }
  const std::size_t plain = comments_end_ ? rest.find("-->", 4) : rest.npos;
  const std::size_t bang = comments_end_ ? rest.substr(0, plain).find("--!>", 4) : rest.npos;
  comments_end_ = plain != rest.npos || bang != rest.npos;
  if (!comments_end_) {
    return take(4, std::min(rest.find('>'), rest.size()), 1);
  }
  bang == rest.npos ? take(4, plain, 3) : take(4, bang, 4);
}

void html_tokenizer::read_raw_text(html_token& out) {
  out.kind = has_references(raw_element_) ? html_token::type::text : html_token::type::raw_text;
  out.name = raw_element_;
  std::size_t end = raw_element_ == plaintext ? page_.npos : page_.find("</", at_);
  while (end != page_.npos) {
    const std::string_view tag = page_.substr(end + 2);
    const std::size_t size = raw_element_.size();
    if (starts_with_word(tag, raw_element_) && tag.size() > size && ends_name(tag[size])) {
      break;
    }
    end = page_.find("</", end + 2);
  }
  end = std::min(end, page_.size());
  out.text = page_.substr(at_, end - at_);
  at_ = end;
  raw_element_.clear();
}

}  // namespace repute::mail::detail
