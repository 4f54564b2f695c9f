// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "net/udp_socket.hpp"

namespace repute::control {

/// Sees, by inotify, when DIR/CURRENT or a file in DIR/access is replaced or written, or DIR/access
/// comes into being. Files named *.tmp are somebody's who will rename them.
class database_watch {
 public:
  struct changes {
    bool current = false;
    bool access = false;
  };

  /// Throws std::system_error if the directory cannot be watched.
  explicit database_watch(const std::filesystem::path& directory);

  /// Readable when something happened in the directory.
  [[nodiscard]] int native_handle() const noexcept { return fd_.get(); }

  /// Takes what has happened, without waiting: what may have changed.
  [[nodiscard]] changes take_events();

 private:
  void watch_access() noexcept;

  std::filesystem::path access_;
  net::file_descriptor fd_;
  int access_watch_ = -1;
};

}  // namespace repute::control
