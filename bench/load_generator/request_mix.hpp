// SPDX-License-Identifier: Apache-2.0
// Which kinds of keys a request asks for.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "repute/schema/kind.hpp"
#include "repute/schema/wire.hpp"

namespace repute::bench {

/// Kinds of the keys of each request: a fixed number of them by turns, or those of a mail.
class request_mix {
 public:
  /// `count` keys (1..64) of `kinds`, by turns.
  [[nodiscard]] static request_mix fixed(std::size_t count, std::span<const kind> kinds);

  /// Keys as a filter asks them for a mail, 12 to 24, 17.5 on average; request n has one of eight
  /// shapes, drawn by its number:
  ///
  ///     what                                         kind     keys
  ///     client and relays of the Received headers    IP4      2..4
  ///                                                  IP6      0..1
  ///     HELO, sender's and relays' and URLs' hosts   HOST     3..5
  ///     their parents                                DOMAIN   3..6
  ///     URLs, with and without query                 URL      2..4
  ///     From, Reply-To, envelope sender              EMAIL    2..3
  ///     attachments                                  SHA-256  0..3
  ///
  /// Text signatures are left out as long as no server answers them.
  [[nodiscard]] static request_mix mail();

  /// Kinds of request `n`'s keys; valid as long as this.
  [[nodiscard]] std::span<const kind> kinds_of(std::uint64_t n) const noexcept;

  [[nodiscard]] double keys_on_average() const noexcept;
  /// The number of keys if all requests have the same.
  [[nodiscard]] std::optional<std::size_t> fixed_count() const noexcept;

 private:
  std::vector<std::vector<kind>> shapes_;
};

}  // namespace repute::bench
