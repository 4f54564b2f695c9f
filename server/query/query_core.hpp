// SPDX-License-Identifier: Apache-2.0
// Datagrams in, replies out: the whole behaviour of the server on the wire, without sockets or
// clocks.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "query/counters.hpp"
#include "query/datagram.hpp"
#include "query/meters.hpp"
#include "query/reject_limiter.hpp"
#include "query/sealed_gate.hpp"
#include "repute/schema/message.hpp"
#include "store/live_view.hpp"

namespace repute::query {

/// A datagram that waited longer than this is answered BUSY, without lookups.
inline constexpr std::uint32_t waited_max_us = 5000;

/// Facts that hold for one batch; everything that changes is passed in.
struct batch_context {
  const store::snapshot_view* view = nullptr;  ///< null: no snapshot was ever served, LOADING
  store::live_view live{};                     ///< what lies over `view`
  const access_list& access;                   ///< who may ask
  std::uint64_t unix_ns = 0;  ///< for expiry, the snapshot's age, sessions and nonces
  std::uint64_t now_ns = 0;   ///< monotonic, for the limits and the queue delay's mean
  std::uint8_t load = 0;      ///< load_meter::value()
  bool draining = false;      ///< tell clients to go elsewhere

  [[nodiscard]] std::uint64_t unix_s() const noexcept { return unix_ns / 1'000'000'000; }
};

/// Answers batches. One per worker; not thread-safe, but counters() may be read by anybody. All
/// buffers are allocated by the constructor: process() locks, logs and asks for nothing, and
/// allocates only for a sealed session that it does not know.
class query_core {
 public:
  /// `limiter` is shared by the workers and outlives them. `server_id` is not 0.
  query_core(std::uint32_t server_id, reject_limiter& limiter);

  /// Replies to `batch`, at most one for each datagram and none longer than its datagram. At most
  /// batch_max datagrams are read, further ones are not. The result is valid until the next call
  /// and as long as the datagrams' bytes.
  [[nodiscard]] std::span<const reply> process(std::span<const datagram> batch,
                                               const batch_context& context) noexcept;

  /// How long datagrams waited lately, as answers tell it (delay_meter).
  [[nodiscard]] std::uint32_t delay_us() const noexcept { return delay_.value_us(); }

  [[nodiscard]] worker_counters& counters() noexcept { return counters_; }
  [[nodiscard]] const worker_counters& counters() const noexcept { return counters_; }

 private:
  enum class action : std::uint8_t { drop, answer, reject_version, part };

  /// What pass 1 found out about a datagram.
  struct job {
    action what = action::drop;
    wire::rcode rcode = wire::rcode::ok;
    std::uint8_t key_count = 0;         ///< echoed
    std::uint8_t answer_count = 0;      ///< verdicts that follow, 0 unless rcode is OK
    std::uint32_t first_answer = 0;     ///< index into answers_
    std::uint32_t fetch_offset = 0;     ///< echoed in PART
    query::session* session = nullptr;  ///< of a sealed request
    const allowed_client* client = nullptr;
    wire::packet_header header;
  };

  void measure_delay(std::span<const datagram> batch, std::uint64_t now_ns) noexcept;
  void examine(const datagram& from, const batch_context& context, byte_span opened,
               job& to) noexcept;
  [[nodiscard]] bool pass_header(const datagram& from, const batch_context& context,
                                 job& to) noexcept;
  [[nodiscard]] std::optional<byte_view> body_of(const datagram& from, const batch_context& context,
                                                 byte_span opened, job& to) noexcept;
  [[nodiscard]] std::optional<byte_view> open_sealed(const datagram& from,
                                                     const batch_context& context, byte_span opened,
                                                     job& to) noexcept;
  void examine_fetch(const datagram& from, byte_view body, const batch_context& context,
                     job& to) noexcept;
  void examine_query(const datagram& from, byte_view body, const batch_context& context,
                     job& to) noexcept;
  [[nodiscard]] static bool within_rate(const datagram& from, std::uint64_t units,
                                        const batch_context& context, const job& of) noexcept;
  void take_keys(std::span<const wire::key_view> keys, const store::snapshot_view& view,
                 job& to) noexcept;
  void look_up(const batch_context& context) noexcept;
  [[nodiscard]] byte_view reply_to(const job& from, byte_span room, std::size_t capacity,
                                   const batch_context& context) noexcept;
  void encode(const job& from, const batch_context& context, wire::reply_buffer& to) noexcept;
  void encode_part(const job& from, const batch_context& context,
                   wire::reply_buffer& to) const noexcept;
  void encode_answer(const job& from, const batch_context& context,
                     wire::reply_buffer& to) noexcept;
  [[nodiscard]] wire::server_status status_of(const job& from,
                                              const batch_context& context) const noexcept;
  void count_reply(const job& from, wire::rcode sent) noexcept;

  static constexpr std::size_t keys_in_batch = batch_max * wire::keys_max;
  static constexpr std::size_t signatures_in_batch = batch_max * wire::text_signatures_max;
  using packet = std::array<std::uint8_t, wire::request_size_max>;

  /// A text signature to be looked up, where it lies, and where its answer belongs.
  struct text_probe {
    const std::uint8_t* signature = nullptr;
    std::uint32_t answer = 0;
  };

  /// Large arrays, together in one allocation.
  struct buffers {
    std::array<store::probe, keys_in_batch> probes;
    std::array<std::uint32_t, keys_in_batch> probe_answer;  ///< where probe i's answer belongs
    std::array<text_probe, signatures_in_batch> text_probes;
    store::campaign_scratch campaigns;
    std::array<answer, keys_in_batch> found;
    std::array<answer, keys_in_batch> answers;
    std::array<job, batch_max> jobs;
    /// Of each datagram the body, if it was sealed, which probes point into; in pass 3 the reply.
    std::array<packet, batch_max> packets;
    std::array<reply, batch_max> replies;
    wire::query_view parsed;
  };

  std::uint32_t server_id_;
  reject_limiter& limiter_;
  std::unique_ptr<buffers> buffers_;
  std::size_t probe_count_ = 0;
  std::size_t text_probe_count_ = 0;
  std::size_t answer_count_ = 0;
  std::uint64_t batch_ = 0;
  sealed_gate gate_;
  delay_meter delay_;
  worker_counters counters_;
};

}  // namespace repute::query
