// SPDX-License-Identifier: Apache-2.0
// The header of a message or a part: fields as they stand.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "budget.hpp"

namespace repute::mail::detail {

/// One field; views into the message.
struct header_field {
  std::string_view name;
  std::string_view body;  ///< after the colon, folds and all
};

/// A body longer than this is cut: names, parameters and encoded words beyond it are nobody's.
inline constexpr std::size_t field_size_max = 16384;

/// The body of a field as one line, trimmed, without control characters.
[[nodiscard]] std::string unfolded(std::string_view body);

/// What a header is made of: a field with the lines that continue it, or a line of an envelope
/// (`From `) that a mailer left there, which has no name.
struct header_piece {
  std::string_view whole;  ///< with its line end
  std::string_view name;
};

/// Takes the first piece off the front of a header. Nothing at its end: before an empty line, one
/// that is no field, as if the empty line had been lost, or nothing.
[[nodiscard]] std::optional<header_piece> take_piece(std::string_view& text) noexcept;

/// `\n`, `\r\n` and the like, also nothing at all.
[[nodiscard]] bool is_empty_line(std::string_view line) noexcept;
/// The first line with its end.
[[nodiscard]] std::string_view first_line(std::string_view text) noexcept;

class header {
 public:
  /// Takes the header off the front of `text`, with the empty line behind it. Fields beyond the
  /// limit are skipped.
  static header read(std::string_view& text, budget& within);

  [[nodiscard]] const std::vector<header_field>& fields() const noexcept { return fields_; }

  /// The first field of that name (lower case), unfolded; empty if there is none.
  [[nodiscard]] std::string text(std::string_view name) const;
  [[nodiscard]] bool has(std::string_view name) const noexcept;

 private:
  [[nodiscard]] const header_field* find(std::string_view name) const noexcept;

  std::vector<header_field> fields_;
};

}  // namespace repute::mail::detail
