// SPDX-License-Identifier: Apache-2.0
#include "charsets.hpp"

#include <iconv.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "ascii.hpp"
#include "utf8.hpp"

namespace repute::mail::detail {
namespace {

struct charset {
  const char* name;         ///< to iconv
  std::string_view labels;  ///< lower case, a blank between two
};

/// Read in ways of our own: see to_utf8.
constexpr const char* as_utf_8 = "UTF-8";
constexpr const char* as_windows_1252 = "WINDOWS-1252";
constexpr const char* as_iso_2022_jp = "ISO-2022-JP";

// Where programs write a larger charset under the name of a smaller one, the larger is meant: GBK
// for gb2312, code page 949 for euc-kr, and so on, as browsers do.
constexpr auto charsets = std::to_array<charset>({
    {as_utf_8,
     "utf-8 utf8 us-ascii ascii ansi_x3.4-1968 iso-ir-6 unicode-1-1-utf-8 x-unicode20utf8"},
    {as_windows_1252,
     "windows-1252 cp1252 x-cp1252 iso-8859-1 iso8859-1 iso_8859-1 iso_8859-1:1987 iso88591 latin1 "
     "l1 cp819 ibm819 csisolatin1 iso-ir-100"},
    {"ISO-8859-2", "iso-8859-2 iso8859-2 iso_8859-2 iso88592 latin2 l2"},
    {"ISO-8859-3", "iso-8859-3 iso8859-3 iso_8859-3 iso88593 latin3 l3"},
    {"ISO-8859-4", "iso-8859-4 iso8859-4 iso_8859-4 iso88594 latin4 l4"},
    {"ISO-8859-5", "iso-8859-5 iso8859-5 iso_8859-5 iso88595 cyrillic"},
    {"ISO-8859-6", "iso-8859-6 iso8859-6 iso_8859-6 iso88596 iso-8859-6-i iso-8859-6-e arabic"},
    {"ISO-8859-7", "iso-8859-7 iso8859-7 iso_8859-7 iso88597 greek greek8"},
    {"ISO-8859-8", "iso-8859-8 iso8859-8 iso_8859-8 iso88598 iso-8859-8-i iso-8859-8-e hebrew"},
    {"ISO-8859-10", "iso-8859-10 iso8859-10 iso885910 latin6 l6"},
    {"ISO-8859-13", "iso-8859-13 iso8859-13 iso885913"},
    {"ISO-8859-14", "iso-8859-14 iso8859-14 iso885914"},
    {"ISO-8859-15", "iso-8859-15 iso8859-15 iso_8859-15 iso885915 latin-9 latin9 l9"},
    {"ISO-8859-16", "iso-8859-16 iso8859-16 iso885916"},
    {"WINDOWS-1250", "windows-1250 cp1250 x-cp1250"},
    {"WINDOWS-1251", "windows-1251 cp1251 x-cp1251"},
    {"WINDOWS-1253", "windows-1253 cp1253 x-cp1253"},
    {"WINDOWS-1254",
     "windows-1254 cp1254 x-cp1254 iso-8859-9 iso8859-9 iso_8859-9 iso88599 latin5 l5"},
    {"WINDOWS-1255", "windows-1255 cp1255 x-cp1255"},
    {"WINDOWS-1256", "windows-1256 cp1256 x-cp1256"},
    {"WINDOWS-1257", "windows-1257 cp1257 x-cp1257"},
    {"WINDOWS-1258", "windows-1258 cp1258 x-cp1258"},
    {"CP874", "windows-874 cp874 dos-874 tis-620 iso-8859-11 iso8859-11 iso885911"},
    {"KOI8-R", "koi8-r koi8 koi koi8_r cskoi8r"},
    {"KOI8-U", "koi8-u koi8-ru"},
    {"IBM866", "ibm866 cp866 866"},
    {"CP437", "ibm437 cp437 437"},
    {"CP850", "ibm850 cp850 850"},
    {"CP852", "ibm852 cp852 852"},
    {"CP855", "ibm855 cp855 855"},
    {"CP857", "ibm857 cp857 857"},
    {"CP862", "ibm862 cp862 862"},
    {"MACINTOSH", "macintosh mac x-mac-roman"},
    {"MAC-CYRILLIC", "x-mac-cyrillic x-mac-ukrainian"},
    {"TCVN-5712", "tcvn tcvn-5712"},
    {"ARMSCII-8", "armscii-8"},
    {"GB18030",
     "gb18030 gbk gb2312 csgb2312 gb_2312-80 gb_2312 x-gbk cp936 ms936 windows-936 euc-cn chinese "
     "csiso58gb231280 iso-ir-58"},
    {"BIG5-HKSCS", "big5 big5-hkscs big5hkscs csbig5 cn-big5 x-x-big5 cp950 windows-950"},
    {"EUC-TW", "euc-tw"},
    {"CP932", "shift_jis shift-jis sjis x-sjis ms_kanji ms932 cp932 windows-31j csshiftjis"},
    {"EUC-JP-MS", "euc-jp x-euc-jp cseucpkdfmtjapanese"},
    {as_iso_2022_jp, "iso-2022-jp iso-2022-jp-1 iso-2022-jp-ms csiso2022jp cp50220 cp50221"},
    {"ISO-2022-JP-2", "iso-2022-jp-2"},
    {"CP949",
     "euc-kr cseuckr ks_c_5601-1987 ks_c_5601-1989 ks_c_5601 ksc5601 ksc_5601 korean cp949 "
     "windows-949 csksc56011987 iso-ir-149"},
    {"ISO-2022-KR", "iso-2022-kr csiso2022kr"},
    {"ISO-2022-CN", "iso-2022-cn"},
    {"UTF-7", "utf-7 unicode-1-1-utf-7"},
    {"UTF-16", "utf-16 unicode csunicode iso-10646-ucs-2 ucs-2"},
    {"UTF-16LE", "utf-16le unicodefeff"},
    {"UTF-16BE", "utf-16be unicodefffe"},
    // EBCDIC, which mail programs of Windows read.
    {"IBM037", "ibm037 cp037"},
    {"IBM273", "ibm273 cp273"},
    {"IBM285", "ibm285 cp285"},
    {"IBM297", "ibm297 cp297"},
    {"IBM500", "ibm500 cp500"},
    {"IBM1047", "ibm1047 ibm01047 cp1047"},
    {"IBM1140", "ibm1140 ibm01140 cp1140"},
});

using labelled = std::pair<std::string_view, const charset*>;

std::vector<labelled> sorted_labels() {
  std::vector<labelled> out;
  for (const charset& each : charsets) {
    for (std::size_t at = 0; at < each.labels.size();) {
      const std::size_t end = std::min(each.labels.find(' ', at), each.labels.size());
      out.emplace_back(each.labels.substr(at, end - at), &each);
      at = end + 1;
    }
  }
  std::ranges::sort(out);
  return out;
}

/// Null for a label that is not in the list.
const charset* find_charset(std::string_view label) {
  static const std::vector<labelled> labels = sorted_labels();
  constexpr std::size_t longest = 32;
  label = trim(label);
  if (label.size() > longest) {
    return nullptr;
  }
  const std::string wanted = lower(label);
  const auto found = std::ranges::lower_bound(labels, wanted, {}, &labelled::first);
  return found != labels.end() && found->first == wanted ? found->second : nullptr;
}

class converter {
 public:
  explicit converter(const char* charset) : handle_(iconv_open("UTF-8", charset)) {}
  ~converter() {
    if (is_open()) {
      iconv_close(handle_);
    }
  }
  converter(const converter&) = delete;
  converter& operator=(const converter&) = delete;

