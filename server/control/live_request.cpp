// SPDX-License-Identifier: Apache-2.0
#include "control/live_request.hpp"

#include <fmt/core.h>
#include <simdjson.h>

#include <algorithm>
#include <limits>

#include "repute/seal/digest.hpp"
#include "store/overlay_format.hpp"

namespace repute::control {

using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::object;
using store::live_action;
using store::live_entry;
using store::live_layer;

namespace {

// Thrown by a field that is not as it must be, caught where the line is read: a problem.
struct bad_field {
  std::string what;
};

// The members of one object, each asked for once; what nobody asked for is a mistake.
class fields {
 public:
  fields(object from, std::string where) : from_(from), where_(std::move(where)) {}

  [[nodiscard]] std::optional<element> get(std::string_view name) {
    known_.push_back(name);
    element found;
    return from_.at_key(name).get(found) == simdjson::SUCCESS ? std::optional(found) : std::nullopt;
  }

  [[nodiscard]] std::uint64_t number(std::string_view name, std::uint64_t otherwise,
                                     std::uint64_t most) {
    const auto found = get(name);
    std::uint64_t value = otherwise;
    if (found && (found->get(value) != simdjson::SUCCESS || value > most)) {
      fail(name, fmt::format("not a number from 0 to {}", most));
    }
    return value;
  }
  [[nodiscard]] std::int64_t signed_number(std::string_view name, std::int64_t least,
                                           std::int64_t most) {
    const auto found = get(name);
    std::int64_t value = 0;
    if (found && (found->get(value) != simdjson::SUCCESS || value < least || value > most)) {
      fail(name, fmt::format("not a number from {} to {}", least, most));
    }
    return value;
  }
  [[nodiscard]] std::string_view text(std::string_view name, std::size_t bytes_max) {
    const auto found = get(name);
    std::string_view value;
    if (found && (found->get(value) != simdjson::SUCCESS || value.size() > bytes_max)) {
      fail(name, fmt::format("not a text of at most {} bytes", bytes_max));
    }
    return value;
  }
  [[nodiscard]] array list(std::string_view name, std::size_t most) {
    const auto found = get(name);
    array value;
    if (!found || found->get(value) != simdjson::SUCCESS || value.size() == 0 ||
        value.size() > most) {
      fail(name, fmt::format("not an array of 1 to {} elements", most));
    }
    return value;
  }

  [[noreturn]] void fail(std::string_view name, std::string_view what) const {
    throw bad_field{fmt::format("{}{}: {}", where_, name, what)};
  }
  void end() const {
    for (const auto& field : from_) {
      if (std::find(known_.begin(), known_.end(), field.key) == known_.end()) {
        fail(field.key.substr(0, 40), "unknown field");
      }
    }
  }

