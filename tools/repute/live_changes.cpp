// SPDX-License-Identifier: Apache-2.0
#include "live_changes.hpp"

#include <fmt/format.h>
#include <pwd.h>
#include <simdjson.h>
#include <unistd.h>

#include <chrono>
#include <utility>

#include "exit_codes.hpp"
#include "load/feed_spec.hpp"
#include "repute/seal/digest.hpp"
#include "text.hpp"

namespace repute::tool {
namespace {

using simdjson::dom::element;
using outcome = std::variant<std::monostate, change_failure>;
using changes_made = std::variant<std::vector<changed_key>, change_failure>;

// The socket takes lines of 64 KiB and 512 changes; what is around the entries is short.
constexpr std::size_t line_max = 60 << 10;
constexpr std::size_t changes_max = 512;

const change_failure unreadable{exit_io, "the server's answer cannot be read"};

// False if the answer has not the fields that it must have.
bool read_change(const element& from, changed_key& into) {
  element now;
  if (from["was_in_force"].get(into.was_in_force) != simdjson::SUCCESS ||
      from["now"].get(now) != simdjson::SUCCESS) {
    return false;
  }
  if (now.is_null()) {
    return true;
  }
  std::string_view status;
  std::string_view verdict;
  const bool whole = now["status"].get(status) == simdjson::SUCCESS &&
                     now["verdict"].get(verdict) == simdjson::SUCCESS &&
                     now["score"].get(into.score) == simdjson::SUCCESS &&
                     now["ttl"].get(into.ttl_s) == simdjson::SUCCESS &&
                     now["override"].get(into.override) == simdjson::SUCCESS;
  into.status = status;
  into.verdict = verdict;
  return whole;
}

}  // namespace

std::optional<change_failure> error_in(const std::string& reply) {
  simdjson::dom::parser parser;
  element parsed;
  std::string_view message;
  const simdjson::padded_string padded(reply);
  if (parser.parse(padded).get(parsed) != simdjson::SUCCESS) {
    return unreadable;
  }
  if (parsed["error"].get(message) != simdjson::SUCCESS) {
    return std::nullopt;
  }
  std::int64_t code = 0;
  constexpr std::int64_t code_max = 255;
  const bool is_failure =
      parsed["code"].get(code) == simdjson::SUCCESS && code > 0 && code <= code_max;
  return change_failure{is_failure ? static_cast<int>(code) : exit_io, std::string(message)};
}

changes_made read_changes(const std::string& reply, std::span<const named_key> sent) {
  if (auto error = error_in(reply)) {
    return std::move(*error);
  }
  simdjson::dom::parser parser;
  element parsed;
  std::uint64_t seq = 0;
  simdjson::dom::array changes;
  const simdjson::padded_string padded(reply);
  if (parser.parse(padded).get(parsed) != simdjson::SUCCESS ||
      parsed["seq"].get(seq) != simdjson::SUCCESS ||
      parsed["changes"].get(changes) != simdjson::SUCCESS || changes.size() != sent.size()) {
    return unreadable;
  }
  std::vector<changed_key> out;
  for (const element each : changes) {
    changed_key& next = out.emplace_back();
    next.of = sent[out.size() - 1];
    next.seq = seq;
    if (!read_change(each, next)) {
      return unreadable;
    }
  }
  return out;
}

std::string login_name() {
  const passwd* entry = ::getpwuid(::getuid());
  return entry != nullptr ? std::string(entry->pw_name) : fmt::format("uid {}", ::getuid());
}

std::optional<std::uint64_t> expiry_of(std::string_view text) {
  if (text == "never") {
    return 0;
  }
  constexpr std::uint64_t longest_s = std::uint64_t{1} << 40;
  const auto after_s = load::parse_duration_s(std::string(text));
  if (!after_s || *after_s == 0 || *after_s > longest_s) {
    return std::nullopt;
  }
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::seconds>(now).count()) +
         *after_s;
}

change_batch::change_batch(control_client server, std::string salt_fp, change_words words,
                           listener done, refusal_listener refused)
    : server_(std::move(server)),
      salt_fp_(std::move(salt_fp)),
      words_(std::move(words)),
      done_(std::move(done)),
      refused_(std::move(refused)) {}

std::string change_batch::entry_json(const named_key& named) const {
  const store::live_key& key = named.key;
  std::string out =
      fmt::format(R"({{"kind":{},"key":"{}",)", static_cast<unsigned>(key.kind),
                  seal::to_hex(byte_view(key.key).first(store::live_key_size(key.kind))));
  if (is_ip(key.kind)) {
    out += fmt::format(R"("prefix":{},)", key.prefix_length);
  }
  if (!words_.is_removal()) {
    out += fmt::format(R"("verdict":"{}","score":{},"expires":{},)", word(words_.verdict),
                       words_.score, words_.expires_unix_s);
  }
  return out + fmt::format(R"("who":{},"text":{},"reason":{}}})", json_string(words_.who),
                           json_string(named.text), json_string(words_.reason));
}

outcome change_batch::add(const named_key& key) {
  const std::string entry = entry_json(key);
  if (waiting_.size() == changes_max || entries_.size() + entry.size() > line_max) {
    if (auto sent = flush(); std::holds_alternative<change_failure>(sent)) {
      return sent;
    }
  }
  entries_ += (waiting_.empty() ? "" : ",") + entry;
  waiting_.push_back(key);
  return {};
}

// The server takes a batch as a whole or not at all, so one bad key is found by sending each alone.
outcome change_batch::flush() {
  const std::vector<named_key> keys = std::exchange(waiting_, {});
  const std::string entries = std::exchange(entries_, {});
  if (keys.empty()) {
    return {};
  }
  auto sent = send(keys, entries);
  const auto* failed = std::get_if<change_failure>(&sent);
  if (failed == nullptr || failed->exit_code != exit_data) {
    return sent;
  }
  if (keys.size() == 1) {
    refused_(failed->message);
    return {};
  }
  for (const named_key& key : keys) {
    waiting_ = {key};
    entries_ = entry_json(key);
    if (auto alone = flush(); std::holds_alternative<change_failure>(alone)) {
      return alone;
    }
  }
  return {};
}

outcome change_batch::send(const std::vector<named_key>& sent, const std::string& entries) {
  const auto reply = server_.ask(fmt::format(R"({{"cmd":"{}","salt":"{}","entries":[{}]}})",
                                             words_.command, salt_fp_, entries));
  if (const auto* failed = std::get_if<control_failure>(&reply)) {
    return change_failure{exit_io, failed->message};
  }
  const auto made = read_changes(std::get<std::string>(reply), sent);
  if (const auto* failed = std::get_if<change_failure>(&made)) {
    return *failed;
  }
  for (const changed_key& each : std::get<std::vector<changed_key>>(made)) {
    done_(each);
  }
  return {};
}

}  // namespace repute::tool
