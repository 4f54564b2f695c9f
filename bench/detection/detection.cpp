// SPDX-License-Identifier: Apache-2.0
// How well near-duplicate schemes recognise spam that was changed, and how often they take ordinary
// mail for it. Prints CSV: measure, scheme, case, asked, found and the 95 % interval in percent.
// detection.py runs it and makes tables and a plot.
#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <exception>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "detection/corpus.hpp"
#include "detection/edits.hpp"
#include "detection/schemes.hpp"
#include "repute/textsig/common_shingle_counter.hpp"

namespace {

using namespace repute::bench;
using repute::textsig::common_shingles;

constexpr std::size_t tokens_min = 20;  // of a campaign's text
constexpr std::size_t members = 3;      // published of a campaign, where there are several

struct settings {
  std::string corpus;
  std::size_t variants = 2000;    // of each kind
  std::size_t made_up = 100'000;  // most campaigns that ordinary mail is asked against
  std::uint64_t seed = 1;
};

struct count {
  std::size_t asked = 0;
  std::size_t found = 0;

  void add(bool is_found) {
    ++asked;
    found += is_found ? 1 : 0;
  }
};

// Wilson's interval of 95 %, its lower or upper end, in percent.
double wilson(const count& of, double side) {
  constexpr double z = 1.959964;
  const auto n = static_cast<double>(of.asked);
  const double p = static_cast<double>(of.found) / n;
  const double middle = p + z * z / 2 / n;
  const double width = z * std::sqrt(p * (1 - p) / n + z * z / 4 / n / n);
  return std::clamp(100 * (middle + side * width) / (1 + z * z / n), 0.0, 100.0);
}

// Counts by measure, scheme and case, in the order in which they first came.
class counts {
 public:
  count& of(const std::string& measure, const std::string& scheme, const std::string& what) {
    const std::string name = "\"" + measure + "\",\"" + scheme + "\",\"" + what + "\"";
    const auto [at, is_new] = places_.emplace(name, rows_.size());
    if (is_new) {
      rows_.push_back({name, {}});
    }
    return rows_[at->second].second;
  }
  void print() const {
    std::printf("measure,scheme,case,asked,found,low,high\n");
    for (const auto& [name, of] : rows_) {
      std::printf("%s,%zu,%zu,%.2f,%.2f\n", name.c_str(), of.asked, of.found, wilson(of, -1),
                  wilson(of, 1));
    }
  }

 private:
  std::map<std::string, std::size_t> places_;
  std::vector<std::pair<std::string, count>> rows_;
};

std::shared_ptr<const common_shingles> filter_of(const std::vector<text>& ordinary,
                                                 const vocabulary& words) {
  repute::textsig::common_shingle_counter counter({});
  for (const text& each : ordinary) {
    counter.add(words.write(each));
  }
  std::string problem;
  auto read = common_shingles::decode(counter.file(1), {}, problem);
  return std::make_shared<const common_shingles>(std::move(read).value());
}

// Half of the ordinary mail is known to the publisher, the other half is asked about, and gives the
// words that change spam. Then the halves change places.
struct fold {
  std::vector<text> known;
  std::vector<text> held_out;
};

std::vector<fold> folds_of(const std::vector<text>& ordinary) {
  std::vector<fold> out(2);
  for (std::size_t i = 0; i < ordinary.size(); ++i) {
    out[i % 2].known.push_back(ordinary[i]);
    out[1 - i % 2].held_out.push_back(ordinary[i]);
  }
  return out;
}

// Schemes by their names in tables.
using named_schemes = std::vector<std::pair<std::string, std::unique_ptr<scheme>>>;
const std::string ours = "Repute";
const std::string ours_several = "Repute, 3 members";

// Every n-th, so many that `count` are left.
std::vector<text> thinned(const std::vector<text>& from, std::size_t count) {
  std::vector<text> out;
  for (std::size_t i = 0; i < std::min(count, from.size()); ++i) {
    out.push_back(from[i * from.size() / std::min(count, from.size())]);
  }
  return out;
}

class evaluation {
 public:
  evaluation(const settings& chosen, const vocabulary& words,
             const std::vector<std::vector<text>>& groups, const fold& with, counts& into)
      : chosen_(chosen), words_(words), groups_(groups), with_(with), into_(into) {}

