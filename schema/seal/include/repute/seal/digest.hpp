// SPDX-License-Identifier: Apache-2.0
// Plain digests, over OpenSSL. MD5 is here because other systems publish MD5 sums, not as security.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "repute/schema/bytes.hpp"

namespace repute::seal {

using md5_digest = std::array<std::uint8_t, 16>;
using sha256_digest = std::array<std::uint8_t, 32>;

[[nodiscard]] md5_digest md5(byte_view data);
[[nodiscard]] sha256_digest sha256(byte_view data);

/// The bytes of a string, for the functions of this header.
[[nodiscard]] inline byte_view bytes_of(std::string_view text) noexcept {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

/// SHA-256 of a stream. Movable, not copyable; one thread at a time.
class sha256_stream {
 public:
  sha256_stream();
  ~sha256_stream();
  sha256_stream(sha256_stream&&) noexcept;
  sha256_stream& operator=(sha256_stream&&) noexcept;

  void update(byte_view data);
  /// Digest of everything so far; the stream starts anew.
  [[nodiscard]] sha256_digest finish();

 private:
  struct state;
  std::unique_ptr<state> state_;
};

/// Lower-case hexadecimal.
[[nodiscard]] std::string to_hex(byte_view data);
/// Fills `out` from exactly 2 * out.size() hexadecimal digits of either case; false otherwise.
[[nodiscard]] bool from_hex(std::string_view text, byte_span out) noexcept;

}  // namespace repute::seal
