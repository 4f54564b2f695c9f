// SPDX-License-Identifier: Apache-2.0
// QUERY and ANSWER in sealed mode, and what somebody without keys could send.
#pragma once

#include "load_generator/repute_protocol.hpp"
#include "repute/seal/credentials.hpp"
#include "repute/seal/nonce_source.hpp"

namespace repute::bench {

/// What is wrong with sealed requests, so that a server drops them.
enum class spoilt : std::uint8_t {
  no,
  mac,  ///< mac1 is wrong, as in a flood by somebody who has seen nothing
  tag,  ///< mac1 is right and the tag wrong, as if the header had been captured
};

/// Seals what repute_protocol makes and opens what comes back, each time: a request number gives
/// other bytes when it is made again. Spoilt requests are one request over and over, each with a
/// nonce of its own, so that a flood costs who sends it little.
class sealed_protocol final : public protocol {
 public:
  /// The session begins in the hour of `unix_s`.
  sealed_protocol(repute_workload workload, const seal::credentials& by, std::uint64_t unix_s,
                  spoilt wrong = spoilt::no);

  [[nodiscard]] unsigned id_bits() const noexcept override { return 64; }
  [[nodiscard]] made_request make(std::uint64_t n, byte_span to) noexcept override;
  [[nodiscard]] std::size_t judge(byte_view bytes, judged_reply& out) noexcept override;

 private:
  [[nodiscard]] made_request make_plain(std::uint64_t n, byte_span to) noexcept;

  repute_protocol plain_;
  seal::credentials by_;
  std::uint64_t unix_ns_;
  std::uint64_t sid_;
  spoilt wrong_;
  std::uint64_t made_ = 0;
  made_request repeated_;  ///< what spoilt requests have in common
  std::array<std::uint8_t, request_bytes_max> repeated_bytes_{};
  seal::nonce_source nonces_;
  seal::header_mac mac_;
  seal::packet_cipher seals_;
  seal::packet_cipher opens_;
  std::array<std::uint8_t, request_bytes_max> opened_{};
};

}  // namespace repute::bench
