// SPDX-License-Identifier: Apache-2.0
// Hundreds of small worlds; REPUTE_SIM_SEEDS=N for more of the first kind. A failure names its
// seed; REPUTE_SIM_SEED=N runs that one alone, in every test below.
#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <functional>
#include <numeric>
#include <sstream>

#include "sim/world.hpp"

namespace repute::sim {
namespace {

using namespace std::chrono_literals;

const test::memory_store& store() {
  static const test::memory_store instance(500);
  return instance;
}

std::string story_of(const scenario& story, const outcome& seen) {
  std::ostringstream out;
  out << "REPUTE_SIM_SEED=" << story.seed << " loss " << story.weather.loss << " duplicates "
      << story.weather.duplicate << " delay " << story.weather.delay_min.count() << ".."
      << story.weather.delay_max.count() << " us, answered " << seen.answered << " failed "
      << seen.failed << " sends " << seen.sends;
  for (const std::string& rule : seen.broken) {
    out << "\n  " << rule;
  }
  return out.str();
}

/// Runs `make(seed)` for each seed; `more` adds expectations of its own.
void run_seeds(std::uint64_t count, const std::function<scenario(std::uint64_t)>& make,
               const std::function<void(const scenario&, const outcome&)>& more = {}) {
  std::vector<std::uint64_t> seeds(count);
  std::iota(seeds.begin(), seeds.end(), std::uint64_t{1});
  if (const char* one = std::getenv("REPUTE_SIM_SEED")) {
    seeds = {std::strtoull(one, nullptr, 10)};
  }
  for (const std::uint64_t seed : seeds) {
    const scenario story = make(seed);
    const outcome seen = world(story, store()).run();
    SCOPED_TRACE(story_of(story, seen));
    ASSERT_TRUE(seen.broken.empty());
    ASSERT_EQ(seen.answered + seen.failed, story.lookups);
    // The budget: 10 tokens, a fifth of a token per lookup, one a second of the client's clock.
    double seconds = (story.lookups * 2 * static_cast<double>(story.between.count()) + 1e6) / 1e6;
    for (const fault& it : story.faults) {
      seconds += static_cast<double>(it.length.count()) / 1e6;
    }
    ASSERT_LE(seen.sends, static_cast<double>(seen.questions) + 10 + 0.2 * story.lookups + seconds);
    if (more) {
      more(story, seen);
    }
    if (::testing::Test::HasFatalFailure()) {
      return;
    }
  }
}

weather any_weather(std::mt19937_64& random) {
  weather drawn;
  drawn.loss = static_cast<double>(random() % 31) / 100;
  drawn.duplicate = static_cast<double>(random() % 21) / 100;
  drawn.delay_min = microseconds{20 + static_cast<std::int64_t>(random() % 300)};
  drawn.delay_max = drawn.delay_min + microseconds{static_cast<std::int64_t>(random() % 30000)};
  return drawn;
}

/// Up to six things that go wrong, and the end of some of them.
std::vector<fault> any_faults(std::mt19937_64& random, std::size_t servers, microseconds span) {
  const auto moment = [&] {
    return microseconds{
        static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(span.count()))};
  };
  std::vector<fault> faults;
  for (std::size_t i = random() % 7; i > 0; --i) {
    constexpr auto kinds = static_cast<std::uint64_t>(fault::kind::jump_clock) + 1;
    fault it{.at = moment(),
             .what = static_cast<fault::kind>(random() % kinds),
             .server = random() % servers,
             .length = microseconds{static_cast<std::int64_t>(random() % 300000)}};
    if (it.what == fault::kind::overload) {
      it.length = microseconds{1 + static_cast<std::int64_t>(random() % 4)};
    }
    faults.push_back(it);
    if (random() % 2 == 0) {
      faults.push_back({it.at + moment(), fault::kind::revive, it.server});
    }
  }
  return faults;
}

scenario any_story(std::uint64_t seed) {
  std::mt19937_64 random(seed);
  scenario story;
  story.seed = seed;
  story.weather = any_weather(random);
  story.lookups = 200;
  story.servers = 1 + random() % 4;
  story.sockets = 1 + random() % 3;
  story.keys_max = random() % 20 == 0 ? 150 : 6;
  story.repeats = static_cast<double>(random() % 3) / 10;
  story.cache_keys = random() % 4 == 0 ? 20 : 0;
  story.overload = static_cast<double>(random() % 3) / 10;
  story.between = microseconds{100 + static_cast<std::int64_t>(random() % 20000)};
  story.deadline = microseconds{5000 + static_cast<std::int64_t>(random() % 500000)};
  story.faults = any_faults(random, story.servers, story.between * story.lookups);
  story.sealed = seed % 2 == 0;
  if (story.sealed) {
    story.weather.damage = static_cast<double>(random() % 3) / 10;
  }
  return story;
}

/// No loss, and at most 0.3 ms on the way. Every second one is in sealed mode.
scenario fair_story(std::uint64_t seed) {
  scenario story;
  story.seed = seed;
  story.sealed = seed % 2 == 0;
  story.weather.delay_max = 300us;
  return story;
}

TEST(ClientServerSim, NoRuleBreaksInAnyWeather) {
  int answered = 0;
  int failed = 0;
  const char* many = std::getenv("REPUTE_SIM_SEEDS");
  const std::uint64_t seeds = many == nullptr ? 500 : std::strtoull(many, nullptr, 10);
  run_seeds(seeds, any_story, [&](const scenario&, const outcome& seen) {
    answered += seen.answered;
    failed += seen.failed;
  });
  if (std::getenv("REPUTE_SIM_SEED") == nullptr) {
    EXPECT_GT(answered, failed);  // these worlds are rough, but not empty
    EXPECT_GT(failed, 0);
  }
}

TEST(ClientServerSim, TheSameSeedIsTheSameStory) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    scenario story = any_story(seed);
    if (story.sealed) {
      // A server forgets some copies that it has seen, by their nonces, which no seed decides.
      story.weather.duplicate = 0;
    }
    const outcome first = world(story, store()).run();
    const outcome second = world(story, store()).run();
    EXPECT_EQ(first.sends, second.sends);
    EXPECT_EQ(first.answered, second.answered);
  }
}

