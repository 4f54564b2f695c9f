// SPDX-License-Identifier: Apache-2.0
// What must hold for any message and any answers.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <array>
#include <numeric>
#include <random>

#include "message_builder.hpp"

namespace repute::mail {
namespace {

constexpr std::array better_to_worse{verdict::trusted,       verdict::none,   verdict::formal,
                                     verdict::probable_spam, verdict::spam,   verdict::blacklisted,
                                     verdict::phishing,      verdict::malware};
constexpr std::array errors{status::unsupported, status::malformed, status::skipped,
                            status::refused};

struct made_fact {
  subject what{};
  role where{};
  std::string text;
};

made_fact some_fact() {
  const role where = static_cast<role>(*rc::gen::inRange<int>(0, role_count));
  const subject what = where == role::client || where == role::relay ? subject::ip
                       : where == role::body ? *rc::gen::element(subject::text, subject::textsig)
                                             : *rc::gen::element(subject::domain, subject::email);
  // Few texts, so that facts share listings.
  std::string text = "n" + std::to_string(*rc::gen::inRange(0, 12)) + ".example";
  return {what, where, what == subject::email ? "u@" + text : text};
}

answer some_answer(const made_fact& about) {
  if (*rc::gen::inRange(0, 8) == 0) {
    return {.status = *rc::gen::elementOf(errors)};
  }
  answer out = listed(*rc::gen::elementOf(better_to_worse), *rc::gen::inRange(-1000, 1001));
  out.category = static_cast<std::uint16_t>(*rc::gen::inRange(0, 12));
  if (*rc::gen::inRange(0, 3) == 0) {
    out = {};
  } else if (about.what == subject::textsig && *rc::gen::arbitrary<bool>()) {
    out.status = status::near;
  }
  return out;
}

struct world {
  std::vector<made_fact> facts;
  std::vector<answer> said;

