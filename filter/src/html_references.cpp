// SPDX-License-Identifier: Apache-2.0
// Named character references: all of HTML 4, and those of HTML 5 that stand for ASCII, blanks or
// invisible characters, by which links are disguised.
#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>

#include "ascii.hpp"
#include "html_tokens.hpp"
#include "utf8.hpp"

namespace repute::mail::detail {
namespace {

struct reference {
  std::string_view name;
  std::uint16_t character;
  bool without_semicolon = false;  ///< known without one, too, for old pages
};

constexpr std::size_t name_size_max = 16;
constexpr std::size_t old_name_size_max = 6;  ///< of those known without a semicolon

// clang-format off
constexpr std::array<reference, 317> references{{
    {"AElig", 0xc6, true}, {"AMP", 0x26, true}, {"Aacute", 0xc1, true}, {"Acirc", 0xc2, true},
    {"Agrave", 0xc0, true}, {"Alpha", 0x391}, {"ApplyFunction", 0x2061}, {"Aring", 0xc5, true},
    {"Atilde", 0xc3, true}, {"Auml", 0xc4, true}, {"Beta", 0x392}, {"COPY", 0xa9, true},
    {"Ccedil", 0xc7, true}, {"Chi", 0x3a7}, {"Dagger", 0x2021}, {"Delta", 0x394},
    {"DiacriticalGrave", 0x60}, {"ETH", 0xd0, true}, {"Eacute", 0xc9, true}, {"Ecirc", 0xca, true},
    {"Egrave", 0xc8, true}, {"Epsilon", 0x395}, {"Eta", 0x397}, {"Euml", 0xcb, true},
    {"GT", 0x3e, true}, {"Gamma", 0x393}, {"Hat", 0x5e}, {"Iacute", 0xcd, true},
    {"Icirc", 0xce, true}, {"Igrave", 0xcc, true}, {"InvisibleComma", 0x2063},
    {"InvisibleTimes", 0x2062}, {"Iota", 0x399}, {"Iuml", 0xcf, true}, {"Kappa", 0x39a},
    {"LT", 0x3c, true}, {"Lambda", 0x39b}, {"MediumSpace", 0x205f}, {"Mu", 0x39c},
    {"NewLine", 0xa}, {"NoBreak", 0x2060}, {"NonBreakingSpace", 0xa0}, {"Ntilde", 0xd1, true},
    {"Nu", 0x39d}, {"OElig", 0x152}, {"Oacute", 0xd3, true}, {"Ocirc", 0xd4, true},
    {"Ograve", 0xd2, true}, {"Omega", 0x3a9}, {"Omicron", 0x39f}, {"Oslash", 0xd8, true},
    {"Otilde", 0xd5, true}, {"Ouml", 0xd6, true}, {"Phi", 0x3a6}, {"Pi", 0x3a0}, {"Prime", 0x2033},
    {"Psi", 0x3a8}, {"QUOT", 0x22, true}, {"REG", 0xae, true}, {"Rho", 0x3a1}, {"Scaron", 0x160},
    {"Sigma", 0x3a3}, {"THORN", 0xde, true}, {"Tab", 0x9}, {"Tau", 0x3a4}, {"Theta", 0x398},
    {"ThinSpace", 0x2009}, {"Uacute", 0xda, true}, {"Ucirc", 0xdb, true}, {"Ugrave", 0xd9, true},
    {"UnderBar", 0x5f}, {"Upsilon", 0x3a5}, {"Uuml", 0xdc, true}, {"VerticalLine", 0x7c},
    {"VeryThinSpace", 0x200a}, {"Xi", 0x39e}, {"Yacute", 0xdd, true}, {"Yuml", 0x178},
    {"ZeroWidthSpace", 0x200b}, {"Zeta", 0x396}, {"aacute", 0xe1, true}, {"acirc", 0xe2, true},
    {"acute", 0xb4, true}, {"aelig", 0xe6, true}, {"af", 0x2061}, {"agrave", 0xe0, true},
    {"alefsym", 0x2135}, {"alpha", 0x3b1}, {"amp", 0x26, true}, {"and", 0x2227}, {"ang", 0x2220},
    {"apos", 0x27}, {"aring", 0xe5, true}, {"ast", 0x2a}, {"asymp", 0x2248},
    {"atilde", 0xe3, true}, {"auml", 0xe4, true}, {"bdquo", 0x201e}, {"beta", 0x3b2},
    {"brvbar", 0xa6, true}, {"bsol", 0x5c}, {"bull", 0x2022}, {"cap", 0x2229},
    {"ccedil", 0xe7, true}, {"cedil", 0xb8, true}, {"cent", 0xa2, true}, {"chi", 0x3c7},
    {"circ", 0x2c6}, {"clubs", 0x2663}, {"colon", 0x3a}, {"comma", 0x2c}, {"commat", 0x40},
    {"cong", 0x2245}, {"copy", 0xa9, true}, {"crarr", 0x21b5}, {"cup", 0x222a},
    {"curren", 0xa4, true}, {"dArr", 0x21d3}, {"dagger", 0x2020}, {"darr", 0x2193},
    {"dash", 0x2010}, {"deg", 0xb0, true}, {"delta", 0x3b4}, {"diams", 0x2666},
    {"divide", 0xf7, true}, {"dollar", 0x24}, {"eacute", 0xe9, true}, {"ecirc", 0xea, true},
    {"egrave", 0xe8, true}, {"empty", 0x2205}, {"emsp", 0x2003}, {"emsp13", 0x2004},
    {"emsp14", 0x2005}, {"ensp", 0x2002}, {"epsilon", 0x3b5}, {"equals", 0x3d}, {"equiv", 0x2261},
    {"eta", 0x3b7}, {"eth", 0xf0, true}, {"euml", 0xeb, true}, {"euro", 0x20ac}, {"excl", 0x21},
    {"exist", 0x2203}, {"fnof", 0x192}, {"forall", 0x2200}, {"frac12", 0xbd, true},
    {"frac14", 0xbc, true}, {"frac34", 0xbe, true}, {"frasl", 0x2044}, {"gamma", 0x3b3},
    {"ge", 0x2265}, {"grave", 0x60}, {"gt", 0x3e, true}, {"hArr", 0x21d4}, {"hairsp", 0x200a},
    {"harr", 0x2194}, {"hearts", 0x2665}, {"hellip", 0x2026}, {"horbar", 0x2015},
    {"hyphen", 0x2010}, {"iacute", 0xed, true}, {"ic", 0x2063}, {"icirc", 0xee, true},
    {"iexcl", 0xa1, true}, {"igrave", 0xec, true}, {"image", 0x2111}, {"imath", 0x131},
    {"infin", 0x221e}, {"inodot", 0x131}, {"int", 0x222b}, {"iota", 0x3b9}, {"iquest", 0xbf, true},
    {"isin", 0x2208}, {"it", 0x2062}, {"iuml", 0xef, true}, {"kappa", 0x3ba}, {"lArr", 0x21d0},
    {"lambda", 0x3bb}, {"lang", 0x27e8}, {"laquo", 0xab, true}, {"larr", 0x2190}, {"lbrace", 0x7b},
    {"lbrack", 0x5b}, {"lceil", 0x2308}, {"lcub", 0x7b}, {"ldquo", 0x201c}, {"le", 0x2264},
    {"lfloor", 0x230a}, {"lowast", 0x2217}, {"lowbar", 0x5f}, {"loz", 0x25ca}, {"lpar", 0x28},
    {"lrm", 0x200e}, {"lsaquo", 0x2039}, {"lsqb", 0x5b}, {"lsquo", 0x2018}, {"lt", 0x3c, true},
    {"macr", 0xaf, true}, {"mdash", 0x2014}, {"micro", 0xb5, true}, {"midast", 0x2a},
    {"middot", 0xb7, true}, {"minus", 0x2212}, {"mu", 0x3bc}, {"nabla", 0x2207},
    {"nbsp", 0xa0, true}, {"ndash", 0x2013}, {"ne", 0x2260}, {"ni", 0x220b}, {"not", 0xac, true},
    {"notin", 0x2209}, {"nsub", 0x2284}, {"ntilde", 0xf1, true}, {"nu", 0x3bd}, {"num", 0x23},
    {"numsp", 0x2007}, {"oacute", 0xf3, true}, {"ocirc", 0xf4, true}, {"oelig", 0x153},
    {"ograve", 0xf2, true}, {"oline", 0x203e}, {"omega", 0x3c9}, {"omicron", 0x3bf},
    {"oplus", 0x2295}, {"or", 0x2228}, {"ordf", 0xaa, true}, {"ordm", 0xba, true},
    {"oslash", 0xf8, true}, {"otilde", 0xf5, true}, {"otimes", 0x2297}, {"ouml", 0xf6, true},
    {"para", 0xb6, true}, {"part", 0x2202}, {"percnt", 0x25}, {"period", 0x2e}, {"permil", 0x2030},
    {"perp", 0x22a5}, {"phi", 0x3c6}, {"pi", 0x3c0}, {"piv", 0x3d6}, {"plus", 0x2b},
    {"plusmn", 0xb1, true}, {"pound", 0xa3, true}, {"prime", 0x2032}, {"prod", 0x220f},
    {"prop", 0x221d}, {"psi", 0x3c8}, {"puncsp", 0x2008}, {"quest", 0x3f}, {"quot", 0x22, true},
    {"rArr", 0x21d2}, {"radic", 0x221a}, {"rang", 0x27e9}, {"raquo", 0xbb, true}, {"rarr", 0x2192},
    {"rbrace", 0x7d}, {"rbrack", 0x5d}, {"rceil", 0x2309}, {"rcub", 0x7d}, {"rdquo", 0x201d},
    {"real", 0x211c}, {"reg", 0xae, true}, {"rfloor", 0x230b}, {"rho", 0x3c1}, {"rlm", 0x200f},
    {"rpar", 0x29}, {"rsaquo", 0x203a}, {"rsqb", 0x5d}, {"rsquo", 0x2019}, {"sbquo", 0x201a},
    {"scaron", 0x161}, {"sdot", 0x22c5}, {"sect", 0xa7, true}, {"semi", 0x3b}, {"shy", 0xad, true},
    {"sigma", 0x3c3}, {"sigmaf", 0x3c2}, {"sim", 0x223c}, {"sol", 0x2f}, {"spades", 0x2660},
    {"sub", 0x2282}, {"sube", 0x2286}, {"sum", 0x2211}, {"sup", 0x2283}, {"sup1", 0xb9, true},
    {"sup2", 0xb2, true}, {"sup3", 0xb3, true}, {"supe", 0x2287}, {"szlig", 0xdf, true},
    {"tau", 0x3c4}, {"there4", 0x2234}, {"theta", 0x3b8}, {"thetasym", 0x3d1}, {"thinsp", 0x2009},
    {"thorn", 0xfe, true}, {"tilde", 0x2dc}, {"times", 0xd7, true}, {"trade", 0x2122},
    {"uArr", 0x21d1}, {"uacute", 0xfa, true}, {"uarr", 0x2191}, {"ucirc", 0xfb, true},
    {"ugrave", 0xf9, true}, {"uml", 0xa8, true}, {"upsih", 0x3d2}, {"upsilon", 0x3c5},
    {"uuml", 0xfc, true}, {"verbar", 0x7c}, {"vert", 0x7c}, {"weierp", 0x2118}, {"xi", 0x3be},
    {"yacute", 0xfd, true}, {"yen", 0xa5, true}, {"yuml", 0xff, true}, {"zeta", 0x3b6},
    {"zwj", 0x200d}, {"zwnj", 0x200c},
}};
// clang-format on
static_assert(std::ranges::is_sorted(references, {}, &reference::name));

const reference* find_reference(std::string_view name) noexcept {
  const auto at = std::ranges::lower_bound(references, name, {}, &reference::name);
  return at != references.end() && at->name == name ? &*at : nullptr;
}

bool is_name_character(char c) noexcept {
  return is_letter(c) || is_digit(c);
}

/// What a number stands for: 0x80 .. 0x9f are those of windows-1252.
std::uint32_t character_of(std::uint32_t number) noexcept {
  if (number >= 0x80 && number < 0xa0) {
    return windows_1252(static_cast<unsigned char>(number));
  }
  return number == 0 ? 0xfffd : number;
}

/// `&#65;`, `&#x41;`; the semicolon may be missing. `text` begins with `&#`. Bytes read, or 0.
std::size_t append_number(std::string_view text, std::string& to) {
  const bool hexadecimal = text.size() > 2 && to_lower(text[2]) == 'x';
  const char* first = text.data() + (hexadecimal ? 3 : 2);
  const char* last = text.data() + text.size();
  std::uint32_t number = 0;
  const auto [end, problem] = std::from_chars(first, last, number, hexadecimal ? 16 : 10);
  if (end == first) {
    return 0;
  }
  append_utf8(problem == std::errc() ? character_of(number) : 0xfffd, to);
  const auto size = static_cast<std::size_t>(end - text.data());
  return size + (size < text.size() && text[size] == ';' ? 1 : 0);
}

/// `text` begins with `&` and a letter. Bytes read, or 0.
std::size_t append_named(std::string_view text, bool in_attribute, std::string& to) {
  std::size_t size = 1;
  while (size < text.size() && size <= name_size_max && is_name_character(text[size])) {
    ++size;
  }
  if (size < text.size() && text[size] == ';') {
    if (const reference* found = find_reference(text.substr(1, size - 1))) {
      append_utf8(found->character, to);
      return size + 1;
    }
  }
  if (in_attribute && size < text.size() && text[size] == '=') {
    return 0;
  }
  for (std::size_t old = std::min(size - 1, old_name_size_max); old > 1; --old) {
    const reference* found = find_reference(text.substr(1, old));
    if (found != nullptr && found->without_semicolon && (!in_attribute || old == size - 1)) {
      append_utf8(found->character, to);
      return old + 1;
    }
  }
  return 0;
}

}  // namespace

void append_decoded(std::string_view text, bool in_attribute, std::string& to) {
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] != '&') {
      const std::size_t mark = std::min(text.find('&', at), text.size());
      to.append(text, at, mark - at);
      at = mark;
      continue;
    }
    if (at + 1 == text.size()) {
      to += '&';
      return;
    }
    const std::string_view rest = text.substr(at);
    const std::size_t size = rest[1] == '#'       ? append_number(rest, to)
                             : is_letter(rest[1]) ? append_named(rest, in_attribute, to)
                                                  : 0;
    if (size == 0) {
      to += '&';
    }
    at += std::max<std::size_t>(size, 1);
  }
}

}  // namespace repute::mail::detail
