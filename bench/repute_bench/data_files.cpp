// SPDX-License-Identifier: Apache-2.0
#include "repute_bench/data_files.hpp"

#include <fmt/format.h>

#include <array>
#include <string>

#include "load_generator/peer_names.hpp"

namespace repute::bench {

namespace {

constexpr std::string_view listed_value = ":127.0.0.2:listed\n";
constexpr std::string_view zone_head =
    "$ORIGIN bl.test.\n$TTL 300\n@ SOA ns.bl.test. hostmaster.bl.test. 1 3600 600 86400 300\n"
    "@ NS ns.bl.test.\nns A 127.0.0.1\n";

std::string name_of(std::uint64_t n) {
  const auto name = hex_name(n);
  return {name.data(), name.size()};
}

std::string address_of(std::uint64_t n) {
  const auto text = dotted(octets(n), false);
  return {text.data(), text.size()};
}

std::string digest_of(std::uint64_t n) {
  const auto digest = fuzzy_digest(n);
  return {digest.begin(), digest.end()};
}

// A command of RESP2, as redis-cli --pipe wants them.
std::string resp(std::initializer_list<std::string_view> words) {
  std::string out = fmt::format("*{}\r\n", words.size());
  for (const std::string_view word : words) {
    out += fmt::format("${}\r\n", word.size());
    out += word;
    out += "\r\n";
  }
  return out;
}

struct form {
  std::string_view word;
  std::string_view head;
  std::string (*record)(std::uint64_t n);
};

const std::array<form, 7> forms{{
    {"dnset", listed_value, [](std::uint64_t n) { return name_of(n) + "\n"; }},
    {"ip4", listed_value, [](std::uint64_t n) { return address_of(n) + "\n"; }},
    {"zone", zone_head, [](std::uint64_t n) { return name_of(n) + " A 127.0.0.2\n"; }},
    {"redis", "",
     [](std::uint64_t n) {
       return resp({"SET", name_of(n), stored_value});
     }},
    {"memcached", "",
     [](std::uint64_t n) {
       return fmt::format("set {} 0 0 {} noreply\r\n{}\r\n", name_of(n), stored_value.size(),
                          stored_value);
     }},
    // rspamd's own layout: a hash under prefix and digest, F the flag, V the value.
    {"fuzzy-redis", "",
     [](std::uint64_t n) {
       return resp({"HSET", "fuzzy" + digest_of(n), "F", "1", "V", "10"});
     }},
    {"digests", "", digest_of},
}};

}  // namespace

bool write_data(std::string_view word, std::uint64_t records, std::FILE* to) {
  for (const form& each : forms) {
    if (each.word == word) {
      std::fwrite(each.head.data(), 1, each.head.size(), to);
      for (std::uint64_t n = 0; n < records; ++n) {
        const std::string text = each.record(n);
        std::fwrite(text.data(), 1, text.size(), to);
      }
      return true;
    }
  }
  return false;
}

}  // namespace repute::bench
