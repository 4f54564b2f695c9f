// SPDX-License-Identifier: Apache-2.0
#include "html.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include "ascii.hpp"
#include "css.hpp"
#include "html_tokens.hpp"
#include "transfer.hpp"
#include "utf8.hpp"

namespace repute::mail::detail {
namespace {

/// Deeper elements are not remembered; their ends close the nearest of their name.
constexpr std::size_t open_elements_max = 256;
constexpr std::size_t time_step = 1U << 16;

template <std::size_t N>
bool is_among(const std::array<std::string_view, N>& sorted, std::string_view name) noexcept {
  return std::ranges::binary_search(sorted, name);
}

/// Elements that end a line, so that words before and after them are two.
constexpr std::array<std::string_view, 57> block_elements{
    "address",  "article", "aside",    "blockquote", "body",    "br",     "button",  "caption",
    "center",   "col",     "colgroup", "dd",         "details", "dialog", "dir",     "div",
    "dl",       "dt",      "fieldset", "figcaption", "figure",  "footer", "form",    "frame",
    "frameset", "h1",      "h2",       "h3",         "h4",      "h5",     "h6",      "header",
    "hr",       "html",    "legend",   "li",         "main",    "menu",   "nav",     "ol",
    "optgroup", "option",  "p",        "pre",        "section", "select", "summary", "table",
    "tbody",    "td",      "textarea", "tfoot",      "th",      "thead",  "title",   "tr",
    "ul"};
static_assert(std::ranges::is_sorted(block_elements));

/// Elements without content and end.
constexpr std::array<std::string_view, 17> void_elements{
    "area", "base",  "basefont", "bgsound", "br",    "col",    "embed", "frame", "hr",
    "img",  "input", "link",     "meta",    "param", "source", "track", "wbr"};
static_assert(std::ranges::is_sorted(void_elements));

/// Elements whose content is not shown; scripts and styles never come as text.
constexpr std::array<std::string_view, 5> unseen_elements{"noscript", "svg", "template", "title",
                                                          "xml"};
static_assert(std::ranges::is_sorted(unseen_elements));

/// Attributes that hold an address.
constexpr std::array<std::string_view, 7> link_attributes{
    "action", "cite", "data", "formaction", "href", "longdesc", "xlink:href"};
static_assert(std::ranges::is_sorted(link_attributes));
constexpr std::array<std::string_view, 5> picture_attributes{"background", "dynsrc", "lowsrc",
                                                             "poster", "src"};
static_assert(std::ranges::is_sorted(picture_attributes));

/// A name as one number, for comparing many: its first bytes, and its length.
constexpr std::uint64_t mark_of(std::string_view name) noexcept {
  std::uint64_t mark = name.size();
  for (const char c : name.substr(0, 7)) {
    mark = mark << 8 | static_cast<unsigned char>(c);
  }
  return mark;
}

struct open_element {
  std::uint64_t mark = 0;
  bool gone = false;
  bool invisible = false;
  bool tiny = false;

  [[nodiscard]] bool is_seen() const noexcept { return !gone && !invisible && !tiny; }
};

/// Elements whose end tag may be left out, with what closes them.
class implied_end {
 public:
  explicit implied_end(std::string_view next)
      : mark_(mark_of(next)),
        ends_paragraph_(is_among(block_elements, next) && next != "br" && next != "button"),
        ends_cell_(next == "td" || next == "th" || next == "tr" || next == "tbody"),
        is_term_(next == "dt" || next == "dd"),
        ends_itself_(next == "li" || next == "tr" || next == "option") {}

  /// True if the start of the tag ends an open element of that mark.
  [[nodiscard]] bool closes(std::uint64_t open) const noexcept {
    return (ends_paragraph_ && open == mark_of("p")) ||
           (ends_cell_ && (open == mark_of("td") || open == mark_of("th"))) ||
           (is_term_ && (open == mark_of("dt") || open == mark_of("dd"))) ||
           (ends_itself_ && open == mark_);
  }

  [[nodiscard]] bool closes_any() const noexcept {
    return ends_paragraph_ || ends_cell_ || is_term_ || ends_itself_;
  }

 private:
  std::uint64_t mark_;
  bool ends_paragraph_;
  bool ends_cell_;
  bool is_term_;
  bool ends_itself_;
};

class page_reader {
 public:
  page_reader(link_list& links, const picture_visitor& picture, budget& within)
      : links_(links), picture_(picture), within_(within) {}

  std::string read(std::string_view page) {
    html_tokenizer tokens(page);
    html_token token;
    std::size_t checked = 0;
    while (tokens.next(token)) {
      take(token);
      if (tokens.position() - checked > time_step) {
        checked = tokens.position();
        if (!within_.has_time()) {
          break;
        }
      }
    }
    links_.add_from_text(text_, role::link);
    links_.set_base({});
    return std::move(text_);
  }

 private:
  void take(const html_token& token) {
    switch (token.kind) {
      case html_token::type::start_tag:
        return start(token);
      case html_token::type::end_tag:
        return end(token.name);
      case html_token::type::text:
        return show(token.text);
      case html_token::type::raw_text:
        return hidden_text(token);
      case html_token::type::comment:
        // Mail programs of one maker show what is in such comments.
        if (starts_with_word(trim(token.text), "[if")) {
          links_.add_from_text(token.text, role::link);
        }
    }
  }

