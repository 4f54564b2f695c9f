// SPDX-License-Identifier: Apache-2.0
// GMime, behind functions of strings: parameters, encoded words, transfer encodings, charsets. What
// it reads is bounded by its callers.
#pragma once

#include <string>
#include <string_view>

namespace repute::mail::detail {

/// Makes GMime ready; before everything below, as often as one likes, from any thread.
void require_gmime();

/// Content-Type: media type and the parameters that matter, RFC 2231 and RFC 2047 decoded.
struct content_type {
  std::string media;  ///< `text/plain` and so on, lower case
  std::string boundary;
  std::string charset;  ///< lower case
  std::string name;
  std::string report_type;  ///< lower case
};
[[nodiscard]] content_type parse_content_type(const std::string& field);

/// Content-Disposition.
struct content_disposition {
  bool attachment = false;
  std::string file_name;
};
[[nodiscard]] content_disposition parse_disposition(const std::string& field);

/// A field with encoded words (RFC 2047) as UTF-8.
[[nodiscard]] std::string decode_words(const std::string& field);

/// `body` without its Content-Transfer-Encoding. A view of `body` if there is nothing to decode,
/// else of `storage`.
[[nodiscard]] std::string_view decode_transfer(const std::string& encoding, std::string_view body,
                                               std::string& storage);

/// Text of any charset as UTF-8. A charset that nobody knows, and bytes that are wrong in UTF-8,
/// are read as windows-1252, which is what they are as a rule. A view of `text` if that is what
/// comes out, else of `storage`.
[[nodiscard]] std::string_view to_utf8(const std::string& charset, std::string_view text,
                                       std::string& storage);

}  // namespace repute::mail::detail