  [[nodiscard]] judged_message message(const std::vector<std::size_t>& order) const {
    judged_message out;
    for (const std::size_t i : order) {
      out.add(facts[i].what, facts[i].where, facts[i].text, said[i]);
    }
    return out;
  }
  [[nodiscard]] judged_message message() const {
    std::vector<std::size_t> order(facts.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    return message(order);
  }
};

world some_world() {
  world out;
  const int count = *rc::gen::inRange(0, 12);
  for (int i = 0; i < count; ++i) {
    made_fact next = some_fact();
    // The same key has the same answer.
    const auto same = std::ranges::find_if(out.facts, [&](const made_fact& other) {
      return other.what == next.what && other.text == next.text;
    });
    out.said.push_back(same == out.facts.end()
                           ? some_answer(next)
                           : out.said[static_cast<std::size_t>(same - out.facts.begin())]);
    out.facts.push_back(std::move(next));
  }
  return out;
}

RC_GTEST_PROP(StatusProperties, AWorseVerdictNeverLowersTheRate, ()) {
  world of = some_world();
  of.facts.push_back(some_fact());
  const made_fact changed = of.facts.back();
  of.said.emplace_back();
  const auto say = [&](const answer& said) {
    for (std::size_t i = 0; i < of.facts.size(); ++i) {
      if (of.facts[i].what == changed.what && of.facts[i].text == changed.text) {
        of.said[i] = said;
      }
    }
    return of.message().judge().rate;
  };
  const auto better = *rc::gen::inRange<std::size_t>(0, better_to_worse.size());
  const auto worse = *rc::gen::inRange(better, better_to_worse.size());
  const int low = *rc::gen::inRange(-1000, 1001);
  answer said = listed(better_to_worse[better], low);
  said.category = 4;
  said.status = changed.what == subject::textsig ? *rc::gen::element(status::listed, status::near)
                                                 : status::listed;
  const int before = say(said);
  said.verdict = better_to_worse[worse];
  said.score = static_cast<std::int16_t>(*rc::gen::inRange(low, 1001));
  RC_ASSERT(say(said) >= before);
  said.status = status::listed;
  RC_ASSERT(say(said) >= before);
}

RC_GTEST_PROP(StatusProperties, TheOrderOfFactsDoesNotMatter, ()) {
  const world of = some_world();
  std::vector<std::size_t> order(of.facts.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::shuffle(order.begin(), order.end(), std::mt19937_64(*rc::gen::arbitrary<std::uint64_t>()));
  const status_report first = of.message().judge();
  const status_report second = of.message(order).judge();
  RC_ASSERT(first.status == second.status);
  RC_ASSERT(first.rate == second.rate);
  RC_ASSERT(first.info == second.info);
}

RC_GTEST_PROP(StatusProperties, AnErrorIsNoVerdict, ()) {
  // Whatever an error answer carries beside its status, it says as much as silence.
  world of = some_world();
  world silent = of;
  for (std::size_t i = 0; i < of.said.size(); ++i) {
    if (std::ranges::find(errors, of.said[i].status) != errors.end()) {
      of.said[i].verdict = better_to_worse[i % better_to_worse.size()];
      of.said[i].score = 1000;
      silent.said[i] = {};
    }
  }
  RC_ASSERT(of.message().judge().status == silent.message().judge().status);
  RC_ASSERT(of.message().judge().rate == silent.message().judge().rate);
}

RC_GTEST_PROP(StatusProperties, OnlyTheClientOrAProvedSenderAcquits, ()) {
  world of = some_world();
  judged_message message = of.message();
  if (*rc::gen::arbitrary<bool>()) {
    message.from.authenticated = {"n3.example"};
  }
  const status_report seen = message.judge();
  const bool may = std::ranges::any_of(seen.hits, [&](const hit& each) {
    const fact& by = message.message.facts[each.fact];
    return each.said.verdict == verdict::trusted &&
           (by.role == role::client ||
            ((by.role == role::from || by.role == role::mail_from) &&
             by.value.ends_with("n3.example") && !message.from.authenticated.empty()));
  });
  RC_ASSERT(may || seen.status != message_status::trusted);
  // And what is trusted elsewhere changes nothing at all but its own listing.
  if (!may) {
    world without = of;
    for (answer& said : without.said) {
      if (said.status == status::listed && said.verdict == verdict::trusted) {
        said = {};
      }
    }
    RC_ASSERT(without.message().judge().status == seen.status);
    RC_ASSERT(without.message().judge().rate == seen.rate);
  }
}

RC_GTEST_PROP(StatusProperties, StatusAndRateAgree, ()) {
  const status_report seen = some_world().message().judge();
  RC_ASSERT(seen.rate >= 0 && seen.rate <= 100);
  const policy by;
  switch (seen.status) {
    case message_status::spam:
      RC_ASSERT(seen.rate >= by.spam_rate);
      break;
    case message_status::probable_spam:
      RC_ASSERT(seen.rate >= by.probable_spam_rate && seen.rate < by.spam_rate);
      break;
    case message_status::trusted:
      RC_ASSERT(seen.rate == 0);
      break;
    case message_status::formal:
    case message_status::not_detected:
      RC_ASSERT(seen.rate < by.probable_spam_rate);
      break;
    case message_status::blacklisted:
      break;
  }
}

RC_GTEST_PROP(StatusProperties, ConfidenceFollowsVerdictAndScore, ()) {
  const auto a = *rc::gen::inRange<std::size_t>(0, better_to_worse.size());
  const auto b = *rc::gen::inRange<std::size_t>(a, better_to_worse.size());
  const int low = *rc::gen::inRange(-1000, 1001);
  const int high = *rc::gen::inRange(low, 1001);
  const double of_low = confidence(better_to_worse[a], static_cast<std::int16_t>(low));
  const double of_high = confidence(better_to_worse[b], static_cast<std::int16_t>(high));
  RC_ASSERT(of_low <= of_high);
  RC_ASSERT(of_low >= 0 && of_high <= 1);
}

}  // namespace
}  // namespace repute::mail
