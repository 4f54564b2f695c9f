// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "net/udp_socket.hpp"

namespace repute::control {

/// Sees, by inotify, when DIR/CURRENT is replaced or written.
class current_watch {
 public:
  /// Throws std::system_error if the directory cannot be watched.
  explicit current_watch(const std::filesystem::path& directory);

  /// Readable when something happened in the directory.
  [[nodiscard]] int native_handle() const noexcept { return fd_.get(); }

  /// Takes what has happened, without waiting; true if CURRENT may have changed.
  [[nodiscard]] bool take_events();

 private:
  net::file_descriptor fd_;
};

}  // namespace repute::control
