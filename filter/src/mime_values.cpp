// SPDX-License-Identifier: Apache-2.0
#include "mime_values.hpp"

#include <gmime/gmime.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>

#include "ascii.hpp"
#include "utf8.hpp"

namespace repute::mail::detail {
namespace {

struct object_closer {
  void operator()(void* object) const noexcept { g_object_unref(object); }
};
template <class T>
using object = std::unique_ptr<T, object_closer>;

struct text_closer {
  void operator()(char* text) const noexcept { g_free(text); }
};

std::string text_or_empty(const char* text) {
  return text == nullptr ? std::string() : std::string(text);
}

/// Immutable after this; one object for all threads.
GMimeParserOptions* parser_options() {
  static GMimeParserOptions* const options = [] {
    g_mime_init();
    GMimeParserOptions* made = g_mime_parser_options_new();
    std::array<const char*, 3> charsets{"utf-8", "windows-1252", nullptr};
    g_mime_parser_options_set_fallback_charsets(made, charsets.data());
    return made;
  }();
  return options;
}

class converter {
 public:
  explicit converter(const std::string& charset)
      : handle_(g_mime_iconv_open("UTF-8", charset.c_str())) {}
  ~converter() {
    if (is_open()) {
      g_mime_iconv_close(handle_);
    }
  }
  converter(const converter&) = delete;
  converter& operator=(const converter&) = delete;

  [[nodiscard]] bool is_open() const noexcept {
    return handle_ != reinterpret_cast<iconv_t>(-1);  // NOLINT: iconv's own sign of failure
  }

  /// Bytes that are wrong in the charset become U+FFFD, one by one.
  [[nodiscard]] std::string operator()(std::string_view text) const {
    std::string out;
    std::array<char, 8192> buffer;
    std::string input(text);  // iconv wants it writable
    char* from = input.data();
    std::size_t left = input.size();
    while (left > 0) {
      char* to = buffer.data();
      std::size_t room = buffer.size();
      const std::size_t done = iconv(handle_, &from, &left, &to, &room);
      out.append(buffer.data(), buffer.size() - room);
      if (done == static_cast<std::size_t>(-1) && errno != E2BIG) {
        out += "\xef\xbf\xbd";
        ++from;
        --left;
      }
    }
    return out;
  }

 private:
  iconv_t handle_;
};

}  // namespace

void require_gmime() {
  static_cast<void>(parser_options());
}

content_type parse_content_type(const std::string& field) {
  // What names no type is plain text (RFC 2045, 5.2), whatever parameters it has.
  const std::size_t parameters = std::min(field.find(';'), field.size());
  const bool names_type = field.find('/') < parameters;
  const std::string whole = names_type ? field : "text/plain" + field.substr(parameters);
  const object<GMimeContentType> parsed(g_mime_content_type_parse(parser_options(), whole.c_str()));
  const auto parameter = [&parsed](const char* name) {
    return text_or_empty(g_mime_content_type_get_parameter(parsed.get(), name));
  };
  content_type out;
  out.media = lower(text_or_empty(g_mime_content_type_get_media_type(parsed.get())) + "/" +
                    text_or_empty(g_mime_content_type_get_media_subtype(parsed.get())));
  out.boundary = parameter("boundary");
  out.charset = lower(parameter("charset"));
  out.name = parameter("name");
  out.report_type = lower(parameter("report-type"));
  return out;
}

content_disposition parse_disposition(const std::string& field) {
  const object<GMimeContentDisposition> parsed(
      g_mime_content_disposition_parse(parser_options(), field.c_str()));
  content_disposition out;
  out.attachment = g_mime_content_disposition_is_attachment(parsed.get()) != 0;
  out.file_name = text_or_empty(g_mime_content_disposition_get_parameter(parsed.get(), "filename"));
  return out;
}

std::string decode_words(const std::string& field) {
  const std::unique_ptr<char, text_closer> text(
      g_mime_utils_header_decode_text(parser_options(), field.c_str()));
  return text_or_empty(text.get());
}

std::string_view decode_transfer(const std::string& encoding, std::string_view body,
                                 std::string& storage) {
  const GMimeContentEncoding kind = g_mime_content_encoding_from_string(encoding.c_str());
  if (kind != GMIME_CONTENT_ENCODING_BASE64 && kind != GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE &&
      kind != GMIME_CONTENT_ENCODING_UUENCODE) {
    return body;
  }
  GMimeEncoding state;
  g_mime_encoding_init_decode(&state, kind);
  storage.resize(std::max(g_mime_encoding_outlen(&state, body.size()), body.size()));
  storage.resize(g_mime_encoding_flush(&state, body.data(), body.size(), storage.data()));
  return storage;
}

std::string_view to_utf8(const std::string& charset, std::string_view text, std::string& storage) {
  constexpr std::array<std::string_view, 9> near_utf8{
      "", "utf-8", "utf8", "us-ascii", "ascii", "latin1", "iso-8859-1", "cp1252", "windows-1252"};
  if (std::ranges::find(near_utf8, charset) == near_utf8.end()) {
    if (const converter convert(charset); convert.is_open()) {
      storage = convert(text);
      return storage;
    }
  }
  return mended_utf8(text, storage);
}

}  // namespace repute::mail::detail
