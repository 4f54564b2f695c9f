// SPDX-License-Identifier: Apache-2.0
#include "detection/corpus.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <numeric>
#include <sstream>

#include "repute/mail/extract.hpp"

namespace repute::bench {
namespace {

constexpr double same_campaign = 0.3;

std::string contents(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// Disjoint sets; the smallest member names each.
class union_find {
 public:
  explicit union_find(std::size_t size) : parents_(size) {
    std::iota(parents_.begin(), parents_.end(), 0);
  }
  std::size_t root(std::size_t of) {
    while (parents_[of] != of) {
      of = parents_[of] = parents_[parents_[of]];
    }
    return of;
  }
  void join(std::size_t a, std::size_t b) {
    const auto [first, second] = std::minmax({root(a), root(b)});
    parents_[second] = first;
  }

 private:
  std::vector<std::size_t> parents_;
};

}  // namespace

text vocabulary::read(const std::string& tokens) {
  text out;
  std::istringstream in(tokens);
  for (std::string word; in >> word;) {
    const auto [at, is_new] = numbers_.emplace(word, static_cast<std::uint32_t>(numbers_.size()));
    if (is_new) {
      words_.push_back(word);
    }
    out.push_back(at->second);
  }
  return out;
}

std::string vocabulary::write(const text& from) const {
  std::string out;
  for (const std::uint32_t number : from) {
    out += (out.empty() ? "" : " ") + words_[number];
  }
  return out;
}

std::vector<text> read_folder(const std::filesystem::path& folder, vocabulary& words) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    files.push_back(entry.path());
  }
  std::ranges::sort(files);
  const canon::canonicalizer canon;
  const mail::extractor extract(canon, {});
  std::vector<text> out;
  for (const auto& file : files) {
    text longest;
    for (const mail::body_text& each : extract(contents(file), {}).texts) {
      text next = words.read(each.tokens);
      if (next.size() > longest.size()) {
        longest = std::move(next);
      }
    }
    out.push_back(std::move(longest));
  }
  return out;
}

std::vector<std::uint64_t> triples(const text& from) {
  std::vector<std::uint64_t> out;
  for (std::size_t i = 0; i + 2 < from.size(); ++i) {
    std::uint64_t hash = from[i];
    for (const std::uint32_t next : {from[i + 1], from[i + 2]}) {
      hash = (hash * 0x9e3779b97f4a7c15 + next + 1) * 0xbf58476d1ce4e5b9;
      hash ^= hash >> 29;
    }
    out.push_back(hash);
  }
  std::ranges::sort(out);
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

std::vector<std::vector<text>> group_texts(const std::vector<text>& from, std::size_t tokens_min) {
  union_find groups(from.size());
  std::vector<std::size_t> sizes;
  std::unordered_map<std::uint64_t, std::vector<std::size_t>> texts_with;
  for (std::size_t i = 0; i < from.size(); ++i) {
    const auto own = from[i].size() < tokens_min ? std::vector<std::uint64_t>{} : triples(from[i]);
    std::unordered_map<std::size_t, std::size_t> shared;
    for (const std::uint64_t each : own) {
      for (const std::size_t other : texts_with[each]) {
        ++shared[other];
      }
      texts_with[each].push_back(i);
    }
    sizes.push_back(own.size());
    for (const auto& [other, count] : shared) {
      const auto both = static_cast<double>(own.size() + sizes[other] - count);
      if (static_cast<double>(count) >= same_campaign * both) {
        groups.join(i, other);
      }
    }
  }
  std::vector<std::vector<text>> out;
  std::unordered_map<std::size_t, std::size_t> place;
  for (std::size_t i = 0; i < from.size(); ++i) {
    if (from[i].size() >= tokens_min) {
      const auto [at, is_new] = place.emplace(groups.root(i), out.size());
      if (is_new) {
        out.emplace_back();
      }
      out[at->second].push_back(from[i]);
    }
  }
  return out;
}

}  // namespace repute::bench
