// SPDX-License-Identifier: Apache-2.0
#include "cmd_snapshot_bundle.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <filesystem>
#include <string_view>

#include "cmd_keys.hpp"
#include "exit_codes.hpp"
#include "repute/canon/canon.hpp"
#include "repute/seal/fingerprint.hpp"
#include "store/bundle.hpp"
#include "store/snapshot_signature.hpp"
#include "store/snapshot_writer.hpp"
#include "text.hpp"

namespace repute::tool {
namespace {

constexpr double mebibyte = 1 << 20;

int complain(const char* command, int exit_code, std::string_view what) {
  fmt::print(stderr, "repute {}: {}\n", command, printable(what));
  return exit_code;
}

store::result<std::uint32_t> chosen_generation(const std::string& db,
                                               const snapshot_options& options) {
  return options.generation ? store::result<std::uint32_t>(*options.generation)
                            : store::read_current(db);
}

// A directory that is not there is a slip of the pen: writers would make it.
int complain_unless_directory(const char* command, const std::string& db) {
  std::error_code error;
  return std::filesystem::is_directory(db, error)
             ? exit_ok
             : complain(command, exit_no_input, db + ": no such database directory");
}

bool read_keys(const std::vector<std::string>& words, std::vector<seal::public_key>& out) {
  for (const std::string& word : words) {
    const auto key = seal::parse_public_key(word);
    if (!key) {
      return false;
    }
    out.push_back(*key);
  }
  return true;
}

}  // namespace

int cmd_snapshot_sign(const sign_options& options) {
  constexpr const char* name = "snapshot sign";
  const auto db = database_or_complain(name, options);
  if (!db) {
    return exit_usage;
  }
  int exit_code = complain_unless_directory(name, *db);
  if (exit_code != exit_ok) {
    return exit_code;
  }
  const auto key = read_signing_key("repute snapshot sign", options.key_file, exit_code);
  if (!key) {
    return exit_code;
  }
  const auto lock = store::write_lock::acquire(*db);
  if (!lock) {
    return report_failure(name, lock.error());
  }
  const auto generation = chosen_generation(*db, options);
  if (!generation) {
    return report_failure(name, generation.error());
  }
  if (const auto done = store::sign_snapshot(*db, *generation, *key); !done) {
    return report_failure(name, done.error());
  }
  const std::string word = seal::to_string(key->public_half());
  fmt::print("{}", options.json
                       ? fmt::format("{{\"generation\":{},\"key\":\"{}\"}}\n", *generation, word)
                       : fmt::format("generation {} signed by {}\n", *generation, word));
  return exit_ok;
}

int cmd_snapshot_bundle(const bundle_options& options) {
  constexpr const char* name = "snapshot bundle";
  const auto db = database_or_complain(name, options);
  if (!db) {
    return exit_usage;
  }
  const auto generation = chosen_generation(*db, options);
  if (!generation) {
    return report_failure(name, generation.error());
  }
  const auto size = store::write_bundle(*db, *generation, options.output);
  if (!size) {
    return report_failure(name, size.error());
  }
  fmt::print("{}", options.json ? fmt::format("{{\"generation\":{},\"file\":{},\"bytes\":{}}}\n",
                                              *generation, json_string(options.output), *size)
                                : fmt::format("generation {} in {}, {:.1f} MiB\n", *generation,
                                              printable(options.output),
                                              static_cast<double>(*size) / mebibyte));
  return exit_ok;
}

int cmd_snapshot_import(const import_options& options) {
  constexpr const char* name = "snapshot import";
  const auto db = database_or_complain(name, options);
  if (!db) {
    return exit_usage;
  }
  if (const int code = complain_unless_directory(name, *db); code != exit_ok) {
    return code;
  }
  std::vector<seal::public_key> trusted;
  if (!read_keys(options.trusted_keys, trusted)) {
    return complain(name, exit_usage,
                    "--trusted-key: no public key as `repute keys show` prints it");
  }
  std::string problem;
  const auto salt = seal::read_database_salt(*db, problem);
  if (!salt) {
    return complain(name, exit_config, problem);
  }
  const auto done = store::import_bundle(options.file, *db,
                                         {.salt_fp = seal::salt_fingerprint(*salt),
                                          .ip_seed = seal::ip_seed(*salt),
                                          .canon_version = canon::version,
                                          .trusted = trusted});
  if (!done) {
    return report_failure(name, done.error());
  }
  fmt::print("{}", options.json ? fmt::format("{{\"generation\":{},\"changed\":{}}}\n",
                                              done->generation, done->changed)
                                : fmt::format("generation {} {}\n", done->generation,
                                              done->changed ? "imported and in force"
                                                            : "was in force already"));
  return options.wait ? wait_for_servers(name, *db, done->generation) : exit_ok;
}

}  // namespace repute::tool
