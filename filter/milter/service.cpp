// SPDX-License-Identifier: Apache-2.0
#include "service.hpp"

#include <fmt/format.h>

#include <chrono>
#include <stdexcept>
#include <utility>
#include <variant>

#include "log.hpp"
#include "read_file.hpp"
#include "repute/seal/credentials.hpp"
#include "repute/seal/secret.hpp"

namespace repute::milter {

namespace {

client_options client_options_of(const config& from, const seal::deployment_salt& salt) {
  client_options out;
  out.servers = from.servers;
  out.deadline = std::chrono::milliseconds{from.deadline_ms};
  out.credentials = from.credentials;
  out.plain = from.plain;
  out.salt_fp = seal::salt_fingerprint(salt);
  return out;
}

std::optional<seal::deployment_salt> read_salt(const config& from,
                                               std::vector<std::string>& problems) {
  std::string problem;
  std::optional<seal::deployment_salt> out;
  if (!from.salt.empty()) {
    out = seal::read_salt_file(from.salt, problem);
  } else if (from.credentials.empty()) {
    out = seal::deployment_salt{};
  } else {
    const auto read = seal::read_credentials(from.credentials);
    if (const auto* failed = std::get_if<seal::secret_file_failure>(&read)) {
      problem = failed->message;
    } else {
      out = std::get<seal::credentials>(read).salt;
    }
  }
  if (!out) {
    problems.push_back(std::move(problem));
  }
  return out;
}

}  // namespace

std::optional<settings> read_settings(const std::string& path, std::vector<std::string>& problems) {
  settings out;
  if (!path.empty()) {
    std::string problem;
    const auto text = mail::detail::read_file(path, config_bytes_max, problem);
    if (!text) {
      problems.push_back(std::move(problem));
      return std::nullopt;
    }
    out.config = read_config(*text, path, problems);
  }
  if (!out.config.credentials.empty()) {
    seal::keep_out_of_core_dumps();
  }
  try {
    const auto canon = std::make_shared<const canon::canonicalizer>(out.config.psl);
    mail::policy policy = out.config.policy.empty()
                              ? mail::policy{}
                              : mail::read_policy_file(out.config.policy, *canon, problems);
    policy.extraction.limits.message_bytes = out.config.message_bytes;
    const auto salt = read_salt(out.config, problems);
    if (!problems.empty() || !salt) {
      return std::nullopt;
    }
    out.salt = *salt;
    out.examine = std::make_shared<const mail::examiner>(canon, *salt, std::move(policy));
  } catch (const std::runtime_error& failure) {  // the public suffix list, common phrases
    problems.emplace_back(failure.what());
    return std::nullopt;
  }
  return out;
}

bool memory_pool::take(std::size_t bytes, std::size_t limit) noexcept {
  if (used_.fetch_add(bytes) + bytes <= limit) {
    return true;
  }
  give_back(bytes);
  return false;
}

service::service(settings from, counters& counts, memory_pool& memory)
    : config_(std::move(from.config)),
      examine_(std::move(from.examine)),
      check_(examine_, client_options_of(config_, from.salt)),
      places_(config_.concurrency),
      counts_(counts),
      memory_(memory) {}

mail::checked_message service::not_processed(const mail::envelope& from,
                                             std::string_view why) const {
  mail::checked_message out;
  out.failure = why;
  out.examined.from = from;
  out.examined.facts.sender = from.mail_from;
  out.report = mail::decide({}, from, {}, {{}, out.failure}, policy());
  return out;
}

void service::note_answer(const mail::checked_message& seen) {
  const bool failed = !seen.failure.empty();
  counts_.unanswered += failed ? 1 : 0;
  // Once for each time that it changes, not for each message.
  if (failed && !unanswered_.exchange(true)) {
    log_line(fmt::format("no answer ({}): mail passes as not_detected", seen.failure));
  } else if (!seen.server.empty() && unanswered_.exchange(false)) {
    log_line("the servers answer again");
  }
}

mail::checked_message service::check(std::string_view message,
                                     const mail::envelope& from) noexcept {
  if (!places_.try_acquire_for(std::chrono::milliseconds{config_.deadline_ms})) {
    ++counts_.busy;
    return not_processed(from, "busy");
  }
  mail::checked_message out;
  try {
    out = check_(message, from);
    note_answer(out);
  } catch (const std::exception& failure) {
    ++counts_.failed;
    log_line(fmt::format("a message could not be read: {}", failure.what()));
    out = not_processed(from, "internal error");
  }
  places_.release();
  return out;
}

}  // namespace repute::milter
