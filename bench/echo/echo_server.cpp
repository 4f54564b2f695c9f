// SPDX-License-Identifier: Apache-2.0
// The ceiling: what a server of one thread can receive and send without doing anything between.
//   echo_server --mode recvfrom|mmsg|mmsg-gso|gro-gso [--listen 127.0.0.1:0]
// recvfrom  one datagram a system call
// mmsg      epoll, recvmmsg and sendmmsg of 32
// mmsg-gso  the same, replies to one peer within a batch leave as one UDP_SEGMENT send
// gro-gso   UDP_GRO on receive: what a peer sent as one burst arrives, and leaves again, as one
// Says where it listens on standard error, like reputed, and runs until it is killed.
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <sys/epoll.h>
#include <sys/uio.h>

#include <CLI/CLI.hpp>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <stdexcept>
#include <string>

#include "load_generator/engine.hpp"
#include "load_generator/sockets.hpp"

namespace {

using repute::bench::descriptor;

constexpr std::size_t batch = 32;
constexpr std::size_t datagram_max = 2048;
constexpr std::size_t merged_max = 65536;  // of one UDP_GRO receive
constexpr std::size_t merged_batch = 8;
constexpr int buffer_bytes = 1 << 20;  // what reputed asks for

[[noreturn]] void fail(const char* step) {
  throw std::runtime_error(fmt::format("{}: {}", step, std::strerror(errno)));
}

// Port 0 is any free one, so the text is not one of parse_target()'s.
descriptor listen_on(const std::string& text, bool blocking, std::string& bound) {
  const std::size_t colon = text.rfind(':');
  const bool any = text.ends_with(":0");
  const auto address = repute::bench::parse_target(any ? text.substr(0, colon) + ":1" : text);
  if (!address || address->address.ss_family != AF_INET) {
    throw std::runtime_error("--listen wants an IPv4 address and a port");
  }
  auto to = *address;
  auto* in4 = reinterpret_cast<sockaddr_in*>(&to.address);
  in4->sin_port = any ? 0 : in4->sin_port;
  descriptor out(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | (blocking ? 0 : SOCK_NONBLOCK), 0));
  if (out.get() < 0) {
    fail("socket");
  }
  ::setsockopt(out.get(), SOL_SOCKET, SO_RCVBUF, &buffer_bytes, sizeof buffer_bytes);
  if (::bind(out.get(), reinterpret_cast<const sockaddr*>(&to.address), to.size) != 0) {
    fail("bind");
  }
  ::getsockname(out.get(), reinterpret_cast<sockaddr*>(&to.address), &to.size);
  bound = fmt::format("{}:{}", text.substr(0, colon), ntohs(in4->sin_port));
  return out;
}

struct alignas(cmsghdr) control_room {
  std::array<char, CMSG_SPACE(sizeof(int))> bytes;
};

// Asks the kernel to cut the message into datagrams of `size` bytes.
void put_segment_size(msghdr& message, control_room& room, std::uint16_t size) {
  message.msg_control = room.bytes.data();
  message.msg_controllen = CMSG_SPACE(sizeof size);
  std::memset(room.bytes.data(), 0, room.bytes.size());
  cmsghdr* head = CMSG_FIRSTHDR(&message);
  head->cmsg_level = SOL_UDP;
  head->cmsg_type = UDP_SEGMENT;
  head->cmsg_len = CMSG_LEN(sizeof size);
  std::memcpy(CMSG_DATA(head), &size, sizeof size);
}

void send_all(int fd, mmsghdr* messages, std::size_t count) {
  for (std::size_t at = 0; at < count;) {
    const int sent = ::sendmmsg(fd, messages + at, static_cast<unsigned>(count - at), 0);
    at += sent > 0 ? static_cast<std::size_t>(sent) : 1;  // what cannot be sent is left out
  }
}

// Datagrams of one receive, with room for `Size` bytes each.
template <std::size_t Count, std::size_t Size>
struct arrivals {
  std::array<std::array<std::uint8_t, Size>, Count> bytes;
  std::array<sockaddr_in, Count> peers;
  std::array<iovec, Count> vectors;
  std::array<mmsghdr, Count> messages;
  std::array<control_room, Count> controls;

  std::size_t receive(int fd, bool with_control) {
    for (std::size_t i = 0; i < Count; ++i) {
      vectors[i] = {bytes[i].data(), Size};
      msghdr& message = messages[i].msg_hdr;
      message = {};
      message.msg_name = &peers[i];
      message.msg_namelen = sizeof peers[i];
      message.msg_iov = &vectors[i];
      message.msg_iovlen = 1;
      message.msg_control = with_control ? controls[i].bytes.data() : nullptr;
      message.msg_controllen = with_control ? controls[i].bytes.size() : 0;
    }
    const int got = ::recvmmsg(fd, messages.data(), Count, MSG_DONTWAIT, nullptr);
    for (int i = 0; i < got; ++i) {
      vectors[static_cast<std::size_t>(i)].iov_len = messages[static_cast<std::size_t>(i)].msg_len;
    }
    return got < 0 ? 0 : static_cast<std::size_t>(got);
  }
};

using batch_arrivals = arrivals<batch, datagram_max>;

void echo_batch(int fd, batch_arrivals& in) {
  for (std::size_t got = batch; got == batch;) {
    got = in.receive(fd, false);
    send_all(fd, in.messages.data(), got);
  }
}

// Replies of one batch by peer: datagrams of one peer and size become one message of many parts.
class merger {
 public:
  void add(sockaddr_in& peer, const iovec& bytes) {
    message& to = message_for(peer, bytes.iov_len);
    to.parts[to.count++] = bytes;
  }