TEST(ClientServerSim, FairWeatherAnswersEveryLookupWithOneSendEach) {
  run_seeds(300, fair_story, [](const scenario&, const outcome& seen) {
    EXPECT_EQ(seen.failed, 0);
    EXPECT_LE(seen.sends, seen.questions);  // the same question at the same time is sent once
  });
}

fault death(std::uint64_t seed, microseconds at) {
  return {at, seed % 4 < 2 ? fault::kind::die_refusing : fault::kind::die};
}

TEST(ClientServerSim, DeathOfOneOfTwoServersLosesNoLookup) {
  run_seeds(
      300,
      [](std::uint64_t seed) {
        scenario story = fair_story(seed);
        story.lookups = 60;
        story.faults = {death(seed, microseconds{static_cast<std::int64_t>(seed % 100) * 1000})};
        return story;
      },
      [](const scenario&, const outcome& seen) { EXPECT_EQ(seen.failed, 0); });
}

TEST(ClientServerSim, DamageUnderSealIsLossAndNothingElse) {
  int answered = 0;
  run_seeds(
      100,
      [](std::uint64_t seed) {
        scenario story = fair_story(seed);
        story.sealed = true;
        story.weather.damage = 0.3;
        story.lookups = 200;
        return story;
      },
      [&](const scenario&, const outcome& seen) { answered += seen.answered; });
  if (std::getenv("REPUTE_SIM_SEED") == nullptr) {
    EXPECT_GT(answered, 100 * 200 / 2);
  }
}

