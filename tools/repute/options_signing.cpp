// SPDX-License-Identifier: Apache-2.0
// How the commands about signatures are spelled: keys, lists of servers, signed and bundled
// snapshots.
#include <array>
#include <memory>

#include "cmd_access.hpp"
#include "cmd_keys.hpp"
#include "cmd_servers.hpp"
#include "cmd_servers_status.hpp"
#include "cmd_snapshot_bundle.hpp"
#include "command.hpp"

namespace repute::tool {
namespace {

void add_key_option(CLI::App& app, std::string& file) {
  app.add_option("--key", file, "Secret key file that signs")->type_name("FILE")->required();
}

void add_common_options(CLI::App& app, snapshot_options& options) {
  add_database_option(app, options.db);
  app.add_flag("--json", options.json, "One JSON object");
}

void add_generation(CLI::App& app, snapshot_options& options) {
  app.add_option("N", options.generation, "Generation; else the one in force")
      ->type_name("")
      ->check(CLI::PositiveNumber);
}

runner add_access_init(CLI::App& app) {
  const auto db = std::make_shared<std::string>();
  app.footer("Makes DIR/access, and DIR/salt if there is neither a salt nor data yet.");
  add_database_option(app, *db);
  return [db] { return cmd_access_init(*db); };
}

// What else is no day is said by whoever reads it.
std::string check_day(const std::string& text) {
  constexpr std::string_view like = "2027-12-31";
  const bool fits = std::ranges::equal(
      text, like, [](char c, char of) { return of == '-' ? c == '-' : c >= '0' && c <= '9'; });
  return fits ? "" : "not a day, like " + std::string(like);
}

runner add_client_add(CLI::App& app) {
  const auto options = std::make_shared<client_add_options>();
  app.footer(
      "Example:\n"
      "  repute keys client add mx1 --network 192.0.2.0/24\n\n"
      "Running servers let the client in at once, where DIR/access is.");
  add_database_option(app, options->db);
  app.add_option("--network", options->networks, "Where it asks from; repeat it for several")
      ->type_name("NET")
      ->allow_extra_args(false);
  app.add_option("--kind", options->kinds, "What it may ask about, else all; repeat it for several")
      ->type_name("KIND")
      ->check(check_subject)
      ->allow_extra_args(false);
  app.add_option("--rate", options->rate,
                 "Most work a second for each of its addresses: an address 2, any other key 1")
      ->type_name("N")
      ->check(CLI::Range(std::uint32_t{1}, UINT32_MAX));
  app.add_option("--not-after", options->not_after, "Last day")
      ->type_name("YYYY-MM-DD")
      ->check(check_day);
  app.add_option("--suite", options->suite, "aes-128-gcm or chacha20-poly1305")
      ->type_name("SUITE")
      ->capture_default_str();
  app.add_option("-o,--output", options->output, "The credentials, else NAME.credentials")
      ->type_name("FILE");
  app.add_option("NAME", options->name, "Name for people: a-z, 0-9, '-', '.', '_'")
      ->type_name("")
      ->required();
  return [options] { return cmd_client_add(*options); };
}

runner add_client_list(CLI::App& app) {
  const auto db = std::make_shared<std::string>();
  const auto json = std::make_shared<bool>(false);
  add_database_option(app, *db);
  app.add_flag("--json", *json, "One JSON object a line");
  return [db, json] { return cmd_client_list(*db, *json); };
}

runner add_client_revoke(CLI::App& app) {
  const auto db = std::make_shared<std::string>();
  const auto name = std::make_shared<std::string>();
  add_database_option(app, *db);
  app.add_option("NAME", *name, "Its name")->type_name("")->required();
  return [db, name] { return cmd_client_revoke(*db, *name); };
}

runner add_rotate(CLI::App& app) {
  const auto options = std::make_shared<rotate_options>();
  add_database_option(app, options->db);
  app.add_flag("--finish", options->finish, "Keep the newest master key alone");
  app.add_flag("--force", options->force, "Though clients have keys of older ones");
  return [options] { return cmd_rotate(*options); };
}

runner add_keys_init(CLI::App& app) {
  const auto file = std::make_shared<std::string>();
  app.footer(
      "The file holds the secret: keep it where snapshots are signed, and a copy in a safe.");
  app.add_option("FILE", *file, "Secret key file to make; never overwritten")
      ->type_name("")
      ->required();
  return [file] { return cmd_keys_init(*file); };
}

runner add_keys_show(CLI::App& app) {
  const auto file = std::make_shared<std::string>();
  app.add_option("FILE", *file, "Secret key file")->type_name("")->required();
  return [file] { return cmd_keys_show(*file); };
}

runner add_servers_sign(CLI::App& app) {
  const auto options = std::make_shared<servers_sign_options>();
  app.footer(
      "Example of a servers.toml:\n"
      "  version = 7          # left out: one above that of the -o file\n"
      "  epoch = 287454020    # data epoch; left out: that of the database\n"
      "  [[server]]\n"
      "  address = \"192.0.2.1\"  # or a name\n"
      "  port = 7060          # left out: 7060\n"
      "  bias_us = 250        # left out: 0; added to what the server's answers cost\n\n"
      "Then: repute load --servers FILE, with any other feeds.");
  add_database_option(app, options->db);
  add_key_option(app, options->key_file);
  app.add_option("-o,--output", options->output, "The signed list")->type_name("FILE")->required();
  app.add_option("FILE", options->file, "servers.toml")->type_name("")->required();
  return [options] { return cmd_servers_sign(*options); };
}

runner add_servers_show(CLI::App& app) {
  const auto options = std::make_shared<servers_show_options>();
  app.footer("Exit status: 0 shown, 1 the server has none, 65 not signed as it should be.");
  auto* server = app.add_option("-s,--server", options->server,
                                "Server to ask when no FILE is given; else $REPUTE_SERVER, "
                                "127.0.0.1:7060");
  server->type_name("HOST:PORT");
  app.add_option("--deadline", options->deadline_ms, "Wait at most this long for answers")
      ->type_name("MS")
      ->check(CLI::Range(1u, 60000u))
      ->capture_default_str();
  add_trust_options(app, options->credentials, options->plain);
  app.add_option("--key", options->key, "Public key that must have signed it")->type_name("KEY");
  app.add_flag("--json", options->json, "One JSON object");
  app.add_option("FILE", options->file, "A signed list")->type_name("")->excludes(server);
  return [options] { return cmd_servers_show(*options); };
}

runner add_servers_status(CLI::App& app) {
  const auto options = std::make_shared<servers_status_options>();
  app.footer(
      "Asks for a test key fifty times a second, as a filter would, and tells which servers were\n"
      "asked and why. Exit status: 0 some server can be used, 69 none.");
  app.add_option("-s,--server", options->connection.servers,
                 "Server to ask; repeat it for several; else $REPUTE_SERVER, 127.0.0.1:7060")
      ->type_name("HOST:PORT")
      ->allow_extra_args(false);
  app.add_option("--deadline", options->connection.deadline_ms,
                 "Wait at most this long for answers")
      ->type_name("MS")
      ->check(CLI::Range(1u, 60000u))
      ->capture_default_str();
  add_trust_options(app, options->connection.credentials, options->connection.plain);
  app.add_option("--list-key", options->list_key,
                 "Follow the list of servers that this public key signs")
      ->type_name("KEY");
  app.add_option("--list-file", options->list_file, "Keep that list here")->type_name("FILE");
  app.add_flag("--watch", options->watch, "Again each second, until interrupted");
  app.add_flag("--json", options->json, "One JSON object a line");
  return [options] { return cmd_servers_status(*options); };
}

constexpr std::array clients{
    command{"add", "Let a client in, and make its credentials", add_client_add},
    command{"list", "Who is let in", add_client_list},
    command{"revoke", "Let a client in no more", add_client_revoke},
};
constexpr std::array keys{
    command{"init", "Make the keys of sealed mode for a database", add_access_init},
    command{"client", "Clients of sealed mode", nullptr, clients},
    command{"rotate", "Another master key of sealed mode, or the end of the old ones", add_rotate},
    command{"sign-key", "Make a key pair that signs", add_keys_init},
    command{"show", "Print the public key of a secret key file", add_keys_show},
};
constexpr std::array servers{
    command{"sign", "Make a signed list of servers", add_servers_sign},
    command{"show", "Print a signed list, of a server or a file", add_servers_show},
    command{"status", "Tell which servers a client would ask, and why", add_servers_status},
};
constexpr std::array commands{
    command{"keys", "Keys of sealed mode, and key pairs that sign", nullptr, keys},
    command{"servers", "Servers: their signed list, and how they do", nullptr, servers},
};

}  // namespace

runner add_snapshot_sign(CLI::App& app) {
  const auto options = std::make_shared<sign_options>();
  add_common_options(app, *options);
  add_generation(app, *options);
  add_key_option(app, options->key_file);
  return [options] { return cmd_snapshot_sign(*options); };
}

runner add_snapshot_bundle(CLI::App& app) {
  const auto options = std::make_shared<bundle_options>();
  add_common_options(app, *options);
  add_generation(app, *options);
  app.add_option("-o,--output", options->output, "The bundle")->type_name("FILE")->required();
  return [options] { return cmd_snapshot_bundle(*options); };
}

runner add_snapshot_import(CLI::App& app) {
  const auto options = std::make_shared<import_options>();
  app.footer(
      "The database must have the salt under which the snapshot was built.\n"
      "Exit status: 0 done, 65 refused, nothing is changed, 75 another writer is at work, or with\n"
      "--wait no server serves it after 30 s.");
  add_common_options(app, *options);
  app.add_option("--trusted-key", options->trusted_keys,
                 "Take only what this public key signed; repeat it for several")
      ->type_name("KEY")
      ->allow_extra_args(false);
  app.add_flag("--wait", options->wait, "Until the running server serves it");
  app.add_option("FILE", options->file, "The bundle")->type_name("")->required();
  return [options] { return cmd_snapshot_import(*options); };
}

std::span<const command> signing_commands() noexcept {
  return commands;
}

}  // namespace repute::tool
