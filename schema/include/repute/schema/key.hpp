// SPDX-License-Identifier: Apache-2.0
// A ready key: what travels. Made from canonical forms by repute::seal::fingerprinter.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>

#include "repute/schema/bytes.hpp"
#include "repute/schema/kind.hpp"

namespace repute {

/// 16 keyed bytes that stand for a canonical form: HMAC-SHA256(salt, kind || canonical)[0:16].
using fingerprint = std::array<std::uint8_t, fingerprint_size>;

/// A canonical form with its kind: text for names, URLs and texts; raw bytes for addresses,
/// digests and ids. Produced by repute::canon only.
struct canonical_key {
  repute::kind kind{};
  std::string canonical;

  bool operator==(const canonical_key&) const = default;
};

/// One key as it travels; at most 192 bytes. A value type, no allocation.
class key {
 public:
  key() = default;
  /// `bytes` beyond 192 are cut; use key_size(kind) bytes for a well-formed key.
  key(repute::kind kind, byte_view bytes) noexcept
      : kind_(kind), size_(static_cast<std::uint8_t>(std::min(bytes.size(), text_signature_size))) {
    std::copy_n(bytes.begin(), size_, bytes_.begin());
  }

  [[nodiscard]] repute::kind kind() const noexcept { return kind_; }
  [[nodiscard]] byte_view bytes() const noexcept { return {bytes_.data(), size_}; }

  friend bool operator==(const key& a, const key& b) noexcept {
    return a.kind_ == b.kind_ && std::ranges::equal(a.bytes(), b.bytes());
  }

 private:
  repute::kind kind_ = kind::ip4;
  std::uint8_t size_ = 0;
  std::array<std::uint8_t, text_signature_size> bytes_{};
};

}  // namespace repute
