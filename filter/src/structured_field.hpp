// SPDX-License-Identifier: Apache-2.0
// Content-Type, Content-Disposition and their like: a value and parameters (RFC 2045, 5.1).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace repute::mail::detail {

/// A field of one line, read as mail programs do rather than as it should be written. Any text is a
/// field; what names nothing is skipped. Time is in proportion to the size.
class structured_field {
 public:
  explicit structured_field(std::string_view field);

  /// What the field begins with, lower case: a token, or two with a slash between them. What
  /// follows up to the first semicolon is nobody's.
  [[nodiscard]] const std::string& value() const noexcept { return value_; }

  /// The parameter of that name (lower case) in UTF-8, empty if there is none. Of several forms of
  /// it `name*=` comes first, then the sections `name*0=` and on (both RFC 2231), then `name=`; of
  /// several of one form the first. Encoded words (RFC 2047), which do not belong there but are
  /// common, are decoded.
  [[nodiscard]] std::string parameter(std::string_view name) const;

  /// The same as bytes, without a charset's reading: what is compared and not shown.
  [[nodiscard]] std::string raw_parameter(std::string_view name) const;

 private:
  struct section {
    std::string name;  ///< lower case
    std::string text;
    std::optional<unsigned> number;
    bool extended = false;  ///< the name has an asterisk
    bool encoded = false;   ///< %XX stands for a byte, and the first section names the charset
  };
  struct found_bytes {
    std::string bytes;
    std::optional<std::string> charset;
  };

  [[nodiscard]] found_bytes find(std::string_view name) const;
  [[nodiscard]] std::vector<const section*> sections_of(std::string_view name) const;

  std::string value_;
  std::vector<section> sections_;
};

}  // namespace repute::mail::detail
