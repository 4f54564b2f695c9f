// SPDX-License-Identifier: Apache-2.0
#include "command.hpp"

#include "repute/schema/kind.hpp"

namespace repute::tool {
namespace {

std::string known_subjects() {
  std::string words;
  for (const subject value : all_subjects) {
    words += (words.empty() ? "" : ", ") + std::string(word(value));
  }
  return words;
}

}  // namespace

std::string check_subject(const std::string& text) {
  return subject_from_word(text) ? "" : "not a kind; kinds are " + known_subjects();
}

void add_commands(CLI::App& app, std::span<const command> commands, int& result) {
  for (const command& one : commands) {
    CLI::App& sub = *app.add_subcommand(one.name, one.summary);
    if (one.add != nullptr) {
      sub.callback([&result, go = one.add(sub)] { result = go(); });
    } else {
      sub.require_subcommand(1);
      add_commands(sub, one.nested, result);
    }
  }
}

void add_database_option(CLI::App& app, std::string& db) {
  app.add_option("--db", db, "Database directory, else $REPUTE_DB")->type_name("DIR");
}

void add_kind_option(CLI::App& app, std::string& kind, const char* help) {
  app.add_option("-k,--kind", kind, help)->type_name("KIND")->check(check_subject);
}

void add_trust_options(CLI::App& app, std::string& credentials, bool& plain) {
  app.add_option("--credentials", credentials,
                 "Ask in sealed mode with these, else $REPUTE_CREDENTIALS")
      ->type_name("FILE");
  app.add_flag("--plain", plain, "Ask servers of other machines in plain text");
}

void add_salt_option(CLI::App& app, std::string& file) {
  app.add_option("--salt", file,
                 "Salt file, else that of the credentials, else $REPUTE_DB/salt, else public")
      ->type_name("FILE");
}

void add_connection_options(CLI::App& app, connection_options& options) {
  app.add_option("-s,--server", options.servers,
                 "Server to ask, 127.0.0.1:7060 when not given; repeat it for several")
      ->type_name("HOST:PORT")
      ->allow_extra_args(false);
  app.add_option("--deadline", options.deadline_ms, "Wait at most this long for answers")
      ->type_name("MS")
      ->check(CLI::Range(1u, 60000u))
      ->capture_default_str();
  add_trust_options(app, options.credentials, options.plain);
  add_salt_option(app, options.salt_file);
}

void add_psl_option(CLI::App& app, std::string& file) {
  app.add_option("--psl", file, "Public suffix list to use instead of the built-in one")
      ->type_name("FILE");
}

}  // namespace repute::tool
