// SPDX-License-Identifier: Apache-2.0
// What the fields of a part say about it.
#pragma once

#include <string>
#include <string_view>

namespace repute::mail::detail {

/// Content-Type: media type and the parameters that matter. What names no type is plain text (RFC
/// 2045, 5.2), whatever parameters it has.
struct content_type {
  std::string media;     ///< `text/plain` and so on, lower case
  std::string boundary;  ///< bytes as they stand in the field
  std::string charset;   ///< lower case
  std::string name;
  std::string report_type;  ///< lower case
};
[[nodiscard]] content_type parse_content_type(std::string_view field);

/// Content-Disposition.
struct content_disposition {
  bool attachment = false;
  std::string file_name;
};
[[nodiscard]] content_disposition parse_disposition(std::string_view field);

}  // namespace repute::mail::detail
