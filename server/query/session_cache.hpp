// SPDX-License-Identifier: Apache-2.0
// What one worker knows of sealed sessions; the page is ../../schema/sealed_mode.md.
#pragma once

#include <cstdint>
#include <memory>
#include <unordered_map>
#include <vector>

#include "query/access_list.hpp"
#include "query/address_hash.hpp"
#include "repute/schema/message.hpp"
#include "repute/seal/nonce_source.hpp"
#include "repute/seal/sealing.hpp"

namespace repute::query {

/// A session is named by its client, suite, slot and sid.
struct session_name {
  std::uint32_t client_id = 0;
  std::uint8_t suite = 0;
  std::uint8_t slot = 0;
  std::uint64_t sid = 0;

  bool operator==(const session_name&) const = default;
};

/// Keys of one session, worked in, and what it has carried here.
struct session {
  session(const session_name& its_name, const seal::session_keys& keys, seal::cipher_suite suite)
      : name(its_name),
        opens(seal::packet_cipher::role::opens, suite, keys.to_server),
        seals(seal::packet_cipher::role::seals, suite, keys.to_client) {}

  session_name name;
  seal::packet_cipher opens;
  seal::packet_cipher seals;
  std::uint32_t opened = 0;      ///< requests with a good tag
  std::uint32_t sealed = 0;      ///< replies
  std::uint64_t last_batch = 0;  ///< in which it was asked for last

  [[nodiscard]] bool ends() const noexcept {
    constexpr std::uint32_t end = seal::session_packets_max - seal::session_packets_spare;
    return opened >= end || sealed >= end;
  }
  [[nodiscard]] bool ended() const noexcept {
    return opened >= seal::session_packets_max || sealed >= seal::session_packets_max;
  }
};

/// The sessions that a worker has seen lately. It is a cache of keys: whatever is thrown out can be
/// derived again. One thread. Finding a session allocates nothing; keeping a new one does.
class session_cache {
 public:
  static constexpr std::size_t sessions_max = 4096;
  static constexpr std::size_t sessions_of_client_max = 256;

  session_cache();

  /// The session of that name, or null; it lives until another batch begins.
  [[nodiscard]] session* find(const session_name& name, std::uint64_t batch) noexcept;

  /// Keeps a session whose first tag was good, throwing out another one where there are too many:
  /// one of the same client if that has more than its share, else one of an hour that is not
  /// `hour`, else the one that was not asked for for the longest time. Never one of this batch, and
  /// for a session of another hour never one of `hour`: then it is kept as by keep_for().
  /// Returns where it lives now. Throws std::bad_alloc.
  [[nodiscard]] session* keep(std::unique_ptr<session> fresh, std::uint16_t hour,
                              std::uint64_t batch);

  /// Keeps it until another batch begins.
  [[nodiscard]] session* keep_for(std::uint64_t batch, std::unique_ptr<session> fresh);

  /// Forgets all sessions of clients for which `gone(client_id)` is true, and those that were kept
  /// for a batch.
  template <class Gone>
  void erase_if(Gone gone) noexcept {
    for (auto at = sessions_.begin(); at != sessions_.end();) {
      const auto next = std::next(at);
      if (gone(at->first.client_id)) {
        forget(at);
      }
      at = next;
    }
    passing_.clear();
  }

  [[nodiscard]] std::size_t size() const noexcept { return sessions_.size(); }

 private:
  struct hash {
    std::size_t operator()(const session_name& name) const noexcept;
  };
  using table = std::unordered_map<session_name, std::unique_ptr<session>, hash>;

  [[nodiscard]] table::iterator victim(const session_name& for_whom, std::uint16_t hour,
                                       std::uint64_t batch, bool of_same_client) noexcept;
  void forget(table::iterator which) noexcept;

  table sessions_;
  std::unordered_map<std::uint32_t, std::size_t> of_client_;  ///< how many each client has
  std::vector<std::unique_ptr<session>> passing_;             ///< of the batch at hand
  std::uint64_t passing_batch_ = 0;
};

/// Nonces that came with a good tag lately, and from where: a datagram that comes twice is answered
/// once. A copy that comes from somewhere else does not count, or whoever is faster with it could
/// make the client's own the copy. One thread; half a MiB.
class recent_nonces {
 public:
  static constexpr std::size_t places = 65'536;

  recent_nonces() : seen_(places) {}

  using address = std::array<std::uint8_t, 16>;

  [[nodiscard]] bool contains(const seal::nonce& nonce, const address& from) const noexcept {
    const std::uint64_t mark = mark_of(nonce, from);
    return seen_[place_of(nonce, mark)] == mark;
  }
  void add(const seal::nonce& nonce, const address& from) noexcept {
    const std::uint64_t mark = mark_of(nonce, from);
    seen_[place_of(nonce, mark)] = mark;
  }

 private:
  // 0 is a place that was never used; that a nonce has it is as good as impossible.
  [[nodiscard]] static std::uint64_t mark_of(const seal::nonce& nonce,
                                             const address& from) noexcept {
    return hash_address(from, load_le<std::uint64_t>(nonce.data()));
  }
  // With the rest of the nonce, so that a place says nothing of the mark in it.
  [[nodiscard]] static std::size_t place_of(const seal::nonce& nonce, std::uint64_t mark) noexcept {
    return (mark ^ load_le<std::uint32_t>(nonce.data() + 8)) % places;
  }

  std::vector<std::uint64_t> seen_;
};

}  // namespace repute::query
