// SPDX-License-Identifier: Apache-2.0
#include "cmd_access.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <set>
#include <utility>

#include "access/clients_file.hpp"
#include "access_directory.hpp"
#include "environment.hpp"
#include "exit_codes.hpp"
#include "repute/seal/credentials.hpp"
#include "repute/seal/digest.hpp"
#include "repute/seal/secret.hpp"
#include "store/file.hpp"
#include "text.hpp"

namespace repute::tool {
namespace {

namespace fs = std::filesystem;

constexpr unsigned salt_mode = 0640;
constexpr std::string_view clients_head =
    "# Who may ask in sealed mode. Written by `repute keys client`; may be edited, too: reputed\n"
    "# reads it again when it changes. Every server of the deployment needs the same files. Do\n"
    "# not take a client out, revoke it: its number decides its keys, and must not be given out\n"
    "# again.\n";

fs::path database(const std::string& option) {
  const auto db = database_of(option);
  if (!db) {
    end(exit_usage, no_database);
  }
  std::error_code error;
  if (!fs::is_directory(*db, error)) {
    end(exit_no_input, *db + ": no such database directory");
  }
  return *db;
}

std::string today() {
  const auto day = std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now());
  const std::chrono::year_month_day date(day);
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
}

std::uint8_t newest_slot(const seal::master_keys& keys) {
  return keys.newest().value();  // a file without any is refused
}

using clients = std::vector<access::client_entry>;

// What the list says of a client last; null if it was never there.
const access::client_entry* last_of(const clients& all, const std::string& name) {
  const access::client_entry* out = nullptr;
  for (const access::client_entry& each : all) {
    if (each.name == name && (out == nullptr || each.id > out->id)) {
      out = &each;
    }
  }
  return out;
}

// A random number, since the number decides the keys: one that was given out must not come again,
// whatever somebody took out of the list by hand.
std::uint32_t new_id(const clients& all) {
  for (;;) {
    std::array<std::uint8_t, 4> bytes{};
    seal::fill_random(bytes);
    const std::uint32_t id = load_le<std::uint32_t>(bytes.data()) << 8 | 1;
    const auto taken = [id](const access::client_entry& each) { return each.id >> 8 == id >> 8; };
    if (seal::is_client_id(id) && std::ranges::none_of(all, taken)) {
      return id;
    }
  }
}

// A new client, or new keys for a known one, which keeps its limits where none are given.
access::client_entry entry_of(const client_add_options& options, const clients& all,
                              std::uint8_t slot) {
  const access::client_entry* known = last_of(all, options.name);
  const bool has_next = known != nullptr && (known->id & 0xff) != 0xff;
  access::client_entry out = known != nullptr ? *known : access::client_entry();
  out.id = has_next ? known->id + 1 : new_id(all);
  out.name = options.name;
  out.slot = slot;
  out.network_words = options.networks.empty() ? out.network_words : options.networks;
  out.kind_words = options.kinds.empty() ? out.kind_words : options.kinds;
  out.rate = options.rate == 0 ? out.rate : options.rate;
  out.not_after = options.not_after.empty() ? out.not_after : options.not_after;
  return out;
}

std::optional<seal::deployment_salt> salt_of_database(const fs::path& db) {
  std::string problem;
  auto salt = seal::read_database_salt(db.string(), problem);
  if (!salt) {
    end(exit_no_input, problem);
  }
  return salt;
}

void add_client(const client_add_options& options) {
  const fs::path db = database(options.db);
  const access_directory access(db);
  if (!seal::is_client_name(options.name)) {
    end(exit_usage, "NAME must be 1 to 63 of a-z, 0-9, '-', '.' and '_'");
  }
  const auto suite = seal::parse_cipher_suite(options.suite);
  if (!suite) {
    end(exit_usage, "--suite must be aes-128-gcm or chacha20-poly1305");
  }
  const seal::master_keys keys = access.keys();
  const std::uint8_t slot = newest_slot(keys);
  const std::string text = access.text();
  const clients all = access.read(text);
  for (const access::client_entry& each : all) {
    if (each.name == options.name && each.slot == slot && !each.revoked) {
      end(exit_exists,
          fmt::format("{} has keys already; revoke them first, if they are lost", each.name));
    }
  }
  const access::client_entry entry = entry_of(options, all, slot);
  const std::string added = text + '\n' + write_client(entry);
  std::vector<std::string> problems;
  const clients one = access::read_clients(write_client(entry), "option", problems);
  if (!problems.empty()) {
    // Behind a file, line and column that nobody has written.
    end(exit_usage, problems.front().substr(problems.front().find(' ') + 1));
  }
  const std::string& last_day = one.front().not_after;
  if (!last_day.empty() && last_day < today()) {
    end(exit_usage,
        fmt::format("the last day of {} was {}: give another --not-after", entry.name, last_day));
  }
  (void)access.read(added);  // whatever else is in the file
  const std::string output =
      options.output.empty() ? options.name + ".credentials" : options.output;
  const auto written = seal::write_credentials(
      output, {.name = entry.name,
               .client_id = entry.id,
               .slot = slot,
               .suite = *suite,
               .keys = seal::derive_client_keys(*keys.slots[slot], entry.id),
               .salt = *salt_of_database(db)});
  if (const auto* failed = std::get_if<seal::secret_file_failure>(&written)) {
    const bool is_there = failed->code == seal::secret_file_error::exists;
    end(seal::exit_code(failed->code),
        failed->message + (is_there ? "; -o FILE writes another" : ""));
  }
  try {
    access.write(added);
  } catch (const ended&) {
    if (access.text() != added) {
      ::unlink(output.c_str());  // nobody is let in with them
    }
    throw;
  }
  fmt::print(
      "client {} is let in with id {}; its credentials are in {}: move the file there, and\n"
      "name it in the client's configuration (--credentials FILE)\n",
      entry.name, entry.id, output);
}

// The salt of a database that has neither salt nor snapshot.
void make_salt(const fs::path& db) {
  const fs::path path = db / "salt";
  std::error_code error;
  if (fs::symlink_status(path, error).type() != fs::file_type::not_found) {
    return;
  }
  if (fs::exists(db / "CURRENT", error)) {
    fmt::print("the database was built under the public salt, and keeps it\n");
    return;
  }
  seal::deployment_salt salt;
  seal::fill_random(salt.bytes);
  value_of(store::replace_file(path, seal::to_hex(salt.bytes) + "\n", salt_mode));
  give_to_owner_of_folder(path);
  fmt::print("made {}\n", path.string());
}

void init(const std::string& option) {
  const auto named = database_of(option);
  if (!named) {
    end(exit_usage, no_database);
  }
  const fs::path db = *named;
  std::error_code error;
  make_folders(db);
  if (fs::exists(db / "access", error)) {
    end(exit_exists, (db / "access").string() + " exists already and is not overwritten");
  }
  const fs::path fresh = db / "access.new";
  fs::remove_all(fresh, error);
  if (!fs::create_directory(fresh, error)) {
    end(exit_exists, fmt::format("{}: {}", fresh.string(), error.message()));
  }
  fs::permissions(fresh, fs::perms::owner_all | fs::perms::group_read | fs::perms::group_exec);
  give_to_owner_of_folder(fresh);
  seal::master_keys keys;
  seal::fill_random(keys.slots[0].emplace().bytes());
  value_of(seal::write_master_keys((fresh / "master.keys").string(), keys));
  give_to_owner_of_folder(fresh / "master.keys");
  value_of(store::replace_file(fresh / "clients.toml", clients_head, clients_mode));
  give_to_owner_of_folder(fresh / "clients.toml");
  make_salt(db);
  value_of(store::rename_path(fresh, db / "access"));
  fmt::print("made {}: copy it to every server, and keep a copy in a safe\n",
             (db / "access").string());
}

bool is_expired(const access::client_entry& client) {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const auto now_s =
      static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::seconds>(now).count());
  return client.not_after_unix_s.value_or(UINT64_MAX) < now_s;
}

