// SPDX-License-Identifier: Apache-2.0
#include "control/access_files.hpp"

#include <fmt/core.h>

#include <optional>
#include <utility>

#include "access/clients_file.hpp"
#include "control/exit_codes.hpp"
#include "control/text_file.hpp"
#include "repute/seal/credentials.hpp"

namespace repute::control {

namespace {

// `known` is what was in force of this client, or null.
query::allowed_client allow(const access::client_entry& from, const seal::client_keys& keys,
                            const query::allowed_client* known) {
  query::allowed_client out;
  out.id = from.id;
  out.slot = from.slot;
  out.keys = keys;
  out.networks = from.networks;
  out.kinds = from.kinds;
  out.rate = from.rate;
  out.not_after_unix_s = from.not_after_unix_s.value_or(0);
  if (known != nullptr) {
    out.gates = known->gates;
  }
  return out;
}

// The clients that may ask; the others are told about in `to.notes`.
std::vector<query::allowed_client> allowed(const std::vector<access::client_entry>& entries,
                                           const seal::master_keys& keys,
                                           const query::access_list* before, access_reading& to) {
  std::vector<query::allowed_client> out;
  for (const access::client_entry& entry : entries) {
    if (entry.revoked) {
      continue;
    }
    if (const auto& master = keys.slots[entry.slot]; master) {
      out.push_back(allow(entry, seal::derive_client_keys(*master, entry.id),
                          before != nullptr ? before->find(entry.id) : nullptr));
    } else {
      to.notes.push_back(
          fmt::format("client {} is not let in: no master key in slot {}", entry.name, entry.slot));
    }
  }
  return out;
}

bool is_there(const std::filesystem::path& path) {
  std::error_code ignored;
  return std::filesystem::symlink_status(path, ignored).type() !=
         std::filesystem::file_type::not_found;
}

std::vector<access::client_entry> read_entries(const std::filesystem::path& path,
                                               std::vector<std::string>& problems) {
  std::string text;
  if (!is_there(path)) {
    return {};
  }
  std::error_code unreadable_yet;  // said below
  using std::filesystem::perms;
  const auto permissions = std::filesystem::status(path, unreadable_yet).permissions();
  if (!unreadable_yet && (permissions & perms::others_write) != perms::none) {
    problems.push_back(
        path.string() +
        ": anybody on this machine may write it: look it through, then chmod 640 it");
    return {};
  }
  if (const auto unreadable = read_text_file(path, access::clients_bytes_max, text)) {
    problems.push_back(path.string() + ": " + *unreadable);
    return {};
  }
  return access::read_clients(text, path.string(), problems);
}

// What stays of a list when there are no keys to make a new one: whoever is in `entries` still,
// with the limits that he has there. Keys that cannot be read must not keep a stolen credential
// alive.
std::unique_ptr<const query::access_list> restricted(
    const query::access_list& before, const std::vector<access::client_entry>& entries,
    query::allowed_client plain) {
  std::vector<query::allowed_client> out;
  for (const access::client_entry& entry : entries) {
    const query::allowed_client* known = before.find(entry.id);
    if (!entry.revoked && known != nullptr && known->slot == entry.slot) {
      out.push_back(allow(entry, known->keys, known));
    }
  }
  return std::make_unique<const query::access_list>(std::move(out), std::move(plain));
}

}  // namespace

access_reading read_access(const std::filesystem::path& database, query::allowed_client plain,
                           const query::access_list* before) {
  if (before != nullptr) {
    plain.gates = before->plain().gates;
  }
  const std::filesystem::path keys_path = database / "access" / "master.keys";
  access_reading out;
  const auto entries = read_entries(database / "access" / "clients.toml", out.problems);
  if (!out.problems.empty()) {
    out.exit_code = exit_config;
    return out;
  }
  seal::master_keys keys;
  if (is_there(keys_path)) {
    auto read = seal::read_master_keys(keys_path.string());
    if (const auto* failed = std::get_if<seal::secret_file_failure>(&read)) {
      out.problems.push_back(failed->message);
      out.exit_code = seal::exit_code(failed->code);
      out.list = before != nullptr ? restricted(*before, entries, std::move(plain)) : nullptr;
      return out;
    }
    keys = std::get<seal::master_keys>(std::move(read));
  }
  out.list = std::make_unique<const query::access_list>(allowed(entries, keys, before, out),
                                                        std::move(plain));
  return out;
}

}  // namespace repute::control
