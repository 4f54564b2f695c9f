// SPDX-License-Identifier: Apache-2.0
#include "links.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "ascii.hpp"
#include "percent.hpp"
#include "utf8.hpp"

namespace repute::mail::detail {
namespace {

/// As of a canonical form; a byte more shows that it is longer.
constexpr std::size_t address_size_max = 8192;
/// A redirection within a redirection, and so on.
constexpr int inner_depth_max = 3;
constexpr std::size_t inner_max = 8;  ///< addresses within one address

bool is_scheme_character(char c) noexcept {
  return is_letter(c) || is_digit(c) || c == '+' || c == '-' || c == '.';
}

/// Bytes of a scheme of the web at the front of `text` with its colon: `https:`; `hxxp:` is what
/// people write who mean http and want no link. 0 if there is none.
std::size_t web_scheme_size(std::string_view text) noexcept {
  constexpr std::array<std::string_view, 5> schemes{"http:", "https:", "hxxp:", "hxxps:", "ftp:"};
  for (const std::string_view scheme : schemes) {
    if (starts_with_word(text, scheme)) {
      return scheme.size();
    }
  }
  return 0;
}

bool is_slash(char c) noexcept {
  return c == '/' || c == '\\';
}

/// True if an address with its host begins there: `https://`, `http:\\`.
bool begins_address(std::string_view text) noexcept {
  const std::size_t scheme = web_scheme_size(text);
  return scheme != 0 && text.size() > scheme + 2 && is_slash(text[scheme]) &&
         is_slash(text[scheme + 1]);
}

bool begins_www(std::string_view text) noexcept {
  return starts_with_word(text, "www.") && text.size() > 4 && !is_space(text[4]) && text[4] != '.';
}

bool is_host_character(char c) noexcept {
  return is_letter(c) || is_digit(c) || static_cast<unsigned char>(c) >= 0x80 ||
         std::string_view("-._~%:[]").find(c) != std::string_view::npos;
}

bool ends_address(char c) noexcept {
  return static_cast<unsigned char>(c) <= 0x20 || c == '<' || c == '>' || c == '"' || c == 0x7f;
}

/// Bytes of `text` up to the end of its authority; an `@` may follow what else ends it.
std::size_t authority_size(std::string_view text) noexcept {
  const std::size_t begin = text.find_first_not_of("/\\", web_scheme_size(text));
  const std::size_t slash = std::min(text.find_first_of("/\\?#", begin), text.size());
  const std::size_t user = text.substr(0, slash).rfind('@');
  const std::size_t host = user == text.npos ? begin : user + 1;
  const auto end = std::ranges::find_if(text.substr(0, slash).substr(std::min(host, slash)),
                                        [](char c) { return !is_host_character(c); });
  return static_cast<std::size_t>(end - text.begin());
}

/// The address that running text begins with, without the punctuation of the sentence around it. A
/// closing bracket belongs to it if it opens within it.
std::string_view cut_address(std::string_view text) noexcept {
  const auto end = std::ranges::find_if(text.substr(0, address_size_max + 1), ends_address);
  text = text.substr(0, static_cast<std::size_t>(end - text.begin()));
  const std::size_t authority = authority_size(text);
  if (authority < text.size() && !is_slash(text[authority]) && text[authority] != '?' &&
      text[authority] != '#') {
    text = text.substr(0, authority);
  }
  while (!text.empty()) {
    const char last = text.back();
    const bool closes = (last == ')' && text.find('(') == text.npos) ||
                        (last == ']' && text.find('[') == text.npos) || last == '}';
    if (!closes && std::string_view(".,;:!?'*_|`").find(last) == std::string_view::npos) {
      break;
    }
    text.remove_suffix(1);
  }
  return text;
}

/// Without what browsers drop: blanks and controls around it, line ends and tabs within.
std::string without_blanks(std::string_view address) {
  std::string out;
  for (const char c : trim(address)) {
    if (c != '\t' && c != '\r' && c != '\n') {
      out += c;
    }
  }
  return out;
}

/// `reference` on the page whose base is `base`; only good enough for the host and a path.
std::string resolved(std::string_view base, std::string_view reference) {
  const std::size_t authority = base.find("//");
  const std::size_t path = std::min(base.find('/', authority + 2), base.size());
  if (reference.starts_with('/') || path == base.size()) {
    return std::string(base.substr(0, path)) + (reference.starts_with('/') ? "" : "/") +
           std::string(reference);
  }
  const std::string_view folder = base.substr(0, base.find_first_of("?#"));
  return std::string(folder.substr(0, folder.rfind('/') + 1)) + std::string(reference);
}

bool has_scheme(std::string_view text) noexcept {
  const auto end = std::ranges::find_if_not(text, is_scheme_character);
  return end != text.end() && *end == ':' && end != text.begin();
}

/// The address that a parameter's value or a path is or ends with.
std::optional<std::string> inner_address(std::string_view text) {
  std::string plain(text);
  for (int layer = 0; layer < inner_depth_max; ++layer) {
    for (std::size_t at = 0; at < plain.size(); ++at) {
      const std::string_view rest = std::string_view(plain).substr(at);
      if (begins_address(rest) || (at == 0 && begins_www(rest))) {
        return plain.substr(at);
      }
    }
    if (plain.find('%') == plain.npos) {
      break;
    }
    plain = unescaped(plain);
  }
  return std::nullopt;
}

/// The addresses within an address: one in the path, with all that follows, and one for each
/// parameter.
std::vector<std::string> inner_addresses(std::string_view address) {
  std::vector<std::string> out;
  const std::size_t scheme = web_scheme_size(address);
  std::string_view rest = address.substr(std::min(scheme + 2, address.size()));
  rest.remove_prefix(std::min(rest.find_first_of("/?#"), rest.size()));
  const std::size_t path = std::min(rest.find_first_of("?#"), rest.size());
  if (inner_address(rest.substr(0, path))) {
    out.push_back(*inner_address(rest));
  }
  rest.remove_prefix(path);
  while (!rest.empty() && out.size() < inner_max) {
    rest.remove_prefix(1);
    const std::size_t end = std::min(rest.find_first_of("&?;#="), rest.size());
    if (auto inner = inner_address(rest.substr(0, end))) {
      out.push_back(std::move(*inner));
    }
    rest.remove_prefix(end);
  }
  return out;
}

/// An address too long for a form loses its parameters, and if need be its path: its host counts.
void add_fact(const std::string& address, role where, fact_list& to) {
  if (to.add(subject::url, where, address)) {
    return;
  }
  const std::size_t host = address.find("//");
  const std::size_t path = address.find_first_of("/?#\\", host == address.npos ? 0 : host + 2);
  const std::size_t query = address.find('?');
  if (query == address.npos || !to.add(subject::url, where, address.substr(0, query))) {
    to.add(subject::url, where, address.substr(0, path));
  }
}

void add_with_inner(const std::string& address, role where, int depth, fact_list& to) {
  add_fact(address, where, to);
  if (depth < inner_depth_max) {
    for (const std::string& inner : inner_addresses(address)) {
      add_with_inner(inner, role::link, depth + 1, to);
    }
  }
}

}  // namespace

void link_list::add(std::string_view address, role where) {
  std::string text = without_blanks(address.substr(0, address_size_max + 1));
  const std::size_t scheme = web_scheme_size(text);
  if (scheme != 0) {
    if (to_lower(text[1]) == 'x') {
      text.replace(1, 2, "tt");
    }
    return keep(std::move(text), where);
  }
  if (text.size() > 2 && is_slash(text[0]) && is_slash(text[1])) {
    return keep("http:" + text, where);
  }
  if (begins_www(text)) {
    return keep("http://" + text, where);
  }
  if (!base_.empty() && !text.empty() && text[0] != '#' && !has_scheme(text)) {
    return keep(resolved(base_, text), where);
  }
  // `javascript:open('http://...')`, or an attribute whose quotes were spoilt on the way.
  if (text.find("//") != text.npos) {
    add_from_text(text, where);
  }
}

void link_list::add_from_text(std::string_view text, role where) {
  std::string storage;
  text = without_invisible(text, storage);
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] != '.' && text[at] != ':') {
      ++at;
      continue;
    }
    std::size_t begin = at;
    if (text[at] == '.') {
      begin = at >= 3 && begins_www(text.substr(at - 3)) ? at - 3 : at;
      const bool inside = begin > 0 && (is_scheme_character(text[begin - 1]) ||
                                        text[begin - 1] == '@' || text[begin - 1] == '/');
      begin = inside ? at : begin;
    } else {
      while (begin > 0 && at - begin < 5 && is_letter(text[begin - 1])) {
        --begin;
      }
      while (begin < at && !begins_address(text.substr(begin))) {
        ++begin;
      }
    }
    if (begin == at) {
      ++at;
      continue;
    }
    const std::string_view address = cut_address(text.substr(begin));
    add(address, where);
    // In some scripts the next word follows without a blank.
    const auto beyond_ascii =
        std::ranges::find_if(address, [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
    if (beyond_ascii != address.end()) {
      add(address.substr(0, static_cast<std::size_t>(beyond_ascii - address.begin())), where);
    }
    at = std::max(at + 1, begin + address.size());
  }
}

void link_list::keep(std::string address, role where) {
  const auto mark = [](const found& each) { return static_cast<char>(each.where) + each.address; };
  found each{std::move(address), where};
  if (!kept_.insert(mark(each)).second) {
    return;
  }
  const std::size_t half = within_.limits().links / 2;
  if (first_.size() < within_.limits().links - half) {
    first_.push_back(std::move(each));
    return;
  }
  last_.push_back(std::move(each));
  if (last_.size() > half) {
    kept_.erase(mark(last_.front()));
    last_.pop_front();
    within_.meet(limit::links);
  }
}

void link_list::add_facts(fact_list& to) {
  for (const found& each : first_) {
    add_with_inner(each.address, each.where, 0, to);
  }
  for (const found& each : last_) {
    add_with_inner(each.address, each.where, 0, to);
  }
}

}  // namespace repute::mail::detail
