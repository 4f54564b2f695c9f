// SPDX-License-Identifier: Apache-2.0
#include "live_words.hpp"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <limits>

#include "control_client.hpp"
#include "repute/schema/kind.hpp"
#include "repute/seal/digest.hpp"

namespace repute::tool {
namespace {

using simdjson::dom::element;
using simdjson::dom::object;
using store::live_entry;

constexpr std::size_t keys_in_request = 64;

std::string request_for(const store::record_position* first, std::size_t count) {
  std::string keys;
  for (std::size_t i = 0; i < count; ++i) {
    const store::record_position& each = first[i];
    const byte_view bytes = byte_view(each.key).first(store::live_key_size(each.kind));
    keys += fmt::format("{}{{\"kind\":{},\"key\":\"{}\"", keys.empty() ? "" : ",",
                        static_cast<unsigned>(each.kind), seal::to_hex(bytes));
    keys += is_ip(each.kind) ? fmt::format(",\"prefix\":{}}}", each.prefix_length) : "}";
  }
  return fmt::format("{{\"cmd\":\"entry\",\"keys\":[{}]}}", keys);
}

// Members of an object; one sticky answer to "was everything there and in its range".
class members {
 public:
  explicit members(object from) : from_(from) {}

  std::string_view text(const char* name) {
    std::string_view out;
    good_ = good_ && from_[name].get(out) == simdjson::SUCCESS;
    return good_ ? out : std::string_view();
  }
  template <class T>
  T number(const char* name, std::int64_t low, std::int64_t high) {
    std::int64_t out = 0;
    good_ = good_ && from_[name].get(out) == simdjson::SUCCESS && out >= low && out <= high;
    return good_ ? static_cast<T>(out) : T{};
  }
  [[nodiscard]] bool good() const noexcept { return good_; }

 private:
  object from_;
  bool good_ = true;
};

bool read_entry(const object& from, live_entry& out) {
  constexpr std::int64_t large = std::numeric_limits<std::int64_t>::max();
  members in(from);
  out.layer =
      in.text("layer") == "override" ? store::live_layer::override : store::live_layer::live;
  out.action = in.text("action") == "remove" ? store::live_action::remove : store::live_action::put;
  out.kind = in.number<kind>("kind", 0, 255);
  out.prefix_length = in.number<std::uint8_t>("prefix", 0, 128);
  out.seq = in.number<std::uint64_t>("seq", 1, large);
  out.score = in.number<std::int16_t>("score", score_min, score_max);
  out.category = in.number<std::uint16_t>("category", 0, category_max);
  out.cache_ttl_s = in.number<std::uint16_t>("ttl", 0, 65535);
  out.expires_unix_s = in.number<std::uint64_t>("expires", 0, large);
  out.time_unix_s = in.number<std::uint64_t>("time", 0, large);
  out.who = in.text("who");
  out.text = in.text("text");
  out.reason = in.text("reason");
  const auto said = verdict_from_word(in.text("verdict"));
  out.verdict = said.value_or(verdict::none);
  const std::string_view hex = in.text("key");
  return in.good() && said && is_known(out.kind) &&
         seal::from_hex(hex, byte_span(out.key).first(store::live_key_size(out.kind)));
}

}  // namespace

bool read_live_words(std::string_view reply, std::vector<live_entry>& into, std::string& note) {
  simdjson::dom::parser parser;
  object root;
  if (parser.parse(simdjson::padded_string(reply)).get(root) != simdjson::SUCCESS) {
    note = "the server's reply is no JSON";
    return false;
  }
  std::string_view error;
  if (root["error"].get(error) == simdjson::SUCCESS) {
    note = fmt::format("the server knows no live entries: {}", error);
    return false;
  }
  simdjson::dom::array keys;
  bool good = root["keys"].get(keys) == simdjson::SUCCESS;
  if (!good) {
    note = "the server's reply is not what was asked for";
    return false;
  }
  for (const element key : keys) {
    for (const char* layer : {"override", "live"}) {
      object entry;
      const auto code = key[layer].get(entry);
      live_entry read;
      if (code == simdjson::SUCCESS && read_entry(entry, read)) {
        into.push_back(std::move(read));
      } else {
        good = good && code != simdjson::SUCCESS && key[layer].is_null();
      }
    }
  }
  if (!good) {
    note = "the server's reply is not what was asked for";
  }
  return good;
}

std::optional<std::vector<live_entry>> ask_live_words(
    const std::string& db, const std::vector<store::record_position>& keys, std::string& note) {
  std::vector<live_entry> entries;
  auto connected = control_client::connect(db);
  if (const auto* why = std::get_if<control_failure>(&connected)) {
    note = why->nobody ? std::string() : why->message;
    return std::nullopt;
  }
  for (std::size_t at = 0; at < keys.size(); at += keys_in_request) {
    const std::size_t count = std::min(keys_in_request, keys.size() - at);
    const auto reply = std::get<control_client>(connected).ask(request_for(&keys[at], count));
    if (const auto* why = std::get_if<control_failure>(&reply)) {
      note = why->message;
      return std::nullopt;
    }
    if (!read_live_words(std::get<std::string>(reply), entries, note)) {
      return std::nullopt;
    }
  }
  return entries;
}

}  // namespace repute::tool
