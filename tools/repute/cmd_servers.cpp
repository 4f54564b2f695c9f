// SPDX-License-Identifier: Apache-2.0
#include "cmd_servers.hpp"

#include <fmt/format.h>

#include <boost/system/system_error.hpp>
#include <chrono>
#include <cstdio>
#include <optional>

#include "cmd_keys.hpp"
#include "environment.hpp"
#include "exit_codes.hpp"
#include "repute/client/fetch.hpp"
#include "repute/schema/message.hpp"
#include "repute/seal/server_list.hpp"
#include "servers_file.hpp"
#include "store/file.hpp"
#include "store/snapshot_reader.hpp"
#include "text.hpp"

namespace repute::tool {
namespace {

constexpr std::size_t settings_bytes_max = std::size_t{1} << 20;
constexpr unsigned document_mode = 0644;

// Why a command ends: an exit code with everything said already.
struct ended {
  int exit_code;
};

[[noreturn]] void end(const char* who, int exit_code, std::string_view what) {
  fmt::print(stderr, "repute servers {}: {}\n", who, printable(what));
  throw ended{exit_code};
}

[[noreturn]] void end(const char* who, const store::failure& failure) {
  end(who, store::exit_code(failure.code), failure.message);
}

servers_file read_settings(const std::string& path) {
  const auto text = store::read_small_file(path, settings_bytes_max);
  if (!text) {
    end("sign", text.error());
  }
  std::vector<std::string> problems;
  servers_file settings = read_servers_text(*text, path, problems);
  for (const std::string& problem : problems) {
    fmt::print(stderr, "{}\n", printable(problem));
  }
  if (!problems.empty()) {
    throw ended{exit_config};
  }
  return settings;
}

// The one above that of the list which `path` holds now; 1 if there is none.
std::uint32_t next_version(const std::string& path) {
  const auto text = store::read_small_file(path, seal::server_list_bytes_max);
  if (!text) {
    if (text.error().code == store::store_error::not_found) {
      return 1;
    }
    end("sign", text.error());
  }
  std::string problem;
  const auto old = seal::decode_server_list(*text, problem);
  if (!old || old->list.version == UINT32_MAX) {
    end("sign", exit_data, path + ": is there and tells no version to go on from");
  }
  return old->list.version + 1;
}

std::uint32_t epoch_of_database(const std::string& option) {
  const auto db = database_of(option);
  if (!db) {
    end("sign", exit_usage,
        "which data epoch? Write epoch = N into the file, or name the database: --db DIR or "
        "REPUTE_DB");
  }
  const auto generation = store::read_current(*db);
  if (!generation) {
    end("sign", generation.error());
  }
  const auto opened = store::snapshot_reader::open(*db, *generation);
  if (!opened) {
    end("sign", opened.error());
  }
  return opened->meta().info.data_epoch;
}

void sign(const servers_sign_options& options) {
  servers_file settings = read_settings(options.file);
  int exit_code = exit_ok;
  const auto key = read_signing_key("repute servers sign", options.key_file, exit_code);
  if (!key) {
    throw ended{exit_code};
  }
  const seal::server_list list{
      .version = settings.version ? *settings.version : next_version(options.output),
      .data_epoch = settings.data_epoch ? *settings.data_epoch : epoch_of_database(options.db),
      .servers = std::move(settings.servers)};
  if (const auto wrong = problem_of(list)) {
    end("sign", exit_config, options.file + ": " + *wrong);
  }
  const auto document = sign_server_list(list, *key);
  if (!document) {
    end("sign", exit_data, options.file + ": the list would be longer than 64 KiB");
  }
  if (const auto done = store::replace_file(options.output, *document, document_mode); !done) {
    end("sign", done.error());
  }
  fmt::print("version {} for data epoch {}, {} servers, signed by {}\n", list.version,
             list.data_epoch, list.servers.size(), seal::to_string(key->public_half()));
}

std::string fetch(const servers_show_options& options) {
  connection_options connection;
  if (!options.server.empty()) {
    connection.servers = {options.server};
  }
  connection.credentials = options.credentials;
  client_options from;
  from.servers = {servers_of(connection).front()};
  from.deadline = std::chrono::milliseconds{options.deadline_ms};
  from.credentials = credentials_of(connection);
  from.plain = options.plain;
  const auto got = fetch_document(from, wire::fetch_server_list);
  if (!got) {
    end("show", exit_unavailable, from.servers.front() + ": " + got.error().message());
  }
  if (got->bytes.empty()) {
    end("show", exit_wrong, got->server + " has no list of servers");
  }
  return {got->bytes.begin(), got->bytes.end()};
}

std::string document_of(const servers_show_options& options) {
  if (options.file.empty()) {
    return fetch(options);
  }
  auto text = store::read_small_file(options.file, seal::server_list_bytes_max);
  if (!text) {
    end("show", text.error());
  }
  return std::move(*text);
}

seal::signed_server_list checked(const std::string& document, const std::string& key_word) {
  std::string problem;
  auto read = seal::decode_server_list(document, problem);
  if (!read) {
    end("show", exit_data, "not a list of servers: " + problem);
  }
  if (!key_word.empty()) {
    const auto key = seal::parse_public_key(key_word);
    if (!key) {
      end("show", exit_usage, "--key: not a public key as `repute keys show` prints it");
    }
    if (*key != read->by.key) {
      end("show", exit_data, "signed by another key, " + seal::to_string(read->by.key));
    }
  }
  if (!seal::verify_server_list(document, *read)) {
    end("show", exit_data,
        "its signature is wrong: changed after " + seal::to_string(read->by.key) + " signed it");
  }
  return std::move(*read);
}

std::string to_text(const seal::signed_server_list& from) {
  std::string text = fmt::format("version {}  data epoch {}  signed by {}\n", from.list.version,
                                 from.list.data_epoch, seal::to_string(from.by.key));
  std::size_t width = 7;
  for (const seal::server_entry& server : from.list.servers) {
    width = std::max(width, server.address.size());
  }
  text += fmt::format("{}   port   bias_us\n", padded("address", width));
  for (const seal::server_entry& server : from.list.servers) {
    text += fmt::format("{}  {:>5}  {:>8}\n", padded(server.address, width), server.port,
                        server.bias_us);
  }
  return text;
}

std::string to_json(const seal::signed_server_list& from) {
  std::string servers;
  for (const seal::server_entry& server : from.list.servers) {
    servers +=
        fmt::format("{}{{\"address\":{},\"port\":{},\"bias_us\":{}}}", servers.empty() ? "" : ",",
                    json_string(server.address), server.port, server.bias_us);
  }
  return fmt::format("{{\"version\":{},\"data_epoch\":{},\"key\":{},\"servers\":[{}]}}\n",
                     from.list.version, from.list.data_epoch,
                     json_string(seal::to_string(from.by.key)), servers);
}

}  // namespace

int cmd_servers_sign(const servers_sign_options& options) {
  try {
    sign(options);
    return exit_ok;
  } catch (const ended& early) {
    return early.exit_code;
  }
}

int cmd_servers_show(const servers_show_options& options) {
  try {
    const seal::signed_server_list list = checked(document_of(options), options.key);
    fmt::print("{}", options.json ? to_json(list) : to_text(list));
    return exit_ok;
  } catch (const ended& early) {
    return early.exit_code;
  } catch (const boost::system::system_error& error) {
    return report_start_failure(error);
  }
}

}  // namespace repute::tool