// A server that has used up a session says nothing under it for an hour: the client begins another,
// and asks that server again at once.
TEST(ClientServerSim, ASessionThatWasUsedUpIsBegunAnew) {
  for (const std::size_t servers : {std::size_t{1}, std::size_t{2}}) {
    run_seeds(
        50,
        [servers](std::uint64_t seed) {
          scenario story = fair_story(seed);
          story.sealed = true;
          story.servers = servers;
          story.lookups = 400;
          story.between = 50'000us;
          for (std::size_t i = 0; i < servers; ++i) {
            story.faults.push_back(
                {.at = 11'000'000us, .what = fault::kind::end_session, .server = i, .length = 0us});
          }
          return story;
        },
        [](const scenario&, const outcome& seen) { EXPECT_EQ(seen.failed, 0); });
  }
}

// The servers' clocks are told to it under seal, and a lookup lasts long enough to follow them.
TEST(ClientServerSim, AClientWhoseClockIsWrongLosesNoLookup) {
  for (const std::uint64_t hours : {3U, 5U, 1000U, 40'000U}) {
    run_seeds(
        20,
        [hours](std::uint64_t seed) {
          scenario story = fair_story(seed);
          story.sealed = true;
          story.hours_behind = hours;
          story.servers = 1 + seed % 4;
          story.lookups = 200;
          return story;
        },
        [](const scenario&, const outcome& seen) { EXPECT_EQ(seen.failed, 0); });
  }
}

// A hundred thousand lookups.
TEST(ClientServerSim, EverybodyDeadEndsEveryLookupInAnError) {
  run_seeds(
      400,
      [](std::uint64_t seed) {
        scenario story = fair_story(seed);
        story.servers = 1;
        story.lookups = 250;
        story.faults = {death(seed, 0us)};
        return story;
      },
      [](const scenario&, const outcome& seen) { EXPECT_EQ(seen.answered, 0); });
}

/// What became of all lookups of a kind of worlds, without and with a seal.
struct totals {
  int answered = 0;
  int failed = 0;
  unsigned sends = 0;
  std::size_t questions = 0;

  [[nodiscard]] double answered_share() const {
    return answered / static_cast<double>(answered + failed);
  }
  [[nodiscard]] double sends_per_question() const { return sends / static_cast<double>(questions); }
};

// For the report of the test (--gtest_output).
void record(const std::array<totals, 2>& modes) {
  for (const std::size_t sealed : {std::size_t{0}, std::size_t{1}}) {
    const std::string name = sealed == 0 ? "plain" : "sealed";
    ::testing::Test::RecordProperty(name + "_answered",
                                    std::to_string(modes[sealed].answered_share()));
    ::testing::Test::RecordProperty(name + "_sends",
                                    std::to_string(modes[sealed].sends_per_question()));
  }
}

std::array<totals, 2> run_lossy(double loss, std::uint64_t worlds) {
  std::array<totals, 2> out;
  run_seeds(
      worlds,
      [&](std::uint64_t seed) {
        scenario story = fair_story(seed);
        story.weather.loss = loss;
        story.lookups = 500;
        return story;
      },
      [&](const scenario& story, const outcome& seen) {
        totals& mode = out[story.sealed ? 1 : 0];
        mode.answered += seen.answered;
        mode.failed += seen.failed;
        mode.sends += seen.sends;
        mode.questions += seen.questions;
      });
  return out;
}

TEST(ClientServerSim, FivePercentLossIsHardlySeen) {
  const auto modes = run_lossy(0.05, 80);
  record(modes);
  for (const totals& mode : modes) {
    if (std::getenv("REPUTE_SIM_SEED") == nullptr) {
      EXPECT_GE(mode.answered_share(), 0.999);
      EXPECT_LT(mode.sends_per_question(), 1.25);
    }
  }
}

// No budget buys an answer to each then; but what is answered is right, and nobody floods.
TEST(ClientServerSim, ThirtyPercentLossStaysWithinTheBudget) {
  const auto modes = run_lossy(0.3, 80);
  record(modes);
  for (const totals& mode : modes) {
    if (std::getenv("REPUTE_SIM_SEED") == nullptr) {
      EXPECT_GT(mode.answered, mode.failed);
      EXPECT_LE(mode.sends_per_question(), 1.25);
    }
  }
}

}  // namespace
}  // namespace repute::sim
