// SPDX-License-Identifier: Apache-2.0
#include "load/format/lines.hpp"

namespace repute::load {

// `text` has no line end within the longest row: it is the last line, or one that is too long and
// whose rest is passed over with the next call.
void line_reader::take_last_or_overlong(std::string_view text) {
  if (text.size() < row_bytes_max + 2) {
    line_ = without_return(text);
    consumed_ = text.size();
    return;
  }
  overlong_.assign(text.substr(0, row_bytes_max + 1));
  line_ = overlong_;
  consumed_ = 0;
  for (;;) {
    const std::size_t end = find_byte(text, '\n');
    window_.skip(end == std::string_view::npos ? text.size() : end + 1);
    if (end != std::string_view::npos) {
      return;
    }
    text = window_.ahead(1);
    if (text.empty()) {
      return;
    }
  }
}

bad_row line_reader::why_unreadable() const {
  if (line_.size() > row_bytes_max) {
    return {{number_, 1}, too_long_row, excerpt(line_)};
  }
  const std::size_t good = readable_prefix(line_);
  return {{number_, static_cast<std::uint32_t>(good) + 1}, unreadable_byte(line_[good]), line_};
}

}  // namespace repute::load
