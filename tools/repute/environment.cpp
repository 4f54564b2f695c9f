// SPDX-License-Identifier: Apache-2.0
#include "environment.hpp"

#include <fmt/format.h>

#include <boost/system/system_error.hpp>
#include <chrono>
#include <cstdio>
#include <cstdlib>

#include "exit_codes.hpp"
#include "repute/client/error.hpp"
#include "repute/seal/credentials.hpp"
#include "repute/seal/secret.hpp"
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

std::string credentials_of(const connection_options& options) {
  return options.credentials.empty() ? variable("REPUTE_CREDENTIALS") : options.credentials;
}

std::optional<seal::deployment_salt> salt_of(const connection_options& options,
                                             std::string& problem, int& exit_code) {
  exit_code = exit_no_input;
  if (!options.salt_file.empty()) {
    return seal::read_salt_file(options.salt_file, problem);
  }
  if (const std::string file = credentials_of(options); !file.empty()) {
    seal::keep_out_of_core_dumps();
    const auto read = seal::read_credentials(file);
    if (const auto* failed = std::get_if<seal::secret_file_failure>(&read)) {
      problem = failed->message;
      exit_code = seal::exit_code(failed->code);
      return std::nullopt;
    }
    return std::get<seal::credentials>(read).salt;
  }
  const std::string db = variable("REPUTE_DB");
  return db.empty() ? seal::deployment_salt{} : seal::read_database_salt(db, problem);
}

client_options client_options_of(const connection_options& options,
                                 const seal::deployment_salt& salt) {
  client_options result;
  result.servers = servers_of(options);
  result.deadline = std::chrono::milliseconds{options.deadline_ms};
  result.credentials = credentials_of(options);
  if (!result.credentials.empty()) {
    seal::keep_out_of_core_dumps();
  }
  result.plain = options.plain;
  result.salt_fp = seal::salt_fingerprint(salt);
  return result;
}

int report_start_failure(const std::exception& failure) {
  fmt::print(stderr, "repute: {}\n", printable(failure.what()));
  const auto* system = dynamic_cast<const boost::system::system_error*>(&failure);
  if (system == nullptr) {
    return exit_no_host;
  }
  const auto is = [system](errc value) { return system->code() == value; };
  if (is(errc::plain_refused)) {
    fmt::print(stderr, "repute: give --credentials FILE, or --plain to ask in plain text\n");
  }
  return is(errc::bad_credentials)                                              ? exit_no_input
         : is(errc::bad_server) || is(errc::bad_key) || is(errc::plain_refused) ? exit_usage
                                                                                : exit_no_host;
}

}  // namespace repute::tool