  [[nodiscard]] bool is_open() const noexcept {
    return handle_ != reinterpret_cast<iconv_t>(-1);  // NOLINT: iconv's own sign of failure
  }

  /// Bytes that are wrong in the charset become U+FFFD, one by one.
  [[nodiscard]] std::string operator()(std::string_view text) const {
    iconv(handle_, nullptr, nullptr, nullptr, nullptr);  // as new
    std::string out;
    std::string input(text);  // iconv wants it writable
    char* from = input.data();
    std::size_t left = input.size();
    while (left > 0) {
      if (!step(&from, &left, out) && errno != E2BIG) {
        out += "\xef\xbf\xbd";
        ++from;
        --left;
      }
    }
    step(nullptr, nullptr, out);  // a character may wait for one that joins it
    return out;
  }

 private:
  bool step(char** from, std::size_t* left, std::string& out) const {
    std::array<char, 8192> buffer;
    char* to = buffer.data();
    std::size_t room = buffer.size();
    const std::size_t done = iconv(handle_, from, left, &to, &room);
    out.append(buffer.data(), buffer.size() - room);
    return done != static_cast<std::size_t>(-1);
  }

  iconv_t handle_;
};

/// The thread's converter. It stays open: to open one loads a module, which takes 50 us, and a
/// field can have a thousand words of as many charsets as there are.
const converter& converter_of(const charset& from, const char* name) {
  thread_local std::array<std::unique_ptr<converter>, charsets.size()> opened;
  auto& mine = opened[static_cast<std::size_t>(&from - charsets.data())];
  if (mine == nullptr) {
    mine = std::make_unique<converter>(name);
  }
  return *mine;
}

/// ISO-2022-JP (RFC 1468) as EUC-JP, with what mail programs write under that name: half-width
/// katakana, JIS X 0212, and the characters of NEC and IBM, for which iconv's own table has no
/// room.
std::string euc_jp_of(std::string_view text) {
  enum class set { ascii, kanji, more_kanji, katakana };
  constexpr std::array<std::pair<std::string_view, set>, 7> escapes{{{"(B", set::ascii},
                                                                     {"(J", set::ascii},
                                                                     {"(I", set::katakana},
                                                                     {"$@", set::kanji},
                                                                     {"$B", set::kanji},
                                                                     {"$(B", set::kanji},
                                                                     {"$(D", set::more_kanji}}};
  const auto high = [](char c) { return static_cast<char>(static_cast<unsigned char>(c) | 0x80); };
  const auto is_part = [](char c) { return c > ' ' && c < 0x7f; };
  std::string out;
  set now = set::ascii;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\x1b') {
      const std::string_view rest = text.substr(i + 1);
      const auto* escape = std::ranges::find_if(
          escapes, [rest](const auto& each) { return rest.starts_with(each.first); });
      if (escape != escapes.end()) {
        now = escape->second;
        i += escape->first.size();
        continue;
      }
    }
    now = text[i] == '\n' ? set::ascii : now;
    const bool is_double = now == set::kanji || now == set::more_kanji;
    if (now == set::ascii || !is_part(text[i]) ||
        (is_double && (i + 1 == text.size() || !is_part(text[i + 1])))) {
      out += text[i];
      continue;
    }
    out += now == set::katakana ? "\x8e" : now == set::more_kanji ? "\x8f" : "";
    out += high(text[i]);
    if (is_double) {
      out += high(text[++i]);
    }
  }
  return out;
}

}  // namespace

bool is_known_charset(std::string_view label) {
  return find_charset(label) != nullptr;
}

std::string_view to_utf8(std::string_view charset, std::string_view text, std::string& storage) {
  const auto* from = find_charset(charset);
  if (from == nullptr || from->name == as_utf_8 || from->name == as_windows_1252 || text.empty()) {
    return mended_utf8(text, storage);
  }
  const bool escaped = from->name == as_iso_2022_jp;
  const converter& convert = converter_of(*from, escaped ? "EUC-JP-MS" : from->name);
  if (!convert.is_open()) {
    return mended_utf8(text, storage);
  }
  storage = escaped ? convert(euc_jp_of(text)) : convert(text);
  std::erase(storage, '\0');
  return storage;
}

}  // namespace repute::mail::detail
