// SPDX-License-Identifier: Apache-2.0
// Who may ask: the allow list of sealed mode, and the networks that may ask in plain text.
#pragma once

#include <array>
#include <bitset>
#include <cstdint>
#include <memory>
#include <vector>

#include "query/datagram.hpp"
#include "query/network.hpp"
#include "query/rate_gate.hpp"
#include "repute/schema/kind.hpp"
#include "repute/seal/sealing.hpp"

namespace repute::query {

/// What a client has used up lately. Shared by the workers, and carried over when the list is read
/// again. Thread-safe.
class client_gates {
 public:
  /// Addresses share `places`, in a way that nobody can foretell.
  explicit client_gates(std::size_t places);

  using address = std::array<std::uint8_t, 16>;

  /// Sessions whose keys may be derived for an address: 50 a second, 64 at once; with an hour that
  /// is not near the server's a tenth of that.
  [[nodiscard]] bool may_derive(const address& from, bool hour_is_near,
                                std::uint64_t now_ns) noexcept;

  /// Work for an address, `rate` units a second and about as many at once. Charged in full, so
  /// whoever asks for more at once waits for longer.
  [[nodiscard]] bool may_work(const address& from, std::uint64_t units, std::uint32_t rate,
                              std::uint64_t now_ns) noexcept;

 private:
  struct place {
    rate_gate near_sessions;
    rate_gate other_sessions;
    rate_gate work;
  };
  [[nodiscard]] place& place_of(const address& from) noexcept;

  std::uint64_t seed_;
  std::vector<place> places_;
};

/// Of one client: who replays a question from somewhere else seldom spends what the client has.
inline constexpr std::size_t client_places = 16;
/// Of all who ask in plain text.
inline constexpr std::size_t plain_places = 4096;

/// One client of the allow list, or all who ask in plain text: these have no id and no keys.
struct allowed_client {
  std::uint32_t id = 0;
  std::uint8_t slot = 0;
  seal::client_keys keys;
  std::vector<network> networks;       ///< empty: from anywhere
  std::bitset<256> kinds;              ///< that it may ask about
  std::uint32_t rate = 0;              ///< work units a second; 0: no limit
  std::uint64_t not_after_unix_s = 0;  ///< 0: no end
  std::shared_ptr<client_gates> gates = std::make_shared<client_gates>(client_places);

  [[nodiscard]] bool may_come_from(const std::array<std::uint8_t, 16>& address) const noexcept {
    return networks.empty() || contains(networks, address);
  }
  [[nodiscard]] bool may_ask(kind of) const noexcept {
    return kinds[static_cast<std::uint8_t>(of)];
  }
};

/// Who may ask in plain text: from `networks`, about everything, `rate` work units a second for
/// each address (0: no limit).
[[nodiscard]] allowed_client plain_client(std::vector<network> networks, std::uint32_t rate = 0);

/// Immutable; thread-safe.
class access_list {
 public:
  /// Nobody may ask.
  access_list() = default;
  /// `clients` have different ids.
  access_list(std::vector<allowed_client> clients, allowed_client plain);

  /// The client with this id, or null.
  [[nodiscard]] const allowed_client* find(std::uint32_t id) const noexcept;
  /// What holds for whoever has this address and asks in plain text; null if he may not.
  [[nodiscard]] const allowed_client* find_plain(
      const std::array<std::uint8_t, 16>& address) const noexcept {
    return contains(plain_.networks, address) ? &plain_ : nullptr;
  }
  [[nodiscard]] const allowed_client& plain() const noexcept { return plain_; }
  [[nodiscard]] const std::vector<allowed_client>& clients() const noexcept { return clients_; }
  /// A number that no other list of this process has.
  [[nodiscard]] std::uint64_t serial() const noexcept { return serial_; }

 private:
  [[nodiscard]] static std::uint64_t next_serial() noexcept;

  std::vector<allowed_client> clients_;  ///< by id
  allowed_client plain_;
  std::uint64_t serial_ = next_serial();
};

/// 127.0.0.0/8 and ::1.
[[nodiscard]] std::vector<network> loopback_networks();

/// Work units of a key: a text signature 48, an address 2, any other key 1.
[[nodiscard]] constexpr std::uint64_t work_of(kind of) noexcept {
  return of == kind::text_sig ? 48 : is_ip(of) ? 2 : 1;
}

}  // namespace repute::query
