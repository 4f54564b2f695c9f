// SPDX-License-Identifier: Apache-2.0
#include "cmd_put.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstring>
#include <stdexcept>

#include "environment.hpp"
#include "exit_codes.hpp"
#include "line_reader.hpp"
#include "live_changes.hpp"
#include "repute/seal/digest.hpp"
#include "text.hpp"

namespace repute::tool {
namespace {

// Wider live networks are a slip of the hand more often than a wish; overrides say what they say.
constexpr std::uint8_t widest_v4 = 8;
constexpr std::uint8_t widest_v6 = 16;

std::string answer_text(const changed_key& now) {
  if (now.status.empty()) {
    return "stored; no snapshot is served yet";
  }
  std::string text = now.verdict == "none" ? std::string("not listed") : now.verdict;
  if (now.score != 0) {
    text += fmt::format("  score {}", now.score);
  }
  return text + (now.override ? "  (override)" : "");
}

std::string to_text(const changed_key& now) {
  return fmt::format("{}  {}\n", printable(now.of.shown), printable(answer_text(now)));
}

std::string to_json(const changed_key& now) {
  return fmt::format(
      "{{\"key\":{},\"kind\":{},\"seq\":{},\"was_in_force\":{},\"status\":{},\"verdict\":{},"
      "\"score\":{},\"override\":{}}}\n",
      json_string(now.of.shown), json_string(name(now.of.key.kind)), now.seq, now.was_in_force,
      now.status.empty() ? "null" : json_string(now.status), json_string(now.verdict), now.score,
      now.override);
}

// One command from its first key to its last.
class change_run {
 public:
  change_run(std::string name, const change_options& options, change_words words)
      : name_(std::move(name)), options_(options), words_(std::move(words)) {}

  int run();

 private:
  int open(const std::string& db);
  bool add(std::string_view text);
  bool add_lines();
  bool sent(const std::variant<std::monostate, change_failure>& outcome);
  void complain(int code, std::string_view what) {
    fmt::print(stderr, "{}: {}\n", name_, printable(what));
    result_ = code;
  }
  [[nodiscard]] bool is_too_wide(const store::live_key& key) const {
    return std::strcmp(words_.command, "put") == 0 && is_network(key) &&
           key.prefix_length < (key.kind == kind::ip4 ? widest_v4 : widest_v6);
  }

  std::string name_;
  const change_options& options_;
  change_words words_;
  load::name_match match_ = load::name_match::both;
  std::optional<canon::canonicalizer> canon_;
  std::optional<seal::fingerprinter> fingerprints_;
  std::optional<change_batch> batch_;
  int result_ = exit_ok;
};

int change_run::open(const std::string& db) {
  std::string problem;
  const auto salt = seal::read_database_salt(db, problem);
  if (!salt) {
    complain(exit_config, problem);
    return result_;
  }
  try {
    canon_.emplace(options_.psl_file);
  } catch (const std::runtime_error& error) {
    complain(exit_no_input, error.what());
    return result_;
  }
  auto server = control_client::connect(db);
  if (const auto* failed = std::get_if<control_failure>(&server)) {
    complain(failed->nobody ? exit_again : exit_io, failed->message);
    return result_;
  }
  fingerprints_.emplace(*salt);
  batch_.emplace(
      std::move(std::get<control_client>(server)), seal::to_hex(seal::salt_fingerprint(*salt)),
      words_,
      [this](const changed_key& now) {
        fmt::print("{}", options_.json ? to_json(now) : to_text(now));
      },
      [this](const std::string& sentence) { complain(exit_data, sentence); });
  return exit_ok;
}

// False: nothing more can be done. A malformed key stops no other.
bool change_run::add(std::string_view text) {
  const auto keys = keys_of(*canon_, *fingerprints_, options_.kind, match_, text);
  if (const auto* why = std::get_if<std::string>(&keys)) {
    complain(exit_data, fmt::format("{}: {}", without_userinfo(text), *why));
    return true;
  }
  for (const named_key& key : std::get<std::vector<named_key>>(keys)) {
    if (is_too_wide(key.key)) {
      complain(exit_data, fmt::format("{}: wider than a /{} of IPv4 or a /{} of IPv6", key.shown,
                                      widest_v4, widest_v6));
      continue;
    }
    if (!sent(batch_->add(key))) {
      return false;
    }
  }
  return true;
}

bool change_run::sent(const std::variant<std::monostate, change_failure>& outcome) {
  if (const auto* failed = std::get_if<change_failure>(&outcome)) {
    complain(failed->exit_code, failed->message);
    return false;
  }
  return true;
}

// Whoever pipes keys one at a time must not wait for a full batch.
bool change_run::add_lines() {
  line_reader lines(STDIN_FILENO);
  std::string line;
  for (;;) {
    auto got = lines.next(line, std::chrono::steady_clock::now());
    if (got == line_reader::result::nothing_yet) {
      if (!sent(batch_->flush())) {
        return false;
      }
      std::fflush(stdout);
      got = lines.next(line, std::nullopt);
    }
    if (got == line_reader::result::failed) {
      complain(exit_io, fmt::format("standard input: {}", std::strerror(lines.error())));
    }
    if (got != line_reader::result::line) {
      return result_ != exit_io;
    }
    if (!line.empty() && !add(line)) {
      return false;
    }
  }
}

int change_run::run() {
  const auto db = database_of(options_.db);
  const auto match = load::match_from_word(options_.match);
  if (!db || !match) {
    complain(exit_usage, !db ? no_database : "--match is exact, subdomains or both");
    return result_;
  }
  match_ = *match;
  if (const int failed = open(*db); failed != exit_ok) {
    return failed;
  }
  for (const std::string& key : options_.keys) {
    if (!(key == "-" ? add_lines() : add(key))) {
      return result_;
    }
  }
  sent(batch_->flush());
  return result_;
}

// Nothing, and a sentence, if the options do not say a change.
std::optional<change_words> words_of(const char* command, const change_options& options,
                                     std::string& problem) {
  change_words out;
  out.command = command;
  out.who = options.who.empty() ? login_name() : options.who;
  out.reason = options.reason;
  if (out.is_removal()) {
    return out;
  }
  const auto verdict = verdict_from_word(options.verdict);
  if (!verdict || (*verdict == verdict::none && std::strcmp(command, "put") == 0)) {
    problem = fmt::format("--verdict: \"{}\" is not a verdict that it knows", options.verdict);
    return std::nullopt;
  }
  out.verdict = *verdict;
  out.score = static_cast<std::int16_t>(options.score);
  if (!options.expires.empty()) {
    const auto expires = expiry_of(options.expires);
    if (!expires) {
      problem = wrong_expiry;
      return std::nullopt;
    }
    out.expires_unix_s = *expires;
  }
  return out;
}

int run_change(const std::string& name, const char* command, const change_options& options) {
  std::string problem;
  auto words = words_of(command, options, problem);
  if (!words) {
    fmt::print(stderr, "{}: {}\n", name, printable(problem));
    return exit_usage;
  }
  return change_run(name, options, std::move(*words)).run();
}

}  // namespace

int cmd_put(const change_options& options) {
  return run_change("repute put", "put", options);
}

int cmd_del(const change_options& options) {
  return run_change("repute del", "del", options);
}

int cmd_override_add(const change_options& options) {
  return run_change("repute override add", "override_add", options);
}

int cmd_override_del(const change_options& options) {
  return run_change("repute override del", "override_del", options);
}

}  // namespace repute::tool
