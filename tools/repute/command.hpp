// SPDX-License-Identifier: Apache-2.0
// Commands as tables: a row is a name, what it is for, and how its options are spelled. Tables by
// group are in options_*.cpp.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <span>
#include <string>

#include "environment.hpp"

namespace repute::tool {

/// Runs the command that was chosen, with the options that were read for it.
using runner = std::function<int()>;

struct command {
  const char* name;
  const char* summary;
  runner (*add)(CLI::App&);  ///< adds its options; null for a command that only groups `nested`
  std::span<const command> nested = {};
};

/// Adds a table of commands to `app`. The chosen one's exit code goes to `result`, which outlives
/// `app`.
void add_commands(CLI::App& app, std::span<const command> commands, int& result);

/// `lookup`, `ping`.
[[nodiscard]] std::span<const command> query_commands() noexcept;
/// `check`, `common-phrases`, `facts`, `report`.
[[nodiscard]] std::span<const command> mail_commands() noexcept;
/// `load`, `explain`.
[[nodiscard]] std::span<const command> data_commands() noexcept;
/// `snapshot` with its own commands.
[[nodiscard]] std::span<const command> snapshot_commands() noexcept;
/// `put`, `del`, `counters`, and `override` with its own commands.
[[nodiscard]] std::span<const command> live_commands() noexcept;
/// `keys` and `servers` with their own commands.
[[nodiscard]] std::span<const command> signing_commands() noexcept;

// Rows of `snapshot` that options_signing.cpp spells.

[[nodiscard]] runner add_snapshot_sign(CLI::App& app);
[[nodiscard]] runner add_snapshot_bundle(CLI::App& app);
[[nodiscard]] runner add_snapshot_import(CLI::App& app);

// Options that several commands share.

void add_database_option(CLI::App& app, std::string& db);
/// For CLI::Option::check: what is wrong if `text` is the word of no kind of key.
[[nodiscard]] std::string check_subject(const std::string& text);
void add_kind_option(CLI::App& app, std::string& kind, const char* help);
void add_psl_option(CLI::App& app, std::string& file);
void add_salt_option(CLI::App& app, std::string& file);
/// Servers, deadline, trust and salt.
void add_connection_options(CLI::App& app, connection_options& options);
void add_trust_options(CLI::App& app, std::string& credentials, bool& plain);

}  // namespace repute::tool