  void run() const {
    const std::size_t room = members * groups_.size();
    named_schemes schemes = compared(room);
    schemes.emplace_back(ours_several, signatures_with(with_.known, with_.known, room));
    schemes.emplace_back("Repute, filter alone", signatures_with(with_.known, {}, room));
    schemes.emplace_back("Repute, neither", signatures_with({}, {}, room));
    for (const auto& [name, each] : schemes) {
      publish(*each, name == ours_several);
      ask_variants(*each, name);
      ask_ordinary(*each, "ham", name, "all");
    }
    ask_later();
    ask_known();
    ask_many();
  }

 private:
  // With the shingles of known ordinary mail left out of signatures, with its bands taken from
  // campaigns, or both.
  [[nodiscard]] std::unique_ptr<scheme> signatures_with(const std::vector<text>& filter,
                                                        const std::vector<text>& prune,
                                                        std::size_t room) const {
    auto out = std::make_unique<signatures>(
        words_, filter.empty() ? nullptr : filter_of(filter, words_), room + prune.size());
    for (const text& each : prune) {
      out->prune(each);
    }
    return out;
  }

  [[nodiscard]] named_schemes compared(std::size_t room) const {
    named_schemes out;
    out.emplace_back(ours, signatures_with(with_.known, with_.known, room));
    out.emplace_back("Repute, pruning alone", signatures_with({}, with_.known, room));
    out.emplace_back("rspamd rule", std::make_unique<rspamd_rule>());
    out.emplace_back("exact digest", std::make_unique<exact_digest>());
    return out;
  }

  // The first text of each group, or that and variants of it: what was reported of one campaign.
  // Their new words are those of known mail, or they would hold what is asked about.
  void publish(scheme& to, bool several) const {
    const editor drifts(with_.known);
    std::mt19937_64 random(chosen_.seed);
    const variant drift{"", {{edit::kind::substitute, 0.2}, {edit::kind::append, 20}}};
    for (std::uint32_t i = 0; i < groups_.size(); ++i) {
      to.publish(groups_[i].front(), i);
      for (std::size_t more = 1; several && more < members; ++more) {
        to.publish(drifts.apply(groups_[i].front(), drift, random), i);
      }
    }
  }

  void ask_variants(scheme& of, const std::string& name) const {
    const editor edits(with_.held_out);
    std::vector<std::optional<std::uint32_t>> names;  // texts may have joined another's campaign
    for (const auto& group : groups_) {
      names.push_back(of.ask(group.front()).campaign);
    }
    for (const variant& each : all_variants()) {
      std::mt19937_64 random(chosen_.seed + 1);
      for (std::size_t i = 0; i < chosen_.variants / 2; ++i) {
        const std::size_t group = random() % groups_.size();
        const finding found = of.ask(edits.apply(groups_[group].front(), each, random));
        const bool own = found.campaign && found.campaign == names[group];
        into_.of("recall", name, each.name).add(own && found.acts);
        into_.of("recall, weak too", name, each.name).add(own);
        into_.of("another campaign", name, each.name).add(found.campaign && !own && found.acts);
      }
    }
  }

  void ask_ordinary(scheme& of, const std::string& measure, const std::string& name,
                    const std::string& what) const {
    for (const text& each : with_.held_out) {
      const finding found = of.ask(each);
      into_.of(measure, name, what).add(found.acts);
      into_.of(measure + ", weak too", name, what).add(found.campaign.has_value());
    }
  }

  // Mails of real campaigns of which the first ones were published.
  void ask_later() const {
    for (const std::size_t published : {std::size_t{1}, members}) {
      const std::string what = std::to_string(published) + " published";
      for (const auto& [name, each] : compared(members * groups_.size())) {
        for (std::uint32_t i = 0; i < groups_.size(); ++i) {
          for (std::size_t j = 0; j < std::min(published, groups_[i].size()); ++j) {
            each->publish(groups_[i][j], i);
          }
        }
        for (const auto& group : groups_) {
          for (std::size_t j = members; j < group.size(); ++j) {
            const finding found = each->ask(group[j]);
            into_.of("later mail", name, what).add(found.acts);
            into_.of("later mail, weak too", name, what).add(found.campaign.has_value());
          }
        }
      }
    }
  }