 private:
  object from_;
  std::string where_;
  std::vector<std::string_view> known_;
};

fields fields_of(const element& from, const std::string& where) {
  object members;
  if (from.get(members) != simdjson::SUCCESS) {
    throw bad_field{where + ": not an object"};
  }
  return {members, where + "."};
}

// No bit of an address may be set after its prefix: another network would be meant.
bool has_host_bits(const store::live_key& key) noexcept {
  for (unsigned bit = key.prefix_length; bit < store::address_bits(key.kind); ++bit) {
    if ((key.key[bit / 8] >> (7 - bit % 8) & 1) != 0) {
      return true;
    }
  }
  return false;
}

store::live_key read_key(fields& from) {
  store::live_key out;
  out.kind = static_cast<kind>(from.number("kind", 0, 0xff));
  if (!is_known(out.kind)) {
    from.fail("kind", "not a kind that can be listed");
  }
  const std::string_view hex = from.text("key", 2 * fingerprint_size);
  const auto bytes = std::span(out.key).first(store::live_key_size(out.kind));
  if (!seal::from_hex(hex, bytes)) {
    from.fail("key", fmt::format("not {} hexadecimal digits", 2 * bytes.size()));
  }
  const std::uint8_t bits = store::address_bits(out.kind);
  out.prefix_length = static_cast<std::uint8_t>(from.number("prefix", bits, bits));
  if (has_host_bits(out)) {
    from.fail("key", "has bits after its prefix");
  }
  return out;
}

void read_verdict(fields& from, live_entry& out) {
  const auto said = verdict_from_word(from.text("verdict", 32));
  if (!said) {
    from.fail("verdict", "not a verdict");
  }
  out.verdict = *said;
  if (*said == verdict::none && out.layer == live_layer::live) {
    from.fail("verdict", "only an override can say none");
  }
  if (*said == verdict::trusted && !may_acquit(out.kind)) {
    from.fail("verdict", "trusted is refused for MD5 kinds and texts, which can be forged");
  }
  out.score = static_cast<std::int16_t>(from.signed_number("score", score_min, score_max));
  out.category = static_cast<std::uint16_t>(from.number("category", 0, category_max));
  out.cache_ttl_s = static_cast<std::uint16_t>(from.number("ttl", 60, 0xffff));
}

live_entry read_change(command command, fields from, std::uint64_t now_unix_s) {
  live_entry out;
  const bool override = command == command::override_add || command == command::override_del;
  const bool put = command == command::put || command == command::override_add;
  out.layer = override ? live_layer::override : live_layer::live;
  out.action = put ? live_action::put : live_action::remove;
  const store::live_key key = read_key(from);
  out.kind = key.kind;
  out.key = key.key;
  out.prefix_length = key.prefix_length;
  if (put) {
    read_verdict(from, out);
    // Well before the end of what a signed 64-bit time of other programs can hold.
    out.expires_unix_s = from.number("expires", 0, std::numeric_limits<std::uint64_t>::max() / 4);
    if (out.expires_unix_s != 0 && out.expires_unix_s <= now_unix_s) {
      from.fail("expires", "has passed already");
    }
  }
  out.who = from.text("who", store::live_who_max);
  out.text = from.text("text", store::live_text_max);
  out.reason = from.text("reason", store::live_reason_max);
  if (out.kind == kind::text_sig && put && !store::signature_of(out)) {
    from.fail("text", "not a text signature of the format that this server knows");
  }
  from.end();
  return out;
}

// Runs `read` over the members of a line; what it throws is the problem.
template <class Request, class Read>
std::variant<Request, request_problem> read_line(std::string_view line, const Read& read) {
  const simdjson::padded_string padded(line);
  simdjson::dom::parser parser;
  object members;
  if (parser.parse(padded).get(members) != simdjson::SUCCESS) {
    return "not a JSON object";
  }
  try {
    fields from(members, "");
    static_cast<void>(from.get("cmd"));
    Request out = read(from);
    from.end();
    return out;
  } catch (const bad_field& bad) {
    return bad.what;
  }
}

}  // namespace

std::variant<changes_request, request_problem> parse_changes(command command, std::string_view line,
                                                             std::uint64_t now_unix_s) {
  return read_line<changes_request>(line, [&](fields& from) {
    changes_request out;
    if (!seal::from_hex(from.text("salt", 4), out.salt_fp)) {
      from.fail("salt", "not 4 hexadecimal digits");
    }
    for (const element each : from.list("entries", changes_max)) {
      const std::string where = fmt::format("entries[{}]", out.changes.size());
      out.changes.push_back(read_change(command, fields_of(each, where), now_unix_s));
    }
    return out;
  });
}

std::variant<list_request, request_problem> parse_list(std::string_view line) {
  return read_line<list_request>(line, [](fields& from) {
    list_request out;
    const std::string_view layer = from.text("layer", 16);
    if (layer != "live" && layer != "override") {
      from.fail("layer", "neither live nor override");
    }
    out.layer = layer == "live" ? live_layer::live : live_layer::override;
    if (const auto after = from.get("after")) {
      store::overlay_key bytes{};
      store::live_key key;
      if (!seal::from_hex(from.text("after", 2 * bytes.size()), bytes) ||
          !store::decode_overlay_key(bytes, key) || key.layer != out.layer) {
        from.fail("after", "not the next of a page of this layer");
      }
      out.after = key;
    }
    out.count = static_cast<std::size_t>(from.number("count", out.count, list_count_max));
    if (out.count == 0) {
      from.fail("count", "nothing to list");
    }
    return out;
  });
}

std::variant<entry_request, request_problem> parse_entry(std::string_view line) {
  return read_line<entry_request>(line, [](fields& from) {
    entry_request out;
    constexpr std::size_t keys_max = 64;
    for (const element each : from.list("keys", keys_max)) {
      fields members = fields_of(each, fmt::format("keys[{}]", out.keys.size()));
      out.keys.push_back(read_key(members));
      members.end();
    }
    return out;
  });
}

}  // namespace repute::control
