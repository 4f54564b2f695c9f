// SPDX-License-Identifier: Apache-2.0
#include "control/demo.hpp"

#include <fmt/core.h>

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <map>
#include <random>

#include "control/exit_codes.hpp"
#include "repute/schema/test_points.hpp"
#include "repute/seal/digest.hpp"
#include "repute/seal/fingerprint.hpp"
#include "store/snapshot_writer.hpp"

namespace repute::control {

namespace {

constexpr std::uint16_t demo_ttl_s = 60;

std::uint64_t unix_now_s() {
  return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::seconds>(
                                        std::chrono::system_clock::now().time_since_epoch())
                                        .count());
}

// Adds the always-hit points; the never-hit ones are answered by being absent.
class content_builder {
 public:
  content_builder() {
    const seal::deployment_salt salt;
    content_.salt_fp = seal::salt_fingerprint(salt);
    content_.ip_seed = seal::ip_seed(salt);
    content_.data_epoch = std::random_device{}() | 1;
    content_.created_unix_s = unix_now_s();
    // Canonical forms of test points are the same in every version of the rules.
    content_.canon_version = 1;
    content_.feeds.push_back({.name = std::string(test_point_feed),
                              .files = {"-"},
                              .loaded_unix_s = content_.created_unix_s,
                              .rows = 0});
  }

  void add(const test_point& point) {
    const key made = fingerprinter_.make_key({point.kind, canonical_of(point)});
    const byte_view bytes = made.bytes();
    const store::table_key place =
        is_ip(point.kind) ? store::table_key_of_address(point.kind, bytes, content_.ip_seed)
                          : store::table_key_of(bytes.data());
    content_.keys.push_back({place, point.kind, verdict_index(point.hit_verdict)});
    content_.records.add(row_of(point, bytes));
  }

  store::snapshot_content take() {
    content_.feeds.front().rows = content_.keys.size();
    return std::move(content_);
  }

 private:
  std::uint32_t verdict_index(verdict value) {
    const auto [at, is_new] =
        indices_.try_emplace(value, static_cast<std::uint32_t>(content_.verdicts.size()));
    if (is_new) {
      const answer says{.status = status::listed,
                        .verdict = value,
                        .score = test_point_score,
                        .category = 0,
                        .vflags = 0,
                        .ttl_s = demo_ttl_s};
      content_.verdicts.push_back({.steps = {{.value = says, .expires_h = 0}}, .feeds = {0}});
    }
    return at->second;
  }

  store::record row_of(const test_point& point, byte_view bytes) const {
    store::record out;
    out.kind = point.kind;
    out.prefix_length =
        is_ip(point.kind) ? static_cast<std::uint8_t>(8 * key_size(point.kind)) : std::uint8_t{0};
    out.verdict = point.hit_verdict;
    out.score = test_point_score;
    out.cache_ttl_s = demo_ttl_s;
    std::copy(bytes.begin(), bytes.end(), out.key.begin());
    out.line = static_cast<std::uint32_t>(content_.keys.size());
    out.text = point.text;
    out.reason = "test point";
    return out;
  }

  seal::fingerprinter fingerprinter_{seal::deployment_salt{}};
  store::snapshot_content content_;
  std::map<verdict, std::uint32_t> indices_;
};

void publish(const std::filesystem::path& database) {
  content_builder content;
  for (const test_point& point : test_points()) {
    if (point.always_hit()) {
      content.add(point);
    }
  }
  const auto lock = store::write_lock::acquire(database);
  if (!lock) {
    throw start_failure(store::exit_code(lock.error().code), lock.error().message);
  }
  if (const auto done = store::publish_snapshot(database, content.take()); !done) {
    throw start_failure(store::exit_code(done.error().code), done.error().message);
  }
}

std::filesystem::path make_directory() {
  std::string pattern = (std::filesystem::temp_directory_path() / "reputed-demo-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) {
    throw start_failure(exit_io, fmt::format("{}: {}", pattern, std::strerror(errno)));
  }
  return pattern;
}

void remove_directory(const std::filesystem::path& path) noexcept {
  std::error_code ignored;
  std::filesystem::remove_all(path, ignored);
}

}  // namespace

demo_database::demo_database() : path_(make_directory()) {
  try {
    publish(path_);
  } catch (...) {
    remove_directory(path_);
    throw;
  }
}

demo_database::~demo_database() {
  remove_directory(path_);
}

}  // namespace repute::control
