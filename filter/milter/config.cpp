// SPDX-License-Identifier: Apache-2.0
#include "config.hpp"

#include <fmt/format.h>

#include "toml_table.hpp"

namespace repute::milter {

namespace {

constexpr std::array action_words{std::string_view("tag"), std::string_view("quarantine"),
                                  std::string_view("reject")};

/// Statuses of mail that nobody need have. The others are always delivered.
constexpr std::array refusable{mail::message_status::spam, mail::message_status::probable_spam,
                               mail::message_status::formal, mail::message_status::blacklisted};

std::string read_action(const std::string& text, action& out) {
  for (std::size_t i = 0; i < action_words.size(); ++i) {
    if (text == action_words[i]) {
      out = static_cast<action>(i);
      return {};
    }
  }
  return fmt::format("'{}' is not one of {}", text, fmt::join(action_words, ", "));
}

void read_actions(mail::toml_table& table, config& out) {
  std::vector<std::string_view> known;
  for (const mail::message_status status : refusable) {
    known.push_back(word(status));
    table.text(known.back(), [&](const std::string& text) {
      return read_action(text, out.actions[static_cast<std::size_t>(status)]);
    });
  }
  table.refuse_unknown(known);
}

config read_table(mail::toml_table& root) {
  constexpr std::int64_t mebibyte = 1 << 20;
  config out;
  root.refuse_unknown({"socket", "servers", "deadline_ms", "credentials", "plain", "salt", "policy",
                       "psl", "message_bytes", "memory_bytes", "concurrency", "actions"});
  root.text("socket", [&](const std::string& text) -> std::string {
    out.socket = text;
    const bool known =
        text.starts_with("inet:") || text.starts_with("inet6:") || text.starts_with("unix:");
    return known ? ""
                 : fmt::format("'{}' is not inet:PORT@ADDRESS, inet6:PORT@ADDRESS or unix:FILE",
                               text);
  });
  if (root.has("servers")) {
    out.servers.clear();
  }
  root.texts("servers", [&](const std::string& text) -> std::string {
    out.servers.push_back(text);
    return {};
  });
  if (root.has("servers") && out.servers.empty()) {
    root.say("servers must name at least one");
  }
  root.number("deadline_ms", 1, 60'000, out.deadline_ms);
  root.file_name("credentials", out.credentials);
  root.flag("plain", out.plain);
  root.file_name("salt", out.salt);
  root.file_name("policy", out.policy);
  root.file_name("psl", out.psl);
  root.number("message_bytes", mebibyte / 16, 1024 * mebibyte, out.message_bytes);
  root.number("memory_bytes", mebibyte, 1024 * 1024 * mebibyte, out.memory_bytes);
  root.number("concurrency", 1, 10'000, out.concurrency);
  root.table("actions", [&](mail::toml_table& table) { read_actions(table, out); });
  return out;
}

}  // namespace

std::string_view word(action value) noexcept {
  return action_words[static_cast<std::size_t>(value)];
}

config read_config(std::string_view text, std::string_view path,
                   std::vector<std::string>& problems) {
  config out;
  mail::read_toml(text, path, config_bytes_max, problems,
                  [&](mail::toml_table& root) { out = read_table(root); });
  return out;
}

}  // namespace repute::milter
