// SPDX-License-Identifier: Apache-2.0
// A server that the bench starts on a core of its own.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

namespace repute::bench {

/// Runs a program whose standard error tells `udp 127.0.0.1:PORT` and `ready in` when it serves;
/// the destructor ends it. One thread.
class server_child {
 public:
  /// Waits until it is ready. Throws std::runtime_error with what it said if it ends before.
  server_child(const std::string& program, const std::vector<std::string>& arguments, unsigned cpu);
  ~server_child();
  server_child(server_child&& other) noexcept;
  server_child& operator=(server_child&&) = delete;

  [[nodiscard]] pid_t pid() const noexcept { return pid_; }
  /// `127.0.0.1:PORT`
  [[nodiscard]] const std::string& address() const noexcept { return address_; }

 private:
  void start(const std::string& program, const std::vector<std::string>& arguments, int error_end);
  void await_ready(const std::string& program);

  pid_t pid_ = -1;
  int errors_ = -1;
  std::string address_;
};

/// Path of a program built beside this one.
[[nodiscard]] std::string sibling_program(const std::string& name);

}  // namespace repute::bench
