// SPDX-License-Identifier: Apache-2.0
#include "control/live_commands.hpp"

#include <fmt/format.h>

#include <optional>

#include "control/exit_codes.hpp"
#include "control/live_request.hpp"
#include "repute/seal/digest.hpp"
#include "store/overlay_format.hpp"

namespace repute::control {

namespace {

constexpr int exit_bad_data = 65;
constexpr std::size_t words_bytes_max = 192 << 10;

live_reply refused(int code, std::string_view why) {
  return {fmt::format(R"({{"error":{},"code":{}}})", json_quoted(why), code), false};
}

live_reply refused(const store::failure& why) {
  return refused(store::exit_code(why.code), why.message);
}

std::string answer_json(const std::optional<answer>& from) {
  if (!from) {
    return "null";
  }
  return fmt::format(
      R"({{"status":"{}","verdict":"{}","score":{},"category":{},"ttl":{},"override":{}}})",
      word(from->status), word(from->verdict), from->score, from->category, from->ttl_s,
      (from->vflags & vflag_override) != 0);
}

std::string entry_json(const store::live_entry& from) {
  const byte_view bytes = byte_view(from.key).first(store::live_key_size(from.kind));
  return fmt::format(
      R"({{"layer":"{}","action":"{}","kind":{},"key":"{}","prefix":{},"seq":{},"verdict":"{}",)"
      R"("score":{},"category":{},"ttl":{},"expires":{},"time":{},"who":{},"text":{},)"
      R"("reason":{}}})",
      from.layer == store::live_layer::live ? "live" : "override",
      from.action == store::live_action::put ? "put" : "remove", static_cast<unsigned>(from.kind),
      seal::to_hex(bytes), from.prefix_length, from.seq, word(from.verdict), from.score,
      from.category, from.cache_ttl_s, from.expires_unix_s, from.time_unix_s, json_quoted(from.who),
      json_quoted(from.text), json_quoted(from.reason));
}

std::string entry_json(const std::optional<store::live_entry>& from) {
  return from ? entry_json(*from) : "null";
}

live_reply change(changes_request asked, store::serving_store& live, std::uint64_t now_unix_s,
                  std::array<std::uint8_t, 2> salt_fp) {
  if (asked.salt_fp != salt_fp) {
    return refused(exit_config,
                   "the keys were made under another salt than the server started with");
  }
  const auto done = live.change(std::move(asked.changes), now_unix_s);
  if (!done) {
    return refused(done.error());
  }
  std::string changes;
  for (std::size_t i = 0; i < done->was_in_force.size(); ++i) {
    const auto now = done->now.empty() ? std::nullopt : std::optional(done->now[i]);
    changes += fmt::format(R"({}{{"was_in_force":{},"now":{}}})", i == 0 ? "" : ",",
                           bool{done->was_in_force[i]}, answer_json(now));
  }
  return {fmt::format(R"({{"seq":{},"changes":[{}]}})", done->seq, changes), done->published};
}

live_reply list(const list_request& asked, const store::serving_store& live,
                std::uint64_t now_unix_s) {
  const auto page = live.list(asked.layer, asked.after, asked.count, now_unix_s);
  if (!page) {
    return refused(page.error());
  }
  std::string entries;
  for (const store::live_entry& each : page->entries) {
    entries += (entries.empty() ? "" : ",") + entry_json(each);
  }
  const std::string next =
      page->next ? json_quoted(seal::to_hex(store::encode_overlay_key(*page->next))) : "null";
  return {fmt::format(R"({{"entries":[{}],"next":{}}})", entries, next), false};
}

live_reply words(const entry_request& asked, const store::serving_store& live,
                 std::uint64_t now_unix_s) {
  std::string keys;
  for (const store::live_key& each : asked.keys) {
    const auto said = live.words_about(each.kind, each.key, each.prefix_length, now_unix_s);
    if (!said) {
      return refused(said.error());
    }
    keys += fmt::format(R"({}{{"override":{},"live":{},"now":{}}})", keys.empty() ? "" : ",",
                        entry_json(said->override), entry_json(said->live), answer_json(said->now));
    if (keys.size() > words_bytes_max) {
      return refused(exit_bad_data, "too much is said about so many keys; ask about fewer");
    }
  }
  return {fmt::format(R"({{"keys":[{}]}})", keys), false};
}

live_reply fold(store::serving_store& live) {
  const auto made = live.fold();
  if (!made) {
    return refused(made.error());
  }
  return {fmt::format(R"({{"file":"{}","seq":{},"overlay":{},"salt":"{}"}})", made->name, made->seq,
                      made->overlay_id, seal::to_hex(made->salt_fp)),
          false};
}

}  // namespace

live_reply answer_live_command(command command, std::string_view line, store::serving_store& live,
                               std::uint64_t now_unix_s, std::array<std::uint8_t, 2> salt_fp) {
  const auto wrong = [](const request_problem& why) { return refused(exit_bad_data, why); };
  switch (command) {
    case command::list: {
      const auto asked = parse_list(line);
      const auto* good = std::get_if<list_request>(&asked);
      return good ? list(*good, live, now_unix_s) : wrong(std::get<request_problem>(asked));
    }
    case command::entry: {
      const auto asked = parse_entry(line);
      const auto* good = std::get_if<entry_request>(&asked);
      return good ? words(*good, live, now_unix_s) : wrong(std::get<request_problem>(asked));
    }
    case command::fold:
      return fold(live);
    default: {
      auto asked = parse_changes(command, line, now_unix_s);
      auto* good = std::get_if<changes_request>(&asked);
      return good ? change(std::move(*good), live, now_unix_s, salt_fp)
                  : wrong(std::get<request_problem>(asked));
    }
  }
}

}  // namespace repute::control