  void send(int fd) {
    for (std::size_t i = 0; i < used_; ++i) {
      msghdr& header = headers_[i].msg_hdr;
      header = {};
      header.msg_name = messages_[i].peer;
      header.msg_namelen = sizeof(sockaddr_in);
      header.msg_iov = messages_[i].parts.data();
      header.msg_iovlen = messages_[i].count;
      if (messages_[i].count > 1) {
        put_segment_size(header, controls_[i],
                         static_cast<std::uint16_t>(messages_[i].parts[0].iov_len));
      }
    }
    send_all(fd, headers_.data(), used_);
    used_ = 0;
  }

 private:
  struct message {
    sockaddr_in* peer = nullptr;
    std::size_t count = 0;
    std::array<iovec, batch> parts;
  };

  message& message_for(sockaddr_in& peer, std::size_t size) {
    for (std::size_t i = 0; i < used_; ++i) {
      message& each = messages_[i];
      if (each.parts[0].iov_len == size && each.peer->sin_port == peer.sin_port &&
          each.peer->sin_addr.s_addr == peer.sin_addr.s_addr) {
        return each;
      }
    }
    messages_[used_].peer = &peer;
    messages_[used_].count = 0;
    return messages_[used_++];
  }

  std::array<message, batch> messages_;
  std::array<mmsghdr, batch> headers_;
  std::array<control_room, batch> controls_;
  std::size_t used_ = 0;
};

void echo_merged(int fd, batch_arrivals& in, merger& out) {
  for (std::size_t got = batch; got == batch;) {
    got = in.receive(fd, false);
    for (std::size_t i = 0; i < got; ++i) {
      out.add(in.peers[i], in.vectors[i]);
    }
    out.send(fd);
  }
}

using merged_arrivals = arrivals<merged_batch, merged_max>;

std::uint16_t gro_size(msghdr& message) {
  int size = 0;
  for (cmsghdr* at = CMSG_FIRSTHDR(&message); at != nullptr; at = CMSG_NXTHDR(&message, at)) {
    if (at->cmsg_level == SOL_UDP && at->cmsg_type == UDP_GRO) {
      std::memcpy(&size, CMSG_DATA(at), sizeof size);
    }
  }
  return static_cast<std::uint16_t>(size);
}

void echo_bursts(int fd, merged_arrivals& in) {
  for (std::size_t got = merged_batch; got == merged_batch;) {
    got = in.receive(fd, true);
    for (std::size_t i = 0; i < got; ++i) {
      msghdr& message = in.messages[i].msg_hdr;
      const std::uint16_t size = gro_size(message);
      message.msg_control = nullptr;
      message.msg_controllen = 0;
      if (size != 0 && in.messages[i].msg_len > size) {
        put_segment_size(message, in.controls[i], size);
      }
    }
    send_all(fd, in.messages.data(), got);
  }
}

[[noreturn]] void echo_singly(int fd) {
  std::array<std::uint8_t, datagram_max> bytes{};
  for (;;) {
    sockaddr_in peer{};
    socklen_t size = sizeof peer;
    auto* address = reinterpret_cast<sockaddr*>(&peer);
    const ssize_t got = ::recvfrom(fd, bytes.data(), bytes.size(), 0, address, &size);
    if (got >= 0) {
      ::sendto(fd, bytes.data(), static_cast<std::size_t>(got), 0, address, size);
    }
  }
}

// Calls `serve` whenever there is something to read.
template <class Serve>
[[noreturn]] void loop(int fd, Serve serve) {
  const descriptor epoll(::epoll_create1(EPOLL_CLOEXEC));
  epoll_event event{};
  event.events = EPOLLIN;
  if (::epoll_ctl(epoll.get(), EPOLL_CTL_ADD, fd, &event) != 0) {
    fail("epoll_ctl");
  }
  for (;;) {
    ::epoll_wait(epoll.get(), &event, 1, -1);
    serve();
  }
}

void run(const std::string& mode, const std::string& listen) {
  std::string bound;
  const descriptor socket = listen_on(listen, mode == "recvfrom", bound);
  const int fd = socket.get();
  const int on = 1;
  if (mode == "gro-gso" && ::setsockopt(fd, SOL_UDP, UDP_GRO, &on, sizeof on) != 0) {
    fail("UDP_GRO");
  }
  fmt::print(stderr, "echo_server {}  udp {}  ready in 0 s\n", mode, bound);
  if (mode == "recvfrom") {
    echo_singly(fd);
  }
  if (mode == "gro-gso") {
    const auto in = std::make_unique<merged_arrivals>();
    loop(fd, [&] { echo_bursts(fd, *in); });
  }
  const auto in = std::make_unique<batch_arrivals>();
  if (mode == "mmsg") {
    loop(fd, [&] { echo_batch(fd, *in); });
  }
  merger out;
  loop(fd, [&] { echo_merged(fd, *in, out); });
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Sends every datagram back: the ceiling of a server of one thread.", "echo_server");
  std::string mode;
  std::string listen = "127.0.0.1:0";
  app.add_option("--mode", mode, "how datagrams are received and sent")
      ->required()
      ->check(CLI::IsMember({"recvfrom", "mmsg", "mmsg-gso", "gro-gso"}));
  app.add_option("--listen", listen, "IPv4 address and port")->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  try {
    run(mode, listen);
  } catch (const std::exception& error) {
    fmt::print(stderr, "echo_server: {}\n", error.what());
    return 71;
  }
}
