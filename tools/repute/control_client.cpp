// SPDX-License-Identifier: Apache-2.0
#include "control_client.hpp"

#include <fmt/format.h>
#include <simdjson.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <limits>
#include <thread>
#include <utility>

namespace repute::tool {
namespace {

control_failure failure_of(const std::string& path, std::string_view what, int error) {
  const bool nobody = error == ENOENT || error == ECONNREFUSED || error == ENOTDIR;
  const bool late = error == EAGAIN || error == EWOULDBLOCK;
  return {nobody, nobody ? fmt::format("{}: no reputed serves this directory", path)
                         : fmt::format("{}: {}: {}", path, what,
                                       late ? "no answer in time" : std::strerror(error))};
}

bool set_patience(int fd) {
  const timeval limit{control_client::patience.count(), 0};
  return ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit) == 0 &&
         ::setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit) == 0;
}

// 0, or the errno of what went wrong.
int send_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t sent = ::send(fd, text.data(), text.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno != EINTR) {
      return errno;
    }
    text.remove_prefix(static_cast<std::size_t>(std::max<ssize_t>(sent, 0)));
  }
  return 0;
}

// Nothing if no server answers; 0 if it has no snapshot yet.
std::optional<std::uint32_t> generation_in_status(const std::string& db) {
  auto control = control_client::connect(db);
  if (std::holds_alternative<control_failure>(control)) {
    return std::nullopt;
  }
  const auto reply = std::get<control_client>(control).ask(R"({"cmd":"status"})");
  const auto* line = std::get_if<std::string>(&reply);
  return line == nullptr ? std::nullopt : generation_in(*line);
}

}  // namespace

std::variant<control_client, control_failure> control_client::connect(const std::string& db) {
  const std::string path = db + "/control.sock";
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) {
    return control_failure{false, path + ": too long a name for a socket"};
  }
  std::copy(path.begin(), path.end(), std::begin(address.sun_path));
  control_client made(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), path);
  if (made.fd_ < 0 || !set_patience(made.fd_)) {
    return failure_of(path, "cannot make a socket", errno);
  }
  // The cast is how the sockets interface passes every family of addresses.
  if (::connect(made.fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    return failure_of(path, "cannot connect", errno);
  }
  return made;
}

control_client::~control_client() {
  if (fd_ >= 0) {
    ::close(fd_);
  }
}

control_client::control_client(control_client&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), path_(std::move(other.path_)) {}

std::variant<std::string, control_failure> control_client::ask(std::string_view line) {
  if (const int error = send_all(fd_, std::string(line) + "\n"); error != 0) {
    return failure_of(path_, "cannot send", error);
  }
  std::string reply;
  std::array<char, 16384> buffer{};
  while (!reply.ends_with('\n')) {
    const ssize_t got = ::recv(fd_, buffer.data(), buffer.size(), 0);
    if (got < 0 && errno == EINTR) {
      continue;
    }
    if (got < 0) {
      return failure_of(path_, "cannot receive", errno);
    }
    if (got == 0) {
      return control_failure{false, path_ + ": the server ended the connection"};
    }
    reply.append(buffer.data(), static_cast<std::size_t>(got));
    if (reply.size() > reply_bytes_max) {
      return control_failure{false, path_ + ": a reply without an end"};
    }
  }
  reply.pop_back();
  return reply;
}

std::optional<std::uint32_t> generation_in(std::string_view status_reply) {
  simdjson::dom::parser parser;
  simdjson::dom::element status;
  const simdjson::padded_string padded(status_reply);
  if (parser.parse(padded).get(status) != simdjson::SUCCESS) {
    return std::nullopt;
  }
  std::uint64_t generation = 0;
  const bool named = status["generation"].get(generation) == simdjson::SUCCESS &&
                     generation <= std::numeric_limits<std::uint32_t>::max();
  return named ? static_cast<std::uint32_t>(generation) : 0;
}

std::optional<std::uint32_t> served_generation(const std::string& db) {
  const auto generation = generation_in_status(db);
  return generation.value_or(0) == 0 ? std::nullopt : generation;
}

bool wait_until_served(const std::string& db, std::uint32_t generation,
                       std::chrono::milliseconds limit, std::string& problem) {
  constexpr std::chrono::milliseconds pause{20};
  const auto end = std::chrono::steady_clock::now() + limit;
  for (;;) {
    const auto served = generation_in_status(db);
    if (served == generation) {
      return true;
    }
    if (std::chrono::steady_clock::now() >= end) {
      problem = !served        ? db + ": no reputed answers there"
                : *served == 0 ? db + ": its reputed serves nothing yet"
                               : fmt::format("{}: its reputed serves generation {}", db, *served);
      return false;
    }
    std::this_thread::sleep_for(pause);
  }
}

}  // namespace repute::tool
