// SPDX-License-Identifier: Apache-2.0
#include "core/sealed_channel.hpp"

#include <unistd.h>

#include <algorithm>
#include <cassert>
#include <cstdlib>
#include <limits>
#include <utility>

namespace repute::core {
namespace {

constexpr std::chrono::minutes session_life_min{50};
constexpr std::chrono::minutes session_life_spread{10};  ///< so that not all begin at once
// So that servers that come and go do not make a flood of sessions.
constexpr std::chrono::seconds session_life_despite_silence{10};
constexpr std::uint64_t ns_per_ms = 1'000'000;
constexpr std::int64_t hour_ms = 3'600'000;

}  // namespace

sealed_channel::sealed_channel(const sealing& settings, std::uint64_t seed)
    : settings_(settings), nonces_(static_cast<std::uint32_t>(::getpid())), random_(seed) {}

// As the servers count it.
std::uint16_t sealed_channel::hour() const {
  const std::int64_t unix_ms =
      static_cast<std::int64_t>(settings_.unix_ns() / ns_per_ms) + offset_ms_;
  return seal::hour_of(static_cast<std::uint64_t>(unix_ms) / 1000);
}

void sealed_channel::begin(time_point now) {
  std::array<std::uint8_t, 8> sid{};
  seal::fill_random(sid);
  store_le(sid.data(), hour());
  const auto number = load_le<std::uint64_t>(sid.data());
  const seal::credentials& by = settings_.credentials;
  previous_ = std::move(current_);
  current_ = std::make_unique<session>(by, number,
                                       seal::derive_session_keys(by.keys.psk, number, by.suite));
  random_ = random_ * 6364136223846793005U + 1442695040888963407U;
  const auto spread = std::chrono::duration_cast<microseconds>(session_life_spread);
  begun_ = now;
  answered_.clear();
  ends_ = now + session_life_min +
          microseconds(static_cast<std::int64_t>((random_ >> 33) %
                                                 static_cast<std::uint64_t>(spread.count())));
  ended_ = false;
}

std::uint64_t sealed_channel::seal(std::vector<std::uint8_t>& datagram, time_point now) {
  constexpr std::uint32_t sent_max = seal::session_packets_max - seal::session_packets_spare;
  // The clock on the wall may have leapt while the steady one stood still.
  const auto leapt = [this] {
    return seal::hours_apart(seal::hour_of_session(current_->sid), hour()) > 1;
  };
  if (ended_ || now >= ends_ || current_->sent >= sent_max || leapt()) {
    begin(now);
  }
  const seal::credentials& by = settings_.credentials;
  wire::packet_header header;
  const auto read = wire::decode_request_header(datagram, header);
  assert(read == wire::header_check::ok);
  (void)read;
  header.suite = static_cast<std::uint8_t>(by.suite);
  header.slot = by.slot;
  header.client_id = by.client_id;
  header.sid = current_->sid;
  header.nonce = nonces_.next(settings_.unix_ns());
  wire::encode_header(header, datagram.data());
  header.mac1 = mac_(by.keys.mac, datagram);
  wire::encode_header(header, datagram.data());
  datagram.resize(datagram.size() + seal::tag_size);
  if (!current_->seals.seal(datagram)) {
    throw std::runtime_error("OpenSSL cannot seal");
  }
  ++current_->sent;
  return current_->sid;
}

std::optional<byte_view> sealed_channel::open(byte_view reply, const wire::packet_header& header,
                                              std::uint64_t sid) {
  const seal::credentials& by = settings_.credentials;
  session* const under = current_ && current_->sid == sid     ? current_.get()
                         : previous_ && previous_->sid == sid ? previous_.get()
                                                              : nullptr;
  if (under == nullptr || header.suite != static_cast<std::uint8_t>(by.suite) ||
      header.slot != by.slot || header.client_id != by.client_id || header.sid != sid ||
      reply.size() < wire::header::size + seal::tag_size || reply.size() > body_.size() ||
      !under->opens.open(reply, body_)) {
    return std::nullopt;
  }
  return byte_view(body_).first(seal::body_size(reply.size()));
}

bool sealed_channel::on_status(std::size_t server, const wire::server_status& status,
                               std::optional<std::uint64_t> clock_ms, std::uint64_t sid,
                               std::size_t servers) {
  if (ended_ || current_->sid != sid) {
    return status.rcode == wire::rcode::clock;  // perhaps it was left for that very reason
  }
  answered_.insert(server);
  if ((status.sflags & wire::sflag_session_ends) != 0) {
    ended_ = true;
  }
  // What nanoseconds since 1970 cannot count (from 2262 on) is no time of day.
  constexpr std::uint64_t latest_ms = std::numeric_limits<std::int64_t>::max() / ns_per_ms;
  if (status.rcode != wire::rcode::clock || !clock_ms || *clock_ms > latest_ms) {
    clocks_.erase(server);
    return false;
  }
  clocks_[server] = {status.server_id,
                     static_cast<std::int64_t>(*clock_ms) -
                         static_cast<std::int64_t>(settings_.unix_ns() / ns_per_ms)};
  const auto offset = offset_of_most(servers);
  if (offset) {
    offset_ms_ = *offset;
    clocks_.clear();
    ended_ = true;
  }
  return offset.has_value();
}

// What more than half of the servers agree on, to an hour. One that is configured by two addresses
// has one vote.
std::optional<std::int64_t> sealed_channel::offset_of_most(std::size_t servers) const {
  std::map<std::uint32_t, std::int64_t> by_id;
  for (const auto& [server, vote] : clocks_) {
    by_id[vote.server_id] = vote.offset_ms;
  }
  std::vector<std::int64_t> offsets;
  offsets.reserve(by_id.size());
  for (const auto& [id, offset] : by_id) {
    offsets.push_back(offset);
  }
  std::ranges::sort(offsets);
  const std::int64_t median = offsets.empty() ? 0 : offsets[offsets.size() / 2];
  const auto agree = std::ranges::count_if(
      offsets, [median](std::int64_t each) { return std::abs(each - median) <= hour_ms; });
  return 2 * static_cast<std::size_t>(agree) > servers ? std::optional{median} : std::nullopt;
}

void sealed_channel::on_silence(std::size_t server, time_point now) {
  if (answered_.contains(server) && now - begun_ >= session_life_despite_silence) {
    ended_ = true;
  }
}

void sealed_channel::forget(std::size_t server) {
  clocks_.erase(server);
  answered_.erase(server);
}

}  // namespace repute::core
