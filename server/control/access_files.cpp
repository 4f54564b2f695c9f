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

query::allowed_client allow(const access::client_entry& from, const seal::master_key& master,
                            const query::access_list* before) {
  query::allowed_client out;
  out.id = from.id;
  out.slot = from.slot;
  out.keys = seal::derive_client_keys(master, from.id);
  out.networks = from.networks;
  out.kinds = from.kinds;
  out.rate = from.rate;
  out.not_after_unix_s = from.not_after_unix_s.value_or(0);
  const query::allowed_client* known = before != nullptr ? before->find(from.id) : nullptr;
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
      out.push_back(allow(entry, *master, before));
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

}  // namespace

access_reading read_access(const std::filesystem::path& database,
                           const std::vector<query::network>& plain,
                           const query::access_list* before) {
  const std::filesystem::path keys_path = database / "access" / "master.keys";
  const std::filesystem::path clients_path = database / "access" / "clients.toml";
  access_reading out;
  seal::master_keys keys;
  if (is_there(keys_path)) {
    auto read = seal::read_master_keys(keys_path.string());
    if (const auto* failed = std::get_if<seal::secret_file_failure>(&read)) {
      out.problems.push_back(failed->message);
      out.exit_code = seal::exit_code(failed->code);
      return out;
    }
    keys = std::get<seal::master_keys>(std::move(read));
  }
  std::vector<access::client_entry> entries;
  if (is_there(clients_path)) {
    std::string text;
    if (const auto unreadable = read_text_file(clients_path, access::clients_bytes_max, text)) {
      out.problems.push_back(clients_path.string() + ": " + *unreadable);
    } else {
      entries = access::read_clients(text, clients_path.string(), out.problems);
    }
  }
  if (!out.problems.empty()) {
    out.exit_code = exit_config;
    return out;
  }
  out.list = std::make_unique<const query::access_list>(allowed(entries, keys, before, out), plain);
  return out;
}

}  // namespace repute::control
