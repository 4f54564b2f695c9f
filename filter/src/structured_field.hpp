// SPDX-License-Identifier: Apache-2.0
// Content-Type, Content-Disposition and their like: a value and parameters (RFC 2045, 5.1).
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace repute::mail::detail {

/// A field of one line, read as mail programs write it rather than as it should be: an unquoted
/// parameter goes on to the semicolon, and a semicolon may be missing behind the value and behind
/// quotes. Any text is a field; what names nothing is skipped.
class structured_field {
 public:
  explicit structured_field(std::string_view field);

  /// What stands before the parameters, lower case, without blanks and comments; up to two tokens
  /// with a slash between them.
  [[nodiscard]] const std::string& value() const noexcept { return value_; }

  /// The parameter of that name (lower case) in UTF-8, empty if there is none: the first of
  /// several, put together from its sections and read in its charset (RFC 2231), or with its
  /// encoded words (RFC 2047), which do not belong there but are common.
  [[nodiscard]] std::string parameter(std::string_view name) const;

 private:
  struct section {
    std::string name;  ///< lower case
    std::string text;
    unsigned number = 0;
    bool extended = false;  ///< the name has an asterisk: RFC 2231
    bool encoded = false;   ///< %XX stands for a byte, and the first section names the charset
  };

  [[nodiscard]] std::string joined(std::string_view name) const;

  std::string value_;
  std::vector<section> sections_;
};

}  // namespace repute::mail::detail
