// SPDX-License-Identifier: Apache-2.0
#include "load_generator/sockets.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <system_error>

namespace repute::bench {

namespace {

constexpr int buffer_bytes = 8 << 20;  // replies must not be lost on this side
constexpr int relax_rounds = 20;

[[noreturn]] void fail(const char* step) {
  throw std::system_error(errno, std::generic_category(), step);
}

void set_buffer(int fd, int forced, int polite) {
  // Only root may go beyond the system's limit; others get what is left of the wish.
  if (::setsockopt(fd, SOL_SOCKET, forced, &buffer_bytes, sizeof buffer_bytes) != 0) {
    ::setsockopt(fd, SOL_SOCKET, polite, &buffer_bytes, sizeof buffer_bytes);
  }
}

}  // namespace

descriptor::~descriptor() {
  if (fd_ >= 0) {
    ::close(fd_);
  }
}

descriptor connect_socket(const target& to, int type) {
  descriptor out(::socket(to.address.ss_family, type | SOCK_CLOEXEC, 0));
  if (out.get() < 0) {
    fail("socket");
  }
  if (type == SOCK_DGRAM) {
    set_buffer(out.get(), SO_RCVBUFFORCE, SO_RCVBUF);
    set_buffer(out.get(), SO_SNDBUFFORCE, SO_SNDBUF);
  } else {
    const int on = 1;
    ::setsockopt(out.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  }
  if (::connect(out.get(), reinterpret_cast<const sockaddr*>(&to.address), to.size) != 0) {
    fail("connect");
  }
  if (::fcntl(out.get(), F_SETFL, O_NONBLOCK) != 0) {
    fail("fcntl");
  }
  return out;
}

std::optional<target> parse_target(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) {
    return std::nullopt;
  }
  std::uint16_t port = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data() + colon + 1, end, port);
  if (error != std::errc() || stop != end || port == 0) {
    return std::nullopt;
  }
  std::string host(text.substr(0, colon));
  target out;
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
    auto* in6 = reinterpret_cast<sockaddr_in6*>(&out.address);
    in6->sin6_family = AF_INET6;
    in6->sin6_port = htons(port);
    out.size = sizeof *in6;
    return ::inet_pton(AF_INET6, host.c_str(), &in6->sin6_addr) == 1 ? std::optional(out)
                                                                     : std::nullopt;
  }
  auto* in4 = reinterpret_cast<sockaddr_in*>(&out.address);
  in4->sin_family = AF_INET;
  in4->sin_port = htons(port);
  out.size = sizeof *in4;
  return ::inet_pton(AF_INET, host.c_str(), &in4->sin_addr) == 1 ? std::optional(out)
                                                                 : std::nullopt;
}

bool pin_to_cpu(unsigned cpu) noexcept {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(cpu, &set);
  return ::sched_setaffinity(0, sizeof set, &set) == 0;
}

void relax() noexcept {
  for (int i = 0; i < relax_rounds; ++i) {
#ifdef __x86_64__
    __builtin_ia32_pause();
#else
    std::atomic_signal_fence(std::memory_order_seq_cst);
#endif
  }
}

}  // namespace repute::bench
