// SPDX-License-Identifier: Apache-2.0
#include "mime_values.hpp"

#include "ascii.hpp"
#include "structured_field.hpp"

namespace repute::mail::detail {

content_type parse_content_type(std::string_view field) {
  const structured_field parsed(field);
  content_type out;
  out.media = parsed.value().find('/') != std::string::npos ? parsed.value() : "text/plain";
  out.boundary = parsed.raw_parameter("boundary");
  out.charset = lower(parsed.parameter("charset"));
  out.name = parsed.parameter("name");
  out.report_type = lower(parsed.parameter("report-type"));
  return out;
}

content_disposition parse_disposition(std::string_view field) {
  const structured_field parsed(field);
  content_disposition out;
  out.attachment = parsed.value() == "attachment";
  out.file_name = parsed.parameter("filename");
  return out;
}

}  // namespace repute::mail::detail
