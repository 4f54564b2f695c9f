// SPDX-License-Identifier: Apache-2.0
// Ways to choose a server, in the same simulated trouble. Prints a Markdown table; --data FILE
// writes the same as tab-separated values for plot.gp; --seconds N makes it shorter.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <string>
#include <vector>

#include "policies/rivals.hpp"

namespace repute::bench {
namespace {

using sim::load_report;
using sim::load_setup;
using sim::load_world;
using sim::micros;

constexpr micros ms = 1000;

/// Times of a story: trouble, and the end of it.
struct times {
  micros trouble = 0;
  micros over = 0;
  micros end = 0;
};
struct story {
  const char* name;
  void (*tell)(load_world& world, const times& when);
};

constexpr story stories[] = {
    {"calm", [](load_world&, const times&) {}},
    {"fastest killed, silent",
     [](load_world& world, const times& when) {
       world.at(when.trouble, [&world] { world.kill(0, false); });
       world.at(when.over, [&world] { world.revive(0); });
     }},
    {"fastest killed, refusing",
     [](load_world& world, const times& when) {
       world.at(when.trouble, [&world] { world.kill(0, true); });
       world.at(when.over, [&world] { world.revive(0); });
     }},
    {"fastest 10 times slower",
     [](load_world& world, const times& when) {
       world.at(when.trouble, [&world] { world.set_slowness(0, 10); });
       world.at(when.over, [&world] { world.set_slowness(0, 1); });
     }},
    {"1 % loss each way",
     [](load_world& world, const times& when) {
       world.at(when.trouble, [&world] { world.set_loss(0.01); });
     }},
    {"5 % loss each way",
     [](load_world& world, const times& when) {
       world.at(when.trouble, [&world] { world.set_loss(0.05); });
     }},
    {"all killed",
     [](load_world& world, const times& when) {
       for (std::size_t i = 0; i < 3; ++i) {
         world.at(when.trouble, [&world, i] { world.kill(i, false); });
         world.at(when.over, [&world, i] { world.revive(i); });
       }
     }},
    {"overload 1.67 times, 1 s",
     [](load_world& world, const times& when) {
       world.at(when.trouble, [&world] { world.set_load(1.67 / 0.4); });
       world.at(when.trouble + 1000 * ms, [&world] { world.set_load(1); });
     }},
};

/// One row: what a policy made of a story.
struct row {
  std::string_view policy;
  const char* story = nullptr;
  double failed = 0;  ///< percent of lookups, from the trouble on
  double p99_ms = 0;  ///< in the second after the trouble began
  double max_ms = 0;
  double sends = 0;  ///< per lookup, from the trouble to its end
  double share_after =
      0;  ///< of first sends to server 0, percent: 50 ms after the trouble, to its end
  double share_back = 0;  ///< in the last second
};

row measure(const contender& who, const story& what, const times& when) {
  load_setup setup;
  setup.end = when.end;
  load_world world(setup, who.make);
  what.tell(world, when);
  const load_report& seen = world.run();
  std::size_t asked = 0;
  for (const auto& it : seen.lookups) {
    asked += it.begun >= when.trouble ? 1u : 0u;
  }
  const micros second_end = when.trouble + 1000 * ms;
  return {.policy = who.name,
          .story = what.name,
          .failed = 100 * static_cast<double>(seen.failed(when.trouble, when.end)) /
                    static_cast<double>(asked),
          .p99_ms = static_cast<double>(seen.quantile(0.99, when.trouble, second_end)) / ms,
          .max_ms = static_cast<double>(seen.quantile(1, when.trouble, second_end)) / ms,
          .sends = seen.sends_per_lookup(when.trouble, when.over),
          .share_after = 100 * seen.share(0, when.trouble + 50 * ms, when.over),
          .share_back = 100 * seen.share(0, when.end - 1000 * ms, when.end)};
}

void print(const std::vector<row>& rows) {
  const char* story = "";
  for (const row& it : rows) {
    if (std::strcmp(story, it.story) != 0) {
      story = it.story;
      std::printf(
          "\n### %s\n\n| policy | failed %% | p99 ms | max ms | sends per lookup | "
          "fastest's share after 50 ms %% | at the end %% |\n|---|---|---|---|---|---|---|\n",
          story);
    }
    std::printf("| %.*s | %.3f | %.2f | %.1f | %.3f | %.2f | %.1f |\n",
                static_cast<int>(it.policy.size()), it.policy.data(), it.failed, it.p99_ms,
                it.max_ms, it.sends, it.share_after, it.share_back);
  }
}

bool write(const std::vector<row>& rows, const char* path) {
  std::FILE* file = std::fopen(path, "w");
  if (file == nullptr) {
    return false;
  }
  std::fprintf(file,
               "story\tpolicy\tfailed_percent\tp99_ms\tmax_ms\tsends_per_lookup\t"
               "share_after_percent\tshare_end_percent\n");
  for (const row& it : rows) {
    std::fprintf(file, "%s\t%.*s\t%.4f\t%.3f\t%.3f\t%.4f\t%.3f\t%.3f\n", it.story,
                 static_cast<int>(it.policy.size()), it.policy.data(), it.failed, it.p99_ms,
                 it.max_ms, it.sends, it.share_after, it.share_back);
  }
  return std::fclose(file) == 0;
}

int run(int argc, char** argv) {
  const char* data = nullptr;
  double seconds = 9;
  for (int i = 1; i + 1 < argc; i += 2) {
    if (std::strcmp(argv[i], "--data") == 0) {
      data = argv[i + 1];
    } else if (std::strcmp(argv[i], "--seconds") == 0) {
      seconds = std::strtod(argv[i + 1], nullptr);
    }
  }
  const auto span = static_cast<micros>(seconds * 1000 * ms);
  const times when{.trouble = span / 6, .over = span / 2, .end = span};
  std::vector<row> rows;
  for (const story& what : stories) {
    for (const contender& who : contenders()) {
      rows.push_back(measure(who, what, when));
    }
  }
  for (const contender& who : contenders()) {
    std::printf("* **%.*s**: %.*s\n", static_cast<int>(who.name.size()), who.name.data(),
                static_cast<int>(who.rule.size()), who.rule.data());
  }
  print(rows);
  return data == nullptr || write(rows, data) ? 0 : 73;
}

}  // namespace
}  // namespace repute::bench

int main(int argc, char** argv) {
  return repute::bench::run(argc, argv);
}
