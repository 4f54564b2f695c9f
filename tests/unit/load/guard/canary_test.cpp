// SPDX-License-Identifier: Apache-2.0
#include "load/guard/canary.hpp"

#include <map>

#include "guard_world.hpp"

namespace repute::load::test {
namespace {

using strings = std::vector<std::string>;

std::vector<canary> read(const strings& present, const strings& absent,
                         std::vector<spec_problem>& problems) {
  guard_settings settings;
  for (const std::string& text : present) {
    settings.present.push_back({text, "f:1:1"});
  }
  for (const std::string& text : absent) {
    settings.absent.push_back({text, "f:2:2"});
  }
  return read_canaries(settings, canonical_forms(), problems);
}

// `RULE: sentence` of every report, with verdicts by the shown form of a key, DOMAIN with a dot.
strings said(const strings& present, const strings& absent,
             const std::map<std::string, verdict>& verdicts) {
  std::vector<spec_problem> problems;
  const auto canaries = read(present, absent, problems);
  EXPECT_EQ(problems.size(), 0U);
  int calls = 0;
  const auto reports = check_canaries(canaries, [&](std::span<const canonical_key> keys) {
    ++calls;
    std::vector<answer> answers(keys.size());
    for (std::size_t i = 0; i < keys.size(); ++i) {
      const auto found =
          verdicts.find((keys[i].kind == kind::domain ? "." : "") + canon::show(keys[i]));
      if (found != verdicts.end()) {
        answers[i].status = status::listed;
        answers[i].verdict = found->second;
      }
    }
    return answers;
  });
  EXPECT_EQ(calls, canaries.empty() ? 0 : 1);
  strings out;
  for (const guard_report& report : reports) {
    EXPECT_EQ(report.feed, "");
    for (const std::string& first : report.first) {
      out.push_back(std::string(word(report.rule)) + ": " + first);
    }
  }
  return out;
}

TEST(canaries, are_judged_by_the_most_specific_answer) {
  const std::map<std::string, verdict> verdicts{{"bad.example", verdict::spam},
                                                {"partner.bad.example", verdict::trusted},
                                                {".bad.example", verdict::malware},
                                                {"hole.example", verdict::none},
                                                {".hole.example", verdict::spam}};
  EXPECT_EQ(
      said({"bad.example", "x.bad.example"}, {"good.example", "partner.bad.example"}, verdicts),
      strings{});
  EXPECT_EQ(said({"good.example", "partner.bad.example", "hole.example"},
                 {"x.bad.example", "http://x.bad.example/deep"}, verdicts),
            (strings{"present: good.example must be listed and would not be",
                     "present: partner.bad.example must be listed and would not be",
                     "present: hole.example must be listed and would not be",
                     "absent: x.bad.example must not be listed and would be malware",
                     "absent: x.bad.example/deep must not be listed and would be malware"}));
  EXPECT_EQ(said({}, {}, verdicts), strings{});
}

TEST(canaries, may_name_their_kind) {
  EXPECT_EQ(said({"ip:192.0.2.1", "2001:db8::1", "category:7", "url:192.0.2.9/"}, {},
                 {{"192.0.2.1", verdict::spam},
                  {"2001:db8::1", verdict::spam},
                  {"7", verdict::formal},
                  {"192.0.2.9", verdict::spam}}),
            strings{});
}

TEST(canaries, must_be_keys) {
  std::vector<spec_problem> problems;
  EXPECT_EQ(read({"good.example", "a b", "ip:good.example"}, {"192.0.2.0/24"}, problems).size(),
            1U);
  ASSERT_EQ(problems.size(), 3U);
  EXPECT_EQ(problems[1].what,
            "a canary must be a key of kind ip: it is not an IPv4 or IPv6 address");
  EXPECT_EQ(problems[2].where, "f:2:2");
}

}  // namespace
}  // namespace repute::load::test