std::string_view state_of(const access::client_entry& client, const seal::master_keys& keys) {
  return client.revoked             ? "revoked"
         : is_expired(client)       ? "expired"
         : !keys.slots[client.slot] ? "no master key"
                                    : "allowed";
}

std::string limits_of(const access::client_entry& client) {
  std::string out = client.network_words.empty()
                        ? "from anywhere"
                        : fmt::format("from {}", fmt::join(client.network_words, " "));
  out += client.kind_words.empty() ? "" : fmt::format(", {}", fmt::join(client.kind_words, " "));
  out += client.rate == 0 ? "" : fmt::format(", {} a second", client.rate);
  out += client.not_after.empty() ? "" : fmt::format(", until {}", client.not_after);
  return out;
}

std::string json_of(const access::client_entry& client, std::string_view state) {
  return fmt::format(R"({{"id":{},"name":{},"slot":{},"state":{},)", client.id,
                     json_string(client.name), client.slot, json_string(state)) +
         fmt::format(R"("networks":{},"kinds":{},"rate":{},"not_after":{}}})",
                     json_strings(client.network_words), json_strings(client.kind_words),
                     client.rate == 0 ? "null" : std::to_string(client.rate),
                     client.not_after.empty() ? "null" : json_string(client.not_after));
}

void list_clients(const std::string& db, bool json) {
  const access_directory access(database(db));
  const seal::master_keys keys = access.keys();
  for (const access::client_entry& each : access.read(access.text())) {
    const std::string_view state = state_of(each, keys);
    if (json) {
      fmt::print("{}\n", json_of(each, state));
    } else {
      fmt::print("{:<24} {:<8} slot {:<2} {:<13} {}\n", each.name, each.id, each.slot, state,
                 limits_of(each));
    }
  }
}

