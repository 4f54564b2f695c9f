// SPDX-License-Identifier: Apache-2.0
// Bytes that nobody else may see.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "repute/schema/bytes.hpp"

namespace repute::seal {

/// Overwrites `bytes` with zeros, which no compiler leaves out.
void wipe(byte_span bytes) noexcept;

/// Compares in a time that depends on the sizes only.
[[nodiscard]] bool equal_secret(byte_view a, byte_view b) noexcept;

/// Fills `bytes` from the system's random numbers (getrandom(2)). Throws std::runtime_error if it
/// has none.
void fill_random(byte_span bytes);

/// Says that nothing of this process may be in a core dump, or be read by a debugger of the same
/// user, from now on (prctl(2), PR_SET_DUMPABLE). For programs that hold keys; a library does not
/// decide that for its process.
void keep_out_of_core_dumps() noexcept;

/// `size` bytes that are wiped when destroyed. Copies are as secret, and wiped as well.
template <std::size_t size>
class secret {
 public:
  secret() = default;
  explicit secret(std::span<const std::uint8_t, size> from) noexcept {
    for (std::size_t i = 0; i < size; ++i) {
      bytes_[i] = from[i];
    }
  }
  ~secret() { wipe(bytes_); }
  secret(const secret&) = default;
  secret& operator=(const secret&) = default;

  [[nodiscard]] std::span<const std::uint8_t, size> view() const noexcept { return bytes_; }
  [[nodiscard]] std::span<std::uint8_t, size> bytes() noexcept { return bytes_; }

  bool operator==(const secret& other) const noexcept { return equal_secret(bytes_, other.bytes_); }

 private:
  std::array<std::uint8_t, size> bytes_{};
};

}  // namespace repute::seal
