// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>

#include "repute/schema/wire.hpp"

namespace repute::seal {

using nonce = std::array<std::uint8_t, wire::header::nonce_size>;

/// The nonce that random bytes, a clock and a number give; see sealed_mode.md, section 2.
[[nodiscard]] nonce mix_nonce(const nonce& random, std::uint64_t unix_ns,
                              std::uint32_t mark) noexcept;

/// Nonces out of the system's random numbers, some hundred for each call of getrandom(2). Random
/// bytes older than a second are thrown away, and a process that was forked begins with new ones:
/// neither a copied machine nor a child repeats a nonce. One thread.
class nonce_source {
 public:
  /// `mark` tells apart who draws: the number of a server or a process. Throws std::runtime_error
  /// if the system has no memory or no random numbers.
  explicit nonce_source(std::uint32_t mark);
  ~nonce_source();
  nonce_source(const nonce_source&) = delete;
  nonce_source& operator=(const nonce_source&) = delete;

  /// Never the same twice. `unix_ns` is the time of now, the same for as many calls as one likes.
  /// Ends the process if the system has no random numbers any more: going on would give the key
  /// away.
  [[nodiscard]] nonce next(std::uint64_t unix_ns) noexcept;

 private:
  struct page;
  std::uint32_t mark_;
  page* page_;
};

}  // namespace repute::seal
