// SPDX-License-Identifier: Apache-2.0
// Lookups with what was said at run time laid over a snapshot's tables. The order of answers is in
// schema/record_format.md, section 6.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "store/campaign_index.hpp"
#include "store/live_index.hpp"
#include "store/network_index.hpp"
#include "store/snapshot_view.hpp"

namespace repute::store {

/// Networks of which something is said, by layer and family. Immutable.
struct live_networks {
  network_index override4;
  network_index override6;
  network_index live4;
  network_index live6;

  [[nodiscard]] const network_index& of(live_layer layer, kind family) const noexcept {
    if (layer == live_layer::override) {
      return family == kind::ip4 ? override4 : override6;
    }
    return family == kind::ip4 ? live4 : live6;
  }
  [[nodiscard]] bool empty() const noexcept {
    return override4.empty() && override6.empty() && live4.empty() && live6.empty();
  }
};

/// Start of an IPv4 or IPv6 network, or an address of it, as network_index wants it. `address`:
/// IPv4 in the first 4 bytes.
[[nodiscard]] address6 network_address(kind family, const std::uint8_t* address) noexcept;

/// What a batch of lookups sees. Thread-safe, lock-free; valid as long as the state it came from.
struct live_view {
  const live_index* index = nullptr;          ///< null: nothing is said about any key
  const live_networks* networks = nullptr;    ///< null: nor about any network
  std::uint64_t data_seq = 0;                 ///< changes up to it are seen, later ones may be
  const campaign_index* campaigns = nullptr;  ///< null: nothing is said about any text

  /// True if nothing is said about what tables know.
  [[nodiscard]] bool empty() const noexcept { return index == nullptr && networks == nullptr; }

  /// As snapshot_view::lookup, with live entries and overrides.
  void lookup(const snapshot_view& below, std::span<const probe> probes, std::uint64_t now_unix_s,
              std::span<answer> out) const noexcept;

  /// Answer to a TEXT_SIG key: LISTED by a campaign that acts, NEAR as a hint, with the votes in
  /// `category`; UNSUPPORTED for another format than this one's.
  [[nodiscard]] answer about_text(std::span<const std::uint8_t, text_signature_size> signature,
                                  std::uint64_t now_unix_s,
                                  campaign_scratch& scratch) const noexcept;

 private:
  [[nodiscard]] bool may_speak_of(const probe& wanted) const noexcept;
  [[nodiscard]] answer answer_of(const snapshot_view& below, const probe& wanted,
                                 std::uint64_t now_unix_s) const noexcept;
  [[nodiscard]] const live_said* network_of(live_layer layer, const probe& wanted,
                                            std::uint64_t now_unix_s) const noexcept;
};

}  // namespace repute::store
