// SPDX-License-Identifier: Apache-2.0
#include "list_keeper.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <boost/system/system_error.hpp>
#include <cstdio>
#include <fstream>
#include <utility>

#include "repute/client/error.hpp"

namespace repute {
namespace {

constexpr mode_t file_mode = 0644;

bool write_all(int file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(file, text.data(), text.size());
    if (written < 0 && errno == EINTR) {
      continue;
    }
    if (written <= 0) {
      return false;
    }
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return ::fsync(file) == 0;
}

}  // namespace

list_keeper::list_keeper(const std::string& key_word, std::string file) : file_(std::move(file)) {
  if (!key_word.empty()) {
    key_ = seal::parse_public_key(key_word);
    if (!key_) {
      throw boost::system::system_error(errc::bad_key, "list_key");
    }
  }
}

std::optional<seal::server_list> list_keeper::from_file() {
  if (!enabled() || file_.empty()) {
    return std::nullopt;
  }
  std::ifstream in(file_, std::ios::binary);
  std::string text(seal::server_list_bytes_max + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  return text.empty() ? std::nullopt : checked(text);
}

std::optional<seal::server_list> list_keeper::consider(std::string_view document,
                                                       std::uint32_t data_epoch) {
  if (!enabled()) {
    return std::nullopt;
  }
  const std::uint32_t before = version_;
  auto list = checked(document);
  if (list && list->data_epoch != data_epoch) {
    problem_ = "the list is for data epoch " + std::to_string(list->data_epoch) +
               ", its server's is " + std::to_string(data_epoch);
    version_ = before;
    return std::nullopt;
  }
  if (list && !file_.empty() && !write(document)) {
    problem_ = file_ + ": cannot be written; the list is in force until this process ends";
  }
  return list;
}

std::optional<seal::server_list> list_keeper::checked(std::string_view document) {
  problem_.clear();
  auto read = seal::decode_server_list(document, problem_);
  if (!read) {
    problem_ = "not a list of servers: " + problem_;
    return std::nullopt;
  }
  if (read->by.key != *key_) {
    problem_ = "the list is signed by another key, " + seal::to_string(read->by.key);
    return std::nullopt;
  }
  if (!seal::verify_server_list(document, *read)) {
    problem_ = "the list's signature is wrong";
    return std::nullopt;
  }
  if (read->list.version <= version_) {
    problem_ = "the list is no newer than version " + std::to_string(version_);
    return std::nullopt;
  }
  version_ = read->list.version;
  return std::move(read->list);
}

bool list_keeper::write(std::string_view document) const {
  const std::string fresh = file_ + ".new";
  const int file = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, file_mode);
  if (file < 0) {
    return false;
  }
  const bool written = write_all(file, document);
  ::close(file);
  return written && std::rename(fresh.c_str(), file_.c_str()) == 0;
}

}  // namespace repute
