// SPDX-License-Identifier: Apache-2.0
// Live entries made of numbers, and a database directory with its serving side.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>

#include "store/serving_store.hpp"
#include "support/snapshot_builder.hpp"
#include "unit/store/published_database.hpp"

namespace repute::test {

inline constexpr std::uint64_t now_s = load_time_unix_s;

inline fingerprint numbered(std::uint8_t number) {
  fingerprint out{};
  out.fill(number);
  return out;
}

/// A put of a key of fingerprints; `score` tells it from others.
inline store::live_entry put_of(const fingerprint& key, std::int16_t score,
                                std::uint64_t expires_unix_s = 0,
                                store::live_layer layer = store::live_layer::live) {
  store::live_entry out;
  out.layer = layer;
  out.kind = kind::host;
  out.key = key;
  out.verdict = verdict::phishing;
  out.score = score;
  out.expires_unix_s = expires_unix_s;
  out.who = "tester";
  out.text = "key.example";
  out.reason = "because";
  return out;
}

inline store::live_entry removal_of(store::live_entry of) {
  of.action = store::live_action::remove;
  of.verdict = verdict::none;
  of.score = 0;
  of.expires_unix_s = 0;
  return of;
}

/// The same about an IPv4 address or network.
inline store::live_entry about4(store::live_entry of, std::array<std::uint8_t, 4> address,
                                std::uint8_t length = 32) {
  of.kind = kind::ip4;
  of.key = {};
  std::copy(address.begin(), address.end(), of.key.begin());
  of.prefix_length = length;
  return of;
}

/// A database directory that a server serves.
class live_world {
 public:
  explicit live_world(std::vector<key> fixed = {}) : fixed_(std::move(fixed)) {}

  /// As reputed starts: opens the overlay and adopts CURRENT, if there is one.
  void start() {
    store_.reset();
    slot_ = std::make_unique<store::serving_slot>(1);
    auto opened = store::serving_store::open(folder.path(), {0xaa, 0xbb}, fixed_, *slot_);
    if (!opened) {
      throw std::runtime_error(opened.error().message);
    }
    store_ = std::move(*opened);
    overlay_id_ = store_->overlay_id();
    if (store::read_current(folder.path())) {
      adopt();
    }
  }
  void stop() { store_.reset(); }

  /// With changes in it, it was built beside this overlay unless it says another one.
  void publish(store::snapshot_content content) {
    if (content.data_seq != 0 && content.overlay_id == 0) {
      content.overlay_id = overlay_id_;
    }
    const auto lock = store::write_lock::acquire(folder.path());
    ASSERT_TRUE(lock) << lock.error().message;
    const auto done = store::publish_snapshot(folder.path(), std::move(content));
    ASSERT_TRUE(done) << done.error().message;
  }
  void adopt() {
    const auto generation = store::read_current(folder.path());
    ASSERT_TRUE(generation);
    auto opened = store::snapshot::open(folder.path(), *generation, store::storage_mode::mmap);
    ASSERT_TRUE(opened) << opened.error().message;
    const auto adopted = store_->adopt(std::move(*opened));
    ASSERT_TRUE(adopted) << adopted.error().message;
    ASSERT_TRUE(store_->compact());
    EXPECT_EQ(store_->reclaim(), 0u);
  }

  store::change_outcome must_change(std::vector<store::live_entry> changes,
                                    std::uint64_t at_s = now_s) {
    auto done = store_->change(std::move(changes), at_s);
    if (!done) {
      ADD_FAILURE() << done.error().message;
      return {};
    }
    return std::move(*done);
  }
  store::change_outcome must_change(const store::live_entry& one, std::uint64_t at_s = now_s) {
    return must_change(std::vector{one}, at_s);
  }

  /// What a worker answers.
  [[nodiscard]] answer ask(kind kind, const fingerprint& key, std::uint64_t at_s = now_s) {
    const store::serving_state* pinned = slot_->pin(0);
    const store::probe wanted = pinned->view().make_probe(kind, key.data());
    answer out;
    pinned->live().lookup(pinned->view(), {&wanted, 1}, at_s, {&out, 1});
    slot_->unpin(0);
    return out;
  }
  [[nodiscard]] answer ask(const store::live_entry& about, std::uint64_t at_s = now_s) {
    return ask(about.kind, about.key, at_s);
  }
  [[nodiscard]] answer ask_text(const text_signature& text, std::uint64_t at_s = now_s) {
    const auto scratch = std::make_unique<store::campaign_scratch>();
    const store::serving_state* pinned = slot_->pin(0);
    const answer out = pinned->live().about_text(encode_text_signature(text), at_s, *scratch);
    slot_->unpin(0);
    return out;
  }
  [[nodiscard]] std::uint64_t data_seq() {
    const std::uint64_t seq = slot_->pin(0)->live().data_seq;
    slot_->unpin(0);
    return seq;
  }

  [[nodiscard]] store::serving_store& operator*() noexcept { return *store_; }
  [[nodiscard]] store::serving_store* operator->() noexcept { return store_.get(); }

  temporary_directory folder;

 private:
  std::vector<key> fixed_;
  std::unique_ptr<store::serving_slot> slot_;
  std::unique_ptr<store::serving_store> store_;
  std::uint64_t overlay_id_ = 0;
};

}  // namespace repute::test
