// SPDX-License-Identifier: Apache-2.0
// Bounded reader with a sticky error: a decoder reads all its fields and asks once whether they
// were there.
#pragma once

#include <concepts>
#include <cstdint>
#include <string_view>
#include <vector>

#include "repute/schema/bytes.hpp"

namespace repute::store {

class byte_reader {
 public:
  explicit byte_reader(byte_view bytes) noexcept : rest_(bytes) {}

  [[nodiscard]] bool ok() const noexcept { return ok_; }
  [[nodiscard]] bool empty() const noexcept { return rest_.empty(); }

  /// Everything that is left, which stays to be read.
  [[nodiscard]] byte_view rest() const noexcept { return rest_; }

  /// The next `count` bytes; empty and an error if there are fewer.
  byte_view take(std::size_t count) noexcept {
    if (!ok_ || count > rest_.size()) {
      ok_ = false;
      return {};
    }
    const byte_view taken = rest_.first(count);
    rest_ = rest_.subspan(count);
    return taken;
  }

  /// 0 after an error.
  template <std::unsigned_integral T>
  T number() noexcept {
    const byte_view bytes = take(sizeof(T));
    return ok_ ? load_le<T>(bytes.data()) : T{0};
  }

  /// A u16 length and that many bytes.
  std::string_view text() noexcept {
    const byte_view bytes = take(number<std::uint16_t>());
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  }

 private:
  byte_view rest_;
  bool ok_ = true;
};

class byte_writer {
 public:
  template <std::unsigned_integral T>
  void number(T value) {
    const std::size_t at = bytes_.size();
    bytes_.resize(at + sizeof(T));
    store_le(bytes_.data() + at, value);
  }
  void raw(byte_view bytes) { bytes_.insert(bytes_.end(), bytes.begin(), bytes.end()); }
  void raw(std::string_view text) { bytes_.insert(bytes_.end(), text.begin(), text.end()); }
  /// A u16 length and the bytes; the caller keeps texts below 64 KiB.
  void text(std::string_view text) {
    number(static_cast<std::uint16_t>(text.size()));
    raw(text);
  }

  [[nodiscard]] std::vector<std::uint8_t>& bytes() noexcept { return bytes_; }

 private:
  std::vector<std::uint8_t> bytes_;
};

}  // namespace repute::store
