// SPDX-License-Identifier: Apache-2.0
// The files of DIR/access, for the commands that change them, and how these commands end early.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "access/clients_file.hpp"
#include "repute/seal/credentials.hpp"
#include "store/file.hpp"

namespace repute::tool {

/// Thrown where a command ends early, with everything said already.
struct ended {
  int exit_code;
};

/// Says `repute keys: WHAT` and throws ended.
[[noreturn]] void end(int exit_code, std::string_view what);

template <class T>
T value_of(std::variant<T, seal::secret_file_failure> read) {
  if (const auto* failed = std::get_if<seal::secret_file_failure>(&read)) {
    end(seal::exit_code(failed->code), failed->message);
  }
  return std::get<T>(std::move(read));
}

template <class T>
T value_of(store::result<T> got) {
  if (!got) {
    end(store::exit_code(got.error().code), got.error().message);
  }
  if constexpr (!std::is_void_v<T>) {
    return std::move(*got);
  }
}

inline constexpr unsigned clients_mode = 0640;

/// What root makes goes to whoever owns the folder that it is in, or the server could not read it.
void give_to_owner_of_folder(const std::filesystem::path& made);

/// Makes `folder` and those above it, where they are missing; each belongs to whoever owns the one
/// above it.
void make_folders(const std::filesystem::path& folder);

/// DIR/access, held so that nobody else changes it meanwhile.
class access_directory {
 public:
  explicit access_directory(const std::filesystem::path& db);
  ~access_directory();
  access_directory(const access_directory&) = delete;
  access_directory& operator=(const access_directory&) = delete;

  [[nodiscard]] std::string keys_path() const { return (path_ / "master.keys").string(); }
  [[nodiscard]] std::string clients_path() const { return (path_ / "clients.toml").string(); }

  [[nodiscard]] seal::master_keys keys() const;
  /// Of clients.toml.
  [[nodiscard]] std::string text() const;
  [[nodiscard]] std::vector<access::client_entry> read(std::string_view text) const;
  void write(std::string_view text) const;
  void write(const seal::master_keys& keys) const;

 private:
  std::filesystem::path path_;
  int lock_;
};

}  // namespace repute::tool
