// SPDX-License-Identifier: Apache-2.0
#include "repute_bench/made_up_database.hpp"

#include <array>
#include <fstream>
#include <stdexcept>
#include <thread>

#include "load_generator/clock.hpp"
#include "load_generator/made_up_keys.hpp"
#include "repute/seal/fingerprint.hpp"
#include "store/snapshot_builder.hpp"

namespace repute::bench {

namespace {

constexpr std::uint32_t verdict_count = 8;
constexpr std::uint16_t ttl_s = 60;
constexpr std::uint32_t canon_version = 1;  // of no matter: no key has a canonical form

template <class T>
T required(store::result<T> from) {
  if (!from) {
    throw std::runtime_error(from.error().message);
  }
  return std::move(*from);
}

store::snapshot_frame make_frame(std::uint64_t records) {
  const seal::deployment_salt salt;
  store::snapshot_frame out;
  out.salt_fp = seal::salt_fingerprint(salt);
  out.ip_seed = seal::ip_seed(salt);
  out.data_epoch = 1;
  out.created_unix_s = unix_now_s();
  out.canon_version = canon_version;
  out.feeds.push_back({"made-up", {"-"}, out.created_unix_s, records});
  for (std::uint32_t i = 0; i < verdict_count; ++i) {
    answer says;
    says.status = status::listed;
    says.verdict = verdict::spam;
    says.score = static_cast<std::int16_t>(500 + i);
    says.ttl_s = ttl_s;
    out.verdicts.push_back({{{says, 0}}, {0}});
  }
  return out;
}

void add_keys(store::snapshot_builder& builder, kind kind, std::uint64_t count,
              std::uint64_t ip_seed) {
  std::array<std::uint8_t, fingerprint_size> bytes{};
  for (std::uint64_t n = 0; n < count; ++n) {
    write_made_up_key(kind, n, bytes.data());
    const store::table_key place =
        is_ip(kind)
            ? store::table_key_of_address(kind, byte_view(bytes).first(key_size(kind)), ip_seed)
            : store::table_key_of(bytes.data());
    builder.add_key({place, kind, static_cast<std::uint32_t>(n % verdict_count)});
  }
}

}  // namespace

void make_database(const std::filesystem::path& db, std::uint64_t records,
                   const std::function<void(std::string_view stage, double done)>& progress) {
  const auto lock = required(store::write_lock::acquire(db));
  auto builder = required(
      store::snapshot_builder::begin(db, std::max(1U, std::thread::hardware_concurrency())));
  const store::snapshot_frame frame = make_frame(records);
  const record_counts counts = record_counts::of(records);
  progress("keys", 0);
  for (const kind each : {kind::ip4, kind::ip6, kind::host}) {
    add_keys(builder, each, counts.of(each), frame.ip_seed);
  }
  (void)required(builder.finish(frame, progress));
}

seal::credentials let_client_in(const std::filesystem::path& db) {
  seal::credentials out;
  out.name = "bench";
  out.client_id = 257;
  seal::master_keys keys;
  seal::fill_random(keys.slots[0].emplace().bytes());
  out.keys = seal::derive_client_keys(*keys.slots[0], out.client_id);
  const std::filesystem::path access = db / "access";
  std::filesystem::create_directories(access);
  const auto written = seal::replace_master_keys((access / "master.keys").string(), keys);
  if (const auto* failed = std::get_if<seal::secret_file_failure>(&written)) {
    throw std::runtime_error(failed->message);
  }
  std::ofstream clients(access / "clients.toml");
  clients << "[[client]]\nid = " << out.client_id << "\nname = \"" << out.name << "\"\n";
  if (!clients.flush()) {
    throw std::runtime_error((access / "clients.toml").string() + ": cannot be written");
  }
  return out;
}

}  // namespace repute::bench
