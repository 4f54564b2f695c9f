// SPDX-License-Identifier: Apache-2.0
#include "environment.hpp"

#include <fmt/format.h>

#include <boost/system/system_error.hpp>
#include <chrono>
#include <cstdio>
#include <cstdlib>

#include "exit_codes.hpp"
#include "repute/client/error.hpp"
#include "text.hpp"

namespace repute::tool {
namespace {

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

}  // namespace

std::optional<std::string> database_of(const std::string& option) {
  std::string db = option.empty() ? variable("REPUTE_DB") : option;
  return db.empty() ? std::nullopt : std::optional(std::move(db));
}

std::vector<std::string> servers_of(const connection_options& options) {
  std::vector<std::string> servers;
  for (const std::string& text : options.servers) {
    for (std::string& one : split_list(text)) {
      servers.push_back(std::move(one));
    }
  }
  if (servers.empty()) {
    servers = split_list(variable("REPUTE_SERVER"));
  }
  if (servers.empty()) {
    servers.emplace_back("127.0.0.1:7060");
  }
  return servers;
}

std::optional<seal::deployment_salt> salt_of(const connection_options& options,
                                             std::string& problem) {
  if (!options.salt_file.empty()) {
    return seal::read_salt_file(options.salt_file, problem);
  }
  const std::string db = variable("REPUTE_DB");
  return db.empty() ? seal::deployment_salt{} : seal::read_database_salt(db, problem);
}

client_options client_options_of(const connection_options& options,
                                 const seal::deployment_salt& salt) {
  client_options result;
  result.servers = servers_of(options);
  result.deadline = std::chrono::milliseconds{options.deadline_ms};
  result.salt_fp = seal::salt_fingerprint(salt);
  return result;
}

int report_start_failure(const std::exception& failure) {
  fmt::print(stderr, "repute: {}\n", printable(failure.what()));
  const auto* system = dynamic_cast<const boost::system::system_error*>(&failure);
  const bool misspelt =
      system != nullptr && (system->code() == errc::bad_server || system->code() == errc::bad_key);
  return misspelt ? exit_usage : exit_no_host;
}

}  // namespace repute::tool
