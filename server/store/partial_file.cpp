// SPDX-License-Identifier: Apache-2.0
#include "store/partial_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace repute::store {

result<partial_file> partial_file::create(std::filesystem::path to) {
  std::filesystem::path temporary = to;
  temporary += ".tmp";
  ::unlink(temporary.c_str());  // left by a killed writer, perhaps read-only
  constexpr mode_t owner_alone = 0600;
  descriptor file(::open(temporary.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, owner_alone));
  if (file.get() < 0) {
    return system_failure(temporary, "cannot create", errno);
  }
  return partial_file(std::move(to), std::move(temporary), std::move(file));
}

partial_file::~partial_file() {
  if (!temporary_.empty()) {
    ::unlink(temporary_.c_str());
  }
}

result<void> partial_file::sync(unsigned mode) {
  if (::fchmod(file_.get(), mode) != 0 || ::fsync(file_.get()) != 0) {
    return system_failure(temporary_, "cannot sync", errno);
  }
  return {};
}

result<void> partial_file::finish() {
  if (const auto done = rename_path(temporary_, to_); !done) {
    return done;
  }
  temporary_.clear();
  return {};
}

}  // namespace repute::store
