// SPDX-License-Identifier: Apache-2.0
// Plain QUERY and ANSWER, and the echo of a QUERY.
#pragma once

#include "load_generator/made_up_keys.hpp"
#include "load_generator/protocol.hpp"
#include "load_generator/request_mix.hpp"

namespace repute::bench {

/// What is asked of a server of Repute's.
struct repute_workload {
  request_mix mix;
  std::optional<record_counts> held;  ///< nothing: unknown, and hits are not checked
  std::uint32_t hit_percent = 10;
  std::uint16_t deadline_ms = 0;  ///< told to the server, 0: none
  std::uint64_t seed = 1;
};

class repute_protocol : public protocol {
 public:
  explicit repute_protocol(repute_workload workload) noexcept
      : workload_(std::move(workload)), draw_(workload_.hit_percent, workload_.seed) {}

  [[nodiscard]] unsigned id_bits() const noexcept override { return 64; }
  [[nodiscard]] made_request make(std::uint64_t n, byte_span to) noexcept override;
  [[nodiscard]] std::size_t judge(byte_view bytes, judged_reply& out) noexcept override;

 private:
  repute_workload workload_;
  key_draw draw_;
};

/// The same requests; the reply is the request itself.
class echo_protocol final : public repute_protocol {
 public:
  using repute_protocol::repute_protocol;
  [[nodiscard]] std::size_t judge(byte_view bytes, judged_reply& out) noexcept override;
};

}  // namespace repute::bench
