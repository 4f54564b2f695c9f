// SPDX-License-Identifier: Apache-2.0
#include "mail_options.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cstdint>
#include <stdexcept>
#include <utility>
#include <variant>

#include "exit_codes.hpp"
#include "repute/canon/canon.hpp"
#include "repute/mail/policy.hpp"
#include "text.hpp"

namespace repute::tool {
namespace {

bool read_number(std::string_view text, std::vector<std::uint32_t>& to) {
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  to.push_back(value);
  return error == std::errc() && end == text.data() + text.size();
}

bool read_address(std::string_view text, std::string& to) {
  const auto read = canon::parse_prefix(text);
  const auto* address = std::get_if<canon::ip_prefix>(&read);
  to = text;
  return address != nullptr && address->is_single() && text.find('/') == text.npos;
}

bool read_word(std::string_view name, std::string_view value, mail_surroundings& out) {
  if (name == "ip") {
    return value.empty() || read_address(value, out.envelope.client_ip);
  }
  if (name == "helo") {
    out.envelope.helo = value;
  } else if (name == "from") {
    out.envelope.mail_from = value == "<>" ? "" : value;
    out.envelope.has_sender = true;
  } else if (name == "to") {
    out.envelope.recipients.emplace_back(value);
  } else if (name == "authenticated") {
    out.envelope.authenticated.emplace_back(value);
  } else if (name == "category") {
    return read_number(value, out.given.categories);
  } else if (name == "topic") {
    return read_number(value, out.given.topics);
  } else if (name == "heuristic") {
    return read_number(value, out.given.heuristics);
  } else if (name == "avrec") {
    out.given.av_records.emplace_back(value);
  } else {
    return false;
  }
  return true;
}

/// The policy of `file`, or the default. Nothing after every mistake was printed to standard error.
std::optional<mail::policy> read_policy_or_complain(const std::string& file,
                                                    const canon::canonicalizer& canon) {
  if (file.empty()) {
    return mail::policy{};
  }
  std::vector<std::string> problems;
  mail::policy out = mail::read_policy_file(file, canon, problems);
  for (const std::string& each : problems) {
    fmt::print(stderr, "{}\n", printable(each));
  }
  return problems.empty() ? std::optional(std::move(out)) : std::nullopt;
}

}  // namespace

std::optional<mail_surroundings> read_surroundings(const std::vector<std::string>& words,
                                                   std::string& problem) {
  mail_surroundings out;
  for (const std::string_view word : words) {
    const std::size_t equals = word.find('=');
    if (equals == word.npos || !read_word(word.substr(0, equals), word.substr(equals + 1), out)) {
      problem = fmt::format(
          "--envelope '{}': expected ip=ADDRESS, helo=NAME, from=ADDRESS, to=ADDRESS, "
          "authenticated=NAME, category=ID, topic=ID, heuristic=ID or avrec=ID",
          printable(word));
      return std::nullopt;
    }
  }
  return out;
}

std::optional<mail_reading> begin_reading(const mail_options& options,
                                          const seal::deployment_salt& salt,
                                          std::string_view command, int& exit_code) {
  std::string problem;
  auto around = read_surroundings(options.envelope, problem);
  if (!around) {
    fmt::print(stderr, "{}: {}\n", command, problem);
    exit_code = exit_usage;
    return std::nullopt;
  }
  std::shared_ptr<const canon::canonicalizer> canon;
  try {
    canon = std::make_shared<const canon::canonicalizer>(options.psl_file);
  } catch (const std::runtime_error& failure) {
    fmt::print(stderr, "{}: {}\n", command, printable(failure.what()));
    exit_code = exit_no_input;
    return std::nullopt;
  }
  auto policy = read_policy_or_complain(options.policy_file, *canon);
  exit_code = policy ? exit_ok : exit_config;
  if (!policy) {
    return std::nullopt;
  }
  try {
    return mail_reading{*std::move(around),
                        std::make_shared<const mail::examiner>(canon, salt, *std::move(policy))};
  } catch (const std::runtime_error& failure) {
    fmt::print(stderr, "{}: {}\n", printable(options.policy_file), printable(failure.what()));
    exit_code = exit_config;
    return std::nullopt;
  }
}

}  // namespace repute::tool
