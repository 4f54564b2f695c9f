// SPDX-License-Identifier: Apache-2.0
#include "query/access_list.hpp"

#include <algorithm>
#include <atomic>

#include "query/address_hash.hpp"
#include "repute/schema/bytes.hpp"

namespace repute::query {

namespace {

constexpr std::uint64_t second_ns = 1'000'000'000;
constexpr std::uint64_t sessions_per_second = 50;
constexpr std::uint64_t sessions_at_once = 64;
constexpr std::uint64_t other_hour_factor = 10;

}  // namespace

client_gates::client_gates(std::size_t places) : places_(places) {
  std::array<std::uint8_t, sizeof seed_> seed{};
  seal::fill_random(seed);
  seed_ = load_le<std::uint64_t>(seed.data());
}

client_gates::place& client_gates::place_of(const address& from) noexcept {
  return places_[hash_address(from, seed_) % places_.size()];
}

bool client_gates::may_derive(const address& from, bool hour_is_near,
                              std::uint64_t now_ns) noexcept {
  const std::uint64_t cost_ns =
      second_ns / sessions_per_second * (hour_is_near ? 1 : other_hour_factor);
  const std::uint64_t burst_ns = second_ns / sessions_per_second * sessions_at_once;
  place& at = place_of(from);
  return (hour_is_near ? at.near_sessions : at.other_sessions).take(now_ns, cost_ns, burst_ns);
}

bool client_gates::may_work(const address& from, std::uint64_t units, std::uint32_t rate,
                            std::uint64_t now_ns) noexcept {
  return place_of(from).work.take(now_ns, units * second_ns / rate, second_ns);
}

std::uint64_t access_list::next_serial() noexcept {
  static std::atomic<std::uint64_t> last{0};
  return ++last;
}

allowed_client plain_client(std::vector<network> networks, std::uint32_t rate) {
  allowed_client out;
  out.networks = std::move(networks);
  out.kinds.set();
  out.rate = rate;
  out.gates = std::make_shared<client_gates>(plain_places);
  return out;
}

access_list::access_list(std::vector<allowed_client> clients, allowed_client plain)
    : clients_(std::move(clients)), plain_(std::move(plain)) {
  std::ranges::sort(clients_, {}, &allowed_client::id);
}

const allowed_client* access_list::find(std::uint32_t id) const noexcept {
  const auto found = std::ranges::lower_bound(clients_, id, {}, &allowed_client::id);
  return found != clients_.end() && found->id == id ? &*found : nullptr;
}

std::vector<network> loopback_networks() {
  return {*parse_network("127.0.0.0/8"), *parse_network("::1")};
}

}  // namespace repute::query