// The allow list without those of whom `gone` is true, who are marked as revoked.
template <class Gone>
std::string revoked(const access_directory& access, std::string text, Gone gone) {
  clients all = access.read(text);
  // From the end, so that lines above stay where they are.
  std::ranges::sort(all, std::ranges::greater(), &access::client_entry::line);
  for (const access::client_entry& each : all) {
    if (!each.revoked && gone(each)) {
      text = access::revoke_client(text, each.line, today());
    }
  }
  for (const access::client_entry& each : access.read(text)) {
    if (!each.revoked && gone(each)) {
      end(exit_data, access.clients_path() + ": write clients as [[client]], or revoke them there");
    }
  }
  return text;
}

void revoke(const std::string& db, const std::string& name) {
  const access_directory access(database(db));
  const std::string text = access.text();
  const std::string after =
      revoked(access, text, [&](const access::client_entry& each) { return each.name == name; });
  if (after == text) {
    end(exit_no_input, fmt::format("no client {} is let in", name));
  }
  access.write(after);
  fmt::print("client {} is let in no more, where this file is\n", name);
}

// Names of clients that have keys, but none of the slot that will be kept.
std::string left_behind(const clients& all, std::uint8_t kept) {
  std::set<std::string> old;
  for (const access::client_entry& each : all) {
    if (!each.revoked && !is_expired(each) && each.slot != kept) {
      old.insert(each.name);
    }
  }
  for (const access::client_entry& each : all) {
    if (!each.revoked && each.slot == kept) {
      old.erase(each.name);
    }
  }
  return fmt::format("{}", fmt::join(old, " "));
}

void finish_rotation(const access_directory& access, seal::master_keys keys, bool force) {
  const std::uint8_t newest = newest_slot(keys);
  const std::string text = access.text();
  const std::string left = left_behind(access.read(text), newest);
  if (!left.empty() && !force) {
    end(exit_data,
        "these clients have keys of older slots alone; add them again, or --force: " + left);
  }
  access.write(revoked(access, text,
                       [newest](const access::client_entry& each) { return each.slot != newest; }));
  for (std::size_t slot = 0; slot < keys.slots.size(); ++slot) {
    if (slot != newest) {
      keys.slots[slot].reset();
    }
  }
  access.write(keys);
  fmt::print("slot {} is the only one now\n", newest);
}

void rotate(const rotate_options& options) {
  const access_directory access(database(options.db));
  seal::master_keys keys = access.keys();
  const std::uint8_t newest = newest_slot(keys);
  if (options.finish) {
    return finish_rotation(access, std::move(keys), options.force);
  }
  const std::size_t next = (newest + 1U) % seal::slots_max;
  // One stays free, or nobody could tell which is the newest.
  if (keys.slots[(next + 1) % seal::slots_max]) {
    end(exit_exists, "all slots are in use: `repute keys rotate --finish` first");
  }
  seal::fill_random(keys.slots[next].emplace().bytes());
  access.write(keys);
  fmt::print(
      "slot {} is the newest now. Copy {} to every server; then `repute keys client add` for\n"
      "every client, which keeps its old keys until they are revoked; then rotate --finish\n",
      next, access.keys_path());
}

template <class Act>
int run(Act act) {
  seal::keep_out_of_core_dumps();
  try {
    act();
    return exit_ok;
  } catch (const ended& reason) {
    return reason.exit_code;
  } catch (const std::exception& failure) {
    fmt::print(stderr, "repute keys: {}\n", printable(failure.what()));
    return exit_io;
  }
}

}  // namespace

int cmd_access_init(const std::string& db) {
  return run([&] { init(db); });
}

int cmd_client_add(const client_add_options& options) {
  return run([&] { add_client(options); });
}

int cmd_client_list(const std::string& db, bool json) {
  return run([&] { list_clients(db, json); });
}

int cmd_client_revoke(const std::string& db, const std::string& name) {
  return run([&] { revoke(db, name); });
}

int cmd_rotate(const rotate_options& options) {
  return run([&] { rotate(options); });
}

}  // namespace repute::tool