  void start(const html_token& token) {
    close_implied(token.name);
    if (is_among(block_elements, token.name)) {
      end_line();
    }
    open_element element = open_.empty() ? open_element() : open_.back();
    element.mark = mark_of(token.name);
    element.gone = element.gone || is_among(unseen_elements, token.name);
    for (const html_attribute& attribute : token.attributes) {
      take_attribute(token, attribute, element);
    }
    if (token.name == "meta") {
      take_refresh(token);
    }
    if (!is_among(void_elements, token.name) && open_.size() < open_elements_max) {
      open_.push_back(element);
    }
  }

  /// The nearest open element that `next` closes, unless a table's cell is between.
  void close_implied(std::string_view name) {
    const implied_end next(name);
    for (std::size_t i = next.closes_any() ? open_.size() : 0; i-- > 0;) {
      const std::uint64_t mark = open_[i].mark;
      if (next.closes(mark)) {
        return open_.resize(i);
      }
      if (mark == mark_of("table") || mark == mark_of("td") || mark == mark_of("div")) {
        return;
      }
    }
  }

  void end(std::string_view name) {
    if (is_among(block_elements, name)) {
      end_line();
    }
    const std::uint64_t mark = mark_of(name);
    for (std::size_t i = open_.size(); i-- > 0;) {
      if (open_[i].mark == mark) {
        return open_.resize(i);
      }
    }
  }

  void take_attribute(const html_token& token, const html_attribute& attribute,
                      open_element& element) {
    const std::string name = lower(attribute.name.substr(0, 16));
    if (name == "hidden") {
      element.gone = true;
    } else if (name == "style") {
      take_style(decoded(attribute.value), element);
    } else if (name == "href" && token.name == "base") {
      take_base(decoded(attribute.value));
    } else if (name == "srcset") {
      take_source_set(decoded(attribute.value));
    } else if (is_among(picture_attributes, name)) {
      const bool fetches =
          token.name == "iframe" || token.name == "script" || token.name == "frame";
      take_source(decoded(attribute.value), fetches ? role::link : role::image_link);
    } else if (is_among(link_attributes, name)) {
      links_.add(decoded(attribute.value), role::link);
    }
  }

  void take_style(const std::string& style, open_element& element) {
    const style_effect effect = read_style(style);
    element.gone = element.gone || effect.gone;
    element.invisible = effect.invisible.value_or(element.invisible);
    element.tiny = effect.tiny.value_or(element.tiny);
    take_css(style);
  }

  void take_css(std::string_view css) {
    for_each_css_url(css, [this](std::string_view url) { take_source(url, role::image_link); });
  }

  void take_base(const std::string& address) {
    links_.add(address, role::link);
    if (address.find("//") != address.npos) {
      links_.set_base(trim(address));
    }
  }

  /// `<meta http-equiv=refresh content="0; url=...">`
  void take_refresh(const html_token& token) {
    for (const html_attribute& attribute : token.attributes) {
      if (is_word(attribute.name, "content")) {
        const std::string content = decoded(attribute.value);
        const std::size_t url = find_word(content, "url=");
        if (url != content.npos) {
          std::string_view address = trim(std::string_view(content).substr(url + 4));
          while (!address.empty() && (address.front() == '"' || address.front() == '\'')) {
            address.remove_prefix(1);
          }
          links_.add(address.substr(0, address.find_first_of("\"'")), role::link);
        }
      }
    }
  }

  /// `a.png 1x, b.png 2x`
  void take_source_set(std::string_view set) {
    while (!set.empty()) {
      const std::size_t end = std::min(set.find(','), set.size());
      const std::string_view source = trim(set.substr(0, end));
      links_.add(source.substr(0, source.find(' ')), role::image_link);
      set.remove_prefix(std::min(end + 1, set.size()));
    }
  }

  void take_source(std::string_view address, role where) {
    if (starts_with_word(address, "data:image/")) {
      const std::size_t comma = address.find(',');
      if (comma != address.npos && find_word(address.substr(0, comma), ";base64") != address.npos) {
        std::string storage;
        picture_(decode_transfer("base64", address.substr(comma + 1), storage));
      }
      return;
    }
    links_.add(address, where);
  }

  void hidden_text(const html_token& token) {
    if (token.name == "style") {
      take_css(token.text);
    } else if (token.name == "script") {
      links_.add_from_text(token.text, role::link);
    } else {
      show(token.text);
    }
  }

  std::string decoded(std::string_view value) {
    std::string out;
    append_decoded(value, true, out);
    return out;
  }

  void end_line() {
    if (!text_.empty() && text_.back() != '\n') {
      text_ += '\n';
    }
  }

  void show(std::string_view text) {
    if (!open_.empty() && !open_.back().is_seen()) {
      return;
    }
    if (text_.size() >= within_.limits().text_bytes) {
      return within_.meet(limit::text_bytes);
    }
    scratch_.clear();
    append_decoded(text, false, scratch_);
    for (const char c : scratch_) {
      if (!is_space(c)) {
        text_ += c;
      } else if (!text_.empty() && !is_space(text_.back())) {
        text_ += ' ';
      }
    }
  }

  link_list& links_;
  const picture_visitor& picture_;
  budget& within_;
  std::vector<open_element> open_;
  std::string text_;
  std::string scratch_;  ///< one piece of text, kept for its memory
};

}  // namespace

std::string read_html(std::string_view page, link_list& links, const picture_visitor& picture,
                      budget& within) {
  return page_reader(links, picture, within).read(page);
}

}  // namespace repute::mail::detail
