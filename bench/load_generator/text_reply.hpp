// SPDX-License-Identifier: Apache-2.0
// Replies made of lines and counted data, as memcached and redis send them.
#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>

#include "repute/schema/bytes.hpp"

namespace repute::bench {

/// Reads from the front of received bytes; everything says whether enough of them are there yet.
class text_reply {
 public:
  explicit text_reply(byte_view bytes) noexcept
      : text_(reinterpret_cast<const char*>(bytes.data()), bytes.size()) {}

  /// The next line without its CR LF; nothing if its end is not there yet.
  [[nodiscard]] std::optional<std::string_view> line() noexcept {
    const std::size_t end = text_.find("\r\n", used_);
    if (end == std::string_view::npos) {
      return std::nullopt;
    }
    const std::string_view out = text_.substr(used_, end - used_);
    used_ = end + 2;
    return out;
  }

  /// Skips as many bytes as the decimal `size` says, and the CR LF behind them; false if they are
  /// not there yet.
  [[nodiscard]] bool skip_data(std::string_view size) noexcept {
    std::size_t count = 0;
    std::from_chars(size.data(), size.data() + size.size(), count);
    if (count > text_.size() || text_.size() - count < used_ + 2) {
      return false;
    }
    used_ += count + 2;
    return true;
  }

  [[nodiscard]] std::size_t used() const noexcept { return used_; }

 private:
  std::string_view text_;
  std::size_t used_ = 0;
};

}  // namespace repute::bench
