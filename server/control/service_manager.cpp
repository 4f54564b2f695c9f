// SPDX-License-Identifier: Apache-2.0
#include "control/service_manager.hpp"

#include <fmt/core.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>

#include "control/exit_codes.hpp"

namespace repute::control {

namespace {

std::string_view variable(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr ? value : "";
}

std::optional<std::int64_t> number(std::string_view text) {
  std::int64_t out = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc() && end == text.data() + text.size() ? std::optional(out)
                                                                  : std::nullopt;
}

// A name that begins with @ is of the abstract namespace, where a zero byte comes first.
net::file_descriptor connect_to(std::string_view name) {
  sockaddr_un address{};
  if ((name[0] != '/' && name[0] != '@') || name.size() >= sizeof address.sun_path) {
    throw start_failure(exit_config, fmt::format("NOTIFY_SOCKET={}: names no socket", name));
  }
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, name.data(), name.size());
  if (name[0] == '@') {
    address.sun_path[0] = '\0';
  }
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
  net::file_descriptor out(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (out.get() < 0 || ::connect(out.get(), reinterpret_cast<sockaddr*>(&address), size) != 0) {
    throw start_failure(exit_unavailable,
                        fmt::format("NOTIFY_SOCKET={}: {}", name, std::strerror(errno)));
  }
  return out;
}

}  // namespace

service_manager::service_manager() {
  const std::string_view name = variable("NOTIFY_SOCKET");
  if (name.empty()) {
    return;
  }
  fd_ = connect_to(name);
  const auto time = number(variable("WATCHDOG_USEC"));
  const auto watched = number(variable("WATCHDOG_PID"));
  const bool is_this_one = variable("WATCHDOG_PID").empty() || watched == ::getpid();
  if (time && *time > 0 && is_this_one) {
    watchdog_time_ = std::chrono::microseconds(*time);
  }
}

void service_manager::ready() const noexcept {
  tell("READY=1", 0);  // once lost, it would be waited for in vain
}

void service_manager::status(std::string_view line) const {
  tell(fmt::format("STATUS={}", line), MSG_DONTWAIT);
}

void service_manager::stopping() const noexcept {
  tell("STOPPING=1", MSG_DONTWAIT);
}

void service_manager::alive() const noexcept {
  tell("WATCHDOG=1", MSG_DONTWAIT);
}

// A manager that cannot be told has its own remedy, which is a restart; this server serves on.
void service_manager::tell(std::string_view assignment, int flags) const noexcept {
  if (fd_.get() >= 0) {
    (void)::send(fd_.get(), assignment.data(), assignment.size(), MSG_NOSIGNAL | flags);
  }
}

}  // namespace repute::control
