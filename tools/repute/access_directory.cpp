// SPDX-License-Identifier: Apache-2.0
#include "access_directory.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "exit_codes.hpp"
#include "text.hpp"

namespace repute::tool {

namespace fs = std::filesystem;

namespace {

std::string unfinished(const std::string& path) {
  return path + ".tmp";
}

// A server reads a file as soon as it has its name, so that its owner must be right by then.
void finish(const std::string& path) {
  try {
    give_to_owner_of_folder(unfinished(path));
    value_of(store::rename_path(unfinished(path), path));
  } catch (const ended&) {
    ::unlink(unfinished(path).c_str());
    throw;
  }
}

}  // namespace

void end(int exit_code, std::string_view what) {
  fmt::print(stderr, "repute keys: {}\n", printable(what));
  throw ended{exit_code};
}

void give_to_owner_of_folder(const fs::path& made) {
  struct stat of {};
  const bool given = ::stat(store::folder_of(made).c_str(), &of) == 0 &&
                     (::lchown(made.c_str(), of.st_uid, of.st_gid) == 0 ||
                      ::geteuid() == of.st_uid);  // who need not be in the folder's group
  if (!given) {
    end(exit_io, fmt::format("{}: cannot be given to the owner of its folder: {}", made.string(),
                             std::strerror(errno)));
  }
}

void make_folders(const fs::path& folder) {
  std::error_code error;
  if (fs::is_directory(folder, error)) {
    return;
  }
  make_folders(store::folder_of(folder));
  if (::mkdir(folder.c_str(), 0777) == 0) {
    give_to_owner_of_folder(folder);
  } else if (errno != EEXIST || !fs::is_directory(folder, error)) {  // it may end with a slash
    end(exit_io, fmt::format("{}: {}", folder.string(), std::strerror(errno)));
  }
}

access_directory::access_directory(const fs::path& db)
    : path_(db / "access"), lock_(::open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
  if (lock_ < 0) {
    end(exit_no_input,
        fmt::format("{}: {}; `repute keys init` makes it", path_.string(), std::strerror(errno)));
  }
  if (::flock(lock_, LOCK_EX) != 0) {
    end(exit_io, fmt::format("{}: {}", path_.string(), std::strerror(errno)));
  }
}

access_directory::~access_directory() {
  ::close(lock_);
}

seal::master_keys access_directory::keys() const {
  return value_of(seal::read_master_keys(keys_path()));
}

std::string access_directory::text() const {
  return value_of(store::read_small_file(clients_path(), access::clients_bytes_max));
}

std::vector<access::client_entry> access_directory::read(std::string_view text) const {
  std::vector<std::string> problems;
  auto out = access::read_clients(text, clients_path(), problems);
  if (!problems.empty()) {
    for (const std::string& problem : problems) {
      fmt::print(stderr, "{}\n", printable(problem));
    }
    throw ended{exit_config};
  }
  return out;
}

void access_directory::write(std::string_view text) const {
  value_of(store::replace_file(unfinished(clients_path()), text, clients_mode));
  finish(clients_path());
}

void access_directory::write(const seal::master_keys& keys) const {
  value_of(seal::replace_master_keys(unfinished(keys_path()), keys));
  finish(keys_path());
}

}  // namespace repute::tool
