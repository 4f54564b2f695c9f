// SPDX-License-Identifier: Apache-2.0
// Name and network sets against models that look at every entry.
#include <gtest/gtest.h>

#include <random>
#include <set>
#include <string>

#include "guard_world.hpp"

namespace repute::load::test {
namespace {

struct listed_name {
  std::string name;
  bool with_below = false;
};

// Few labels, so that random names meet each other often.
std::string random_name(std::mt19937_64& random) {
  static const std::vector<std::string> labels{"a", "b", "aa", "com", "example", "exampleexample"};
  std::string name = labels[random() % labels.size()];
  for (std::uint64_t more = random() % 4; more > 0; --more) {
    name += "." + labels[random() % labels.size()];
  }
  return name;
}

bool is_under(const std::string& name, const std::string& parent) {
  return name.size() > parent.size() && name.ends_with("." + parent);
}

// What names.find() must say, by looking at every listed name.
std::set<name_relation> relations(const std::vector<listed_name>& listed, const std::string& name,
                                  bool below) {
  std::set<name_relation> found;
  for (const listed_name& each : listed) {
    if (each.name == name) {
      found.insert(name_relation::same);
    } else if (each.with_below && is_under(name, each.name)) {
      found.insert(name_relation::under);
    } else if (below && is_under(each.name, name)) {
      found.insert(name_relation::covers);
    }
  }
  return found;
}

TEST(name_set, finds_what_a_search_through_all_names_finds) {
  std::mt19937_64 random(3);
  for (int round = 0; round < 60; ++round) {
    name_set names(random());
    std::vector<listed_name> listed;
    const std::size_t count = random() % 60;
    for (std::uint32_t i = 0; i < count; ++i) {
      listed.push_back({random_name(random), random() % 3 == 0});
      names.add(listed.back().name, listed.back().with_below, i);
    }
    for (int i = 0; i < 300; ++i) {
      const std::string name = random_name(random);
      const bool below = random() % 2 == 0;
      const auto expected = relations(listed, name, below);
      const auto hit = names.find(name, below);
      ASSERT_EQ(hit.has_value(), !expected.empty()) << name;
      if (!hit) {
        continue;
      }
      ASSERT_TRUE(expected.contains(hit->relation)) << name;
      ASSERT_TRUE(hit->relation != name_relation::covers || expected.size() == 1) << name;
      ASSERT_EQ(listed[hit->label].name, hit->listed) << name;
    }
  }
}

TEST(name_set, holds_many_names_apart) {
  name_set names(1);
  for (std::uint32_t i = 0; i < 20000; ++i) {
    names.add("n" + std::to_string(i) + ".example.com", false, i);
  }
  for (std::uint32_t i = 0; i < 20000; ++i) {
    const auto hit = names.find("n" + std::to_string(i) + ".example.com", false);
    ASSERT_TRUE(hit);
    ASSERT_EQ(hit->label, i);
    ASSERT_FALSE(names.find("m" + std::to_string(i) + ".example.com", true));
  }
  EXPECT_FALSE(names.find("example.com", false));
  EXPECT_TRUE(names.find("example.com", true));
  EXPECT_FALSE(names.find(std::string(250, 'x') + ".example.com", true));
  EXPECT_FALSE(names.find("", true));
  EXPECT_FALSE(names.find(".com", true));
}

canon::ip_prefix random_network(std::mt19937_64& random) {
  canon::ip_prefix out;
  out.v6 = random() % 2 == 0;
  const unsigned bits = out.v6 ? 128 : 32;
  out.length = static_cast<std::uint8_t>(random() % 5 == 0 ? bits : random() % (bits + 1));
  // Few bits vary, at the beginning, in the middle and at the end.
  for (const std::size_t byte :
       {std::size_t{0}, std::size_t{bits / 16}, std::size_t{bits / 8 - 1}}) {
    out.address[byte] = static_cast<std::uint8_t>(random() % 4 << (random() % 7));
  }
  for (std::size_t bit = out.length; bit < bits; ++bit) {
    auto& byte = out.address[bit / 8];
    byte = static_cast<std::uint8_t>(byte & ~(0x80U >> bit % 8));
  }
  return out;
}

// Two networks share an address if they agree in the bits that both fix.
bool overlap(const canon::ip_prefix& a, const canon::ip_prefix& b) {
  if (a.v6 != b.v6) {
    return false;
  }
  for (std::size_t bit = 0; bit < std::min(a.length, b.length); ++bit) {
    if (((a.address[bit / 8] ^ b.address[bit / 8]) >> (7 - bit % 8) & 1) != 0) {
      return false;
    }
  }
  return true;
}

TEST(network_set, finds_what_a_search_through_all_networks_finds) {
  std::mt19937_64 random(8);
  for (int round = 0; round < 100; ++round) {
    std::vector<labelled_network> networks(random() % 40);
    for (std::uint32_t i = 0; i < networks.size(); ++i) {
      networks[i] = {random_network(random), i};
      ASSERT_TRUE(is_inside(networks[i].network, networks[i].network));
    }
    const network_set set(networks);
    for (int i = 0; i < 200; ++i) {
      const auto asked = random_network(random);
      const bool expected = std::any_of(networks.begin(), networks.end(), [&](const auto& each) {
        return overlap(each.network, asked);
      });
      const labelled_network* found = set.overlapping(asked);
      ASSERT_EQ(found != nullptr, expected) << canon::show(asked);
      if (found != nullptr) {
        ASSERT_TRUE(overlap(found->network, asked)) << canon::show(asked);
        ASSERT_EQ(found->network, networks[found->label].network);
        ASSERT_EQ(is_inside(asked, found->network), asked.length >= found->network.length);
      }
    }
  }
}

}  // namespace
}  // namespace repute::load::test