  // How much ordinary mail the publisher must know.
  void ask_known() const {
    const std::size_t room = groups_.size();
    for (const std::size_t count : std::array<std::size_t, 4>{30, 100, 300, 1000}) {
      const std::vector<text> known = thinned(with_.known, count);
      named_schemes schemes;
      schemes.emplace_back(ours, signatures_with(known, known, room));
      schemes.emplace_back("Repute, filter alone", signatures_with(known, {}, room));
      schemes.emplace_back("Repute, pruning alone", signatures_with({}, known, room));
      for (const auto& [name, each] : schemes) {
        publish(*each, false);
        ask_ordinary(*each, "ham by known mail", name, std::to_string(count));
      }
    }
  }

  // Ordinary mail against more and more campaigns: the real ones, then made-up ones.
  void ask_many() const {
    std::vector<text> all = with_.known;
    for (const auto& group : groups_) {
      all.push_back(group.front());
    }
    const word_chain chain(all);
    for (const auto& [name, each] : compared(chosen_.made_up)) {
      std::mt19937_64 random(chosen_.seed + 2);
      std::uint32_t published = 0;
      for (std::size_t campaigns = 1000; campaigns <= chosen_.made_up; campaigns *= 10) {
        for (; published < campaigns; ++published) {
          const text& like = groups_[published % groups_.size()].front();
          each->publish(published < groups_.size() ? like : chain.draw(like.size(), random),
                        published);
        }
        ask_ordinary(*each, "ham by campaigns", name, std::to_string(campaigns));
      }
    }
  }

  const settings& chosen_;
  const vocabulary& words_;
  const std::vector<std::vector<text>>& groups_;
  const fold& with_;
  counts& into_;
};

void describe(const std::vector<std::vector<text>>& groups, std::size_t spam,
              const std::vector<text>& ordinary) {
  std::vector<std::size_t> sizes;
  std::size_t several = 0;
  for (const auto& group : groups) {
    sizes.push_back(group.front().size());
    several += group.size() > 1 ? 1 : 0;
  }
  std::ranges::sort(sizes);
  const auto at = [&](std::size_t percent) { return sizes[sizes.size() * percent / 100]; };
  std::fprintf(
      stderr,
      "spam %zu, distinct campaigns of >= %zu tokens %zu (%zu with several mails; tokens "
      "p10 %zu, p50 %zu, p90 %zu), ham %zu (%td with fewer than %zu tokens)\n",
      spam, tokens_min, groups.size(), several, at(10), at(50), at(90), ordinary.size(),
      std::ranges::count_if(ordinary, [](const text& each) { return each.size() < tokens_min; }),
      tokens_min);
}

bool read_number(const char* from, std::size_t& to) {
  const char* const end = from + std::strlen(from);
  return std::from_chars(from, end, to).ptr == end;
}

bool read_arguments(int count, char** values, settings& to) {
  std::size_t seed = to.seed;
  bool good = count >= 2 && count % 2 == 0;
  for (int i = 2; good && i + 1 < count; i += 2) {
    const std::string name = values[i];
    good = name == "--variants"  ? read_number(values[i + 1], to.variants)
           : name == "--made-up" ? read_number(values[i + 1], to.made_up)
           : name == "--seed"    ? read_number(values[i + 1], seed)
                                 : false;
  }
  to.corpus = good ? values[1] : "";
  to.seed = seed;
  return good;
}

int run(const settings& chosen) {
  vocabulary words;
  const std::filesystem::path corpus = chosen.corpus;
  const std::vector<text> spam = read_folder(corpus / "spam", words);
  const std::vector<text> ordinary = read_folder(corpus / "ham", words);
  const auto groups = group_texts(spam, tokens_min);
  if (groups.empty() || ordinary.size() < 2) {
    std::fprintf(stderr, "not enough mail in %s\n", chosen.corpus.c_str());
    return 1;
  }
  describe(groups, spam.size(), ordinary);
  counts found;
  for (const fold& each : folds_of(ordinary)) {
    evaluation(chosen, words, groups, each, found).run();
  }
  found.print();
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  settings chosen;
  if (!read_arguments(argc, argv, chosen)) {
    std::fprintf(stderr,
                 "usage: repute_bench_detection CORPUS [--variants N] [--made-up N] [--seed N]\n"
                 "CORPUS has folders spam and ham, a message in each file.\n");
    return 64;
  }
  try {
    return run(chosen);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
