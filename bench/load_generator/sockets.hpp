// SPDX-License-Identifier: Apache-2.0
// Sockets of the engines.
#pragma once

#include <string>
#include <utility>

#include "load_generator/engine.hpp"

namespace repute::bench {

/// Owns a file descriptor.
class descriptor {
 public:
  explicit descriptor(int fd = -1) noexcept : fd_(fd) {}
  ~descriptor();
  descriptor(descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  descriptor& operator=(descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  [[nodiscard]] int get() const noexcept { return fd_; }

 private:
  int fd_;
};

/// A non-blocking socket connected to `to`, SOCK_DGRAM with large buffers or SOCK_STREAM without
/// Nagle's delay. Throws std::system_error.
[[nodiscard]] descriptor connect_socket(const target& to, int type);

/// Spends a moment without asking the memory or the other hyperthread for anything.
void relax() noexcept;

}  // namespace repute::bench
