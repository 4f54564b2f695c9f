// SPDX-License-Identifier: Apache-2.0
// Random histories of put, del, override, load, prune, rollback, restart and time against a model:
// nothing comes back, nothing is lost. REPUTE_HISTORIES and REPUTE_HISTORY_SEED choose others.
#include <gtest/gtest.h>

#include <cstdlib>
#include <random>
#include <sstream>

#include "load/live_fold.hpp"
#include "store/snapshot_reader.hpp"
#include "unit/load/live_history_model.hpp"
#include "unit/store/live_world.hpp"

namespace repute::load::test {
namespace {

using repute::test::content_builder;
using repute::test::listing;
using repute::test::live_world;
using store::live_action;
using store::live_entry;
using store::live_layer;

live_entry about(int subject) {
  live_entry out;
  out.verdict = verdict::spam;
  out.text = "subject";
  if (subject < hosts) {
    out.kind = kind::host;
    out.key = repute::test::numbered(static_cast<std::uint8_t>(subject + 1));
    return out;
  }
  out.kind = kind::ip4;
  out.key = {192, 0, 2, static_cast<std::uint8_t>(subject == network ? 0 : subject)};
  out.prefix_length = subject == network ? 24 : 32;
  return out;
}

class history {
 public:
  explicit history(std::uint64_t seed) : random_(seed) {}

  void run() {
    world_.start();
    load(true);
    for (std::uint64_t steps = 8 + below(10); steps > 0 && !testing::Test::HasFailure(); --steps) {
      step();
      check();
    }
  }

 private:
  std::uint64_t below(std::uint64_t bound) { return random_() % bound; }

  void step() {
    switch (below(16)) {
      case 0:
        return load(true);
      case 1:
        return load(false);
      case 2:
        return roll_back();
      case 3:
        return prune();
      case 4:
        log_ << " restart";
        world_.stop();
        return world_.start();
      case 5:
      case 6:
        log_ << " wait";
        now_s_ += below(40);
        return;
      default:
        return change();
    }
  }

  void change() {
    const int subject = static_cast<int>(below(subjects));
    live_entry entry = about(subject);
    entry.layer = below(3) == 0 ? live_layer::override : live_layer::live;
    entry.action = below(2) == 0 ? live_action::put : live_action::remove;
    entry.score = static_cast<std::int16_t>(++scores_);
    const bool put = entry.action == live_action::put;
    entry.expires_unix_s = put && below(2) == 0 ? now_s_ + 1 + below(60) : 0;
    log_ << (entry.layer == live_layer::live ? " live" : " override") << (put ? "+" : "-")
         << subject << (entry.expires_unix_s != 0 ? "t" : "");
    model_.change(entry.layer, subject, entry.action, entry.score, entry.expires_unix_s);
    world_.must_change(entry, now_s_);
  }

  // With a server that tells what was said, or while none runs.
  void load(bool told) {
    history_model::feed rows;
    for (int subject = 0; subject < network; ++subject) {
      if (below(2) == 0) {
        rows[subject] = ++scores_;
      }
    }
    log_ << (told ? " load" : " load-alone") << rows.size();
    live_state before;
    if (const auto current = store::read_current(world_.folder.path())) {
      const auto reader = store::snapshot_reader::open(world_.folder.path(), *current);
      ASSERT_TRUE(reader);
      before = {reader->live(), reader->meta().info.data_seq, reader->meta().info.overlay_id};
    }
    std::optional<live_state> since;
    if (told) {
      const auto fold = world_->fold();
      ASSERT_TRUE(fold) << fold.error().message;
      since = read_fold(world_.folder.path().string(), {fold->name, fold->seq, fold->overlay_id});
    } else {
      world_.stop();
    }
    live_state live = merge_live(before, since, now_s_);
    std::set<removed_key> seen;
    content_builder made;
    for (const auto& [subject, score] : rows) {
      const live_entry row = about(subject);
      made.add_key(row.kind, row.key, made.verdict_of(listing(static_cast<std::int16_t>(score))));
      made.add_record(row.kind, row.key, 1, "subject");
      seen.insert({row.kind, row.key});
    }
    drop_idle_removals(live, seen);
    made.content().live = std::move(live.entries);
    made.content().data_seq = live.seq;
    made.content().overlay_id = live.overlay_id;
    world_.publish(std::move(made.content()));
    model_.load(*store::read_current(world_.folder.path()), rows, told);
    if (told) {
      world_.adopt();
    } else {
      world_.start();
    }
  }

  void roll_back() {
    const auto others = model_.others();
    if (!others.empty()) {
      const std::uint32_t chosen = others[below(others.size())];
      log_ << " rollback" << chosen;
      world_.folder.write("CURRENT", std::to_string(chosen) + "\n");
      model_.switch_to(chosen);
      world_.adopt();
    }
  }

  void prune() {
    const auto others = model_.others();
    if (!others.empty()) {
      const std::uint32_t chosen = others[below(others.size())];
      log_ << " prune" << chosen;
      std::filesystem::remove(store::snapshot_path(world_.folder.path(), chosen));
      std::filesystem::remove(store::manifest_path(world_.folder.path(), chosen));
      model_.prune(chosen);
    }
  }

  void check() {
    for (int subject = 0; subject < network; ++subject) {
      const answer got = world_.ask(about(subject), now_s_);
      const bool listed = got.status == status::listed;
      const model_answer seen{listed ? got.score : 0, (got.vflags & vflag_override) != 0};
      const model_answer expected = model_.expected(subject, now_s_);
      ASSERT_EQ(seen.score, expected.score) << "subject " << subject << " after" << log_.str();
      ASSERT_EQ(seen.override, expected.override) << subject << " after" << log_.str();
    }
  }

  std::mt19937_64 random_;
  live_world world_;
  history_model model_;
  std::uint64_t now_s_ = 1'700'000'000;
  int scores_ = 0;
  std::ostringstream log_;
};

std::uint64_t setting(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::stoull(text);
}

TEST(live_history_test, nothing_comes_back_and_nothing_is_lost) {
  const std::uint64_t first = setting("REPUTE_HISTORY_SEED", 1);
  const std::uint64_t count = setting("REPUTE_HISTORIES", 60);
  for (std::uint64_t seed = first; seed < first + count; ++seed) {
    history(seed).run();
    ASSERT_FALSE(HasFailure()) << "seed " << seed;
  }
}

}  // namespace
}  // namespace repute::load::test
