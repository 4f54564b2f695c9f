// SPDX-License-Identifier: Apache-2.0
#include <netinet/in.h>
#include <netinet/udp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <optional>

#include "net/datagram_io.hpp"
#include "net/reply_merger.hpp"
#include "repute/schema/wire.hpp"

namespace repute::net {

namespace {

using query::batch_max;

constexpr int send_wait_ms = 1;
constexpr std::uint64_t ns_per_us = 1000;

std::uint64_t to_ns(const timespec& from) noexcept {
  return static_cast<std::uint64_t>(from.tv_sec) * 1'000'000'000 +
         static_cast<std::uint64_t>(from.tv_nsec);
}

std::uint64_t realtime_now_ns() noexcept {
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  return to_ns(now);
}

template <class T>
T control_value(const cmsghdr* from) noexcept {
  T out;
  std::memcpy(&out, CMSG_DATA(from), sizeof out);
  return out;
}

// Room for the larger of the two packet infos, a receive time and a piece size.
struct control_buffer {
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(timespec)) + CMSG_SPACE(sizeof(in6_pktinfo)) +
                                        CMSG_SPACE(sizeof(int))> bytes;
};

// Requests that the kernel merged come as one message of at most so many bytes. A little more, so
// that messages do not all begin in the same set of a cache.
constexpr std::size_t merged_bytes = 65'536 + 1'344;

// What the kernel says about a datagram beside its bytes.
struct packet_facts {
  std::optional<std::uint64_t> received_ns;
  std::optional<in_pktinfo> asked4;
  std::optional<in6_pktinfo> asked6;
  std::size_t piece_bytes = 0;  // of merged requests, all but the last; 0: there is one
};

packet_facts read_control(msghdr& message) noexcept {
  packet_facts out;
  for (cmsghdr* at = CMSG_FIRSTHDR(&message); at != nullptr; at = CMSG_NXTHDR(&message, at)) {
    if (at->cmsg_level == SOL_SOCKET && at->cmsg_type == SCM_TIMESTAMPNS) {
      out.received_ns = to_ns(control_value<timespec>(at));
    } else if (at->cmsg_level == IPPROTO_IP && at->cmsg_type == IP_PKTINFO) {
      out.asked4 = control_value<in_pktinfo>(at);
    } else if (at->cmsg_level == IPPROTO_IPV6 && at->cmsg_type == IPV6_PKTINFO) {
      out.asked6 = control_value<in6_pktinfo>(at);
    } else if (at->cmsg_level == SOL_UDP && at->cmsg_type == UDP_GRO) {
      out.piece_bytes = static_cast<std::size_t>(std::max(control_value<int>(at), 0));
    }
  }
  return out;
}

// Adds a control message; msg_control points to the buffer, msg_controllen says what is used.
template <class T>
void add_control(msghdr& message, int level, int type, const T& value) noexcept {
  auto* head =
      reinterpret_cast<cmsghdr*>(static_cast<char*>(message.msg_control) + message.msg_controllen);
  std::memset(static_cast<void*>(head), 0, CMSG_SPACE(sizeof value));
  head->cmsg_level = level;
  head->cmsg_type = type;
  head->cmsg_len = CMSG_LEN(sizeof value);
  std::memcpy(CMSG_DATA(head), &value, sizeof value);
  message.msg_controllen += CMSG_SPACE(sizeof value);
}

std::uint32_t waited_us(std::uint64_t received_ns, std::uint64_t now_ns) noexcept {
  // A clock set back between the two readings must not look like a long wait.
  const std::uint64_t waited = now_ns > received_ns ? (now_ns - received_ns) / ns_per_us : 0;
  return static_cast<std::uint32_t>(std::min<std::uint64_t>(waited, UINT32_MAX));
}

class mmsg_io final : public datagram_io {
 public:
  mmsg_io(udp_socket socket, merging merge)
      : socket_(std::move(socket)),
        merge_(merge.replies),
        room_(merge.requests && accept_merged() ? merged_bytes : wire::request_size_max),
        bytes_(std::make_unique_for_overwrite<std::uint8_t[]>(room_ * batch_max)),
        buffers_(std::make_unique<buffers>()) {}

  std::span<const query::datagram> receive(std::uint64_t& realtime_ns) override;
  bool has_more() const noexcept override { return next_message_ < messages_; }
  std::size_t send(std::span<const query::reply> replies) override;
  std::uint32_t kernel_drops() const noexcept override { return net::kernel_drops(socket_); }
  int receive_buffer() const noexcept override { return socket_.receive_buffer; }
  int waiting_bytes() const noexcept override { return net::waiting_bytes(socket_); }
  void set_receive_buffer(int bytes) noexcept override { net::set_receive_buffer(socket_, bytes); }
  int native_handle() const noexcept override { return socket_.fd.get(); }

 private:
  // What is known of a message; send() uses the kernel's structures for replies.
  struct received {
    socket_address peer;
    packet_facts facts;
    std::size_t bytes = 0;
    bool truncated = false;
  };
  struct buffers {
    std::array<control_buffer, batch_max> controls;
    std::array<iovec, batch_max> vectors;
    std::array<mmsghdr, batch_max> messages;
    std::array<received, batch_max> arrivals;
    std::array<query::datagram, batch_max> datagrams;
    std::array<std::uint8_t, batch_max> message_of;  // of each datagram
  };

  // What one send() has spent of its patience.
  struct patience {
    bool waited = false;
    bool retried = false;
  };

  [[nodiscard]] bool accept_merged() const noexcept;
  int receive_once() noexcept;
  void receive_messages() noexcept;
  void take(std::size_t i, std::uint64_t now_ns) noexcept;
  [[nodiscard]] const received& arrival_of(std::size_t datagram) const noexcept {
    return buffers_->arrivals[buffers_->message_of[datagram]];
  }
  void prepare(const departure& from, std::size_t i, std::span<const query::reply> replies,
               std::span<const std::uint8_t> order) noexcept;
  std::size_t send_planned(std::span<const departure> departures,
                           std::span<const query::reply> replies, patience& left) noexcept;
  std::size_t send_apart(int error, std::size_t i, const departure& from,
                         std::span<const query::reply> replies, patience& left) noexcept;
  bool may_go_on_after(int error, patience& left) noexcept;

  udp_socket socket_;
  bool merge_;
  std::size_t room_;          // bytes of a message
  std::size_t messages_ = 0;  // of the last recvmmsg
  std::size_t next_message_ = 0;
  std::size_t next_byte_ = 0;  // in that message
  std::size_t received_ = 0;   // datagrams of the last receive()
  reply_merger merger_;
  std::unique_ptr<std::uint8_t[]> bytes_;
  std::unique_ptr<buffers> buffers_;
};

// False where the kernel (before 5.0) does not merge.
bool mmsg_io::accept_merged() const noexcept {
  const int on = 1;
  return ::setsockopt(native_handle(), SOL_UDP, UDP_GRO, &on, sizeof on) == 0;
}

int mmsg_io::receive_once() noexcept {
  for (std::size_t i = 0; i < batch_max; ++i) {
    auto& each = *buffers_;
    each.vectors[i] = {bytes_.get() + i * room_, room_};
    msghdr& message = each.messages[i].msg_hdr;
    message = {};
    message.msg_name = &each.arrivals[i].peer.storage;
    message.msg_namelen = sizeof each.arrivals[i].peer.storage;
    message.msg_iov = &each.vectors[i];
    message.msg_iovlen = 1;
    message.msg_control = each.controls[i].bytes.data();
    message.msg_controllen = each.controls[i].bytes.size();
  }
  return ::recvmmsg(native_handle(), buffers_->messages.data(), batch_max, MSG_DONTWAIT, nullptr);
}

void mmsg_io::receive_messages() noexcept {
  int count = receive_once();
  if (count < 0 && errno != EAGAIN) {
    // An error that an earlier reply left on the socket is told here once; the datagrams still
    // wait.
    count = receive_once();
  }
  messages_ = static_cast<std::size_t>(std::max(count, 0));
  next_message_ = 0;
  next_byte_ = 0;
  for (std::size_t i = 0; i < messages_; ++i) {
    received& from = buffers_->arrivals[i];
    from.peer.size = buffers_->messages[i].msg_hdr.msg_namelen;
    from.facts = read_control(buffers_->messages[i].msg_hdr);
    from.bytes = buffers_->messages[i].msg_len;
    from.truncated = (buffers_->messages[i].msg_hdr.msg_flags & MSG_TRUNC) != 0;
  }
}

std::span<const query::datagram> mmsg_io::receive(std::uint64_t& realtime_ns) {
  if (!has_more()) {
    receive_messages();
  }
  realtime_ns = realtime_now_ns();
  received_ = 0;
  while (has_more() && received_ < batch_max) {
    take(received_++, realtime_ns);
  }
  return std::span<const query::datagram>(buffers_->datagrams).first(received_);
}

// Datagram `i` is the next piece of the next message.
void mmsg_io::take(std::size_t i, std::uint64_t now_ns) noexcept {
  const received& from = buffers_->arrivals[next_message_];
  const std::size_t left = from.bytes - next_byte_;
  const std::size_t piece = from.facts.piece_bytes;
  const std::size_t size = piece == 0 ? left : std::min(left, piece);
  query::datagram& to = buffers_->datagrams[i];
  to.bytes = {bytes_.get() + next_message_ * room_ + next_byte_,
              std::min(size, wire::request_size_max)};
  to.truncated = size > wire::request_size_max || from.truncated;
  to.peer = to_endpoint(from.peer);
  to.local = to_endpoint(socket_.local);
  to.waited_us = from.facts.received_ns ? waited_us(*from.facts.received_ns, now_ns) : 0;
  to.broadcast = false;
  if (from.facts.asked4) {
    std::memcpy(to.local.address.data() + 12, &from.facts.asked4->ipi_addr, 4);
    // spec_dst is what this host would answer from, if the kernel still knew the route.
    const in_addr_t answers_from = from.facts.asked4->ipi_spec_dst.s_addr;
    to.broadcast = answers_from != 0 && answers_from != from.facts.asked4->ipi_addr.s_addr;
  } else if (from.facts.asked6) {
    std::memcpy(to.local.address.data(), &from.facts.asked6->ipi6_addr, to.local.address.size());
  }
  buffers_->message_of[i] = static_cast<std::uint8_t>(next_message_);
  next_byte_ += size;
  if (next_byte_ >= from.bytes) {
    ++next_message_;
    next_byte_ = 0;
  }
}

// Makes message `i` of a departure. Its pieces lie in `vectors` at the places that they have in the
// order of sending.
void mmsg_io::prepare(const departure& from, std::size_t i, std::span<const query::reply> replies,
                      std::span<const std::uint8_t> order) noexcept {
  for (std::size_t at = from.first; at < std::size_t{from.first} + from.count; ++at) {
    const byte_view piece = replies[order[at]].bytes;
    // sendmmsg reads only; the kernel's structures have no const.
    buffers_->vectors[at] = {const_cast<std::uint8_t*>(piece.data()), piece.size()};
  }
  const received& asked = arrival_of(replies[order[from.first]].index);
  msghdr& message = buffers_->messages[i].msg_hdr;
  message = {};
  message.msg_name = const_cast<sockaddr_storage*>(&asked.peer.storage);
  message.msg_namelen = asked.peer.size;
  message.msg_iov = &buffers_->vectors[from.first];
  message.msg_iovlen = from.count;
  message.msg_control = buffers_->controls[i].bytes.data();
  if (asked.facts.asked4) {
    // No interface is named: the route back need not be the way in.
    const in_pktinfo source{
        .ipi_ifindex = 0, .ipi_spec_dst = asked.facts.asked4->ipi_spec_dst, .ipi_addr = {}};
    add_control(message, IPPROTO_IP, IP_PKTINFO, source);
  } else if (asked.facts.asked6) {
    in6_pktinfo source = *asked.facts.asked6;
    if (!IN6_IS_ADDR_LINKLOCAL(&source.ipi6_addr)) {
      source.ipi6_ifindex = 0;
    }
    add_control(message, IPPROTO_IPV6, IPV6_PKTINFO, source);
  }
  if (from.count > 1) {
    add_control(message, SOL_UDP, UDP_SEGMENT, from.piece_bytes);
  }
}

// True if the same departure is worth another attempt. A full send buffer is waited for once per
// batch, at most 1 ms; ECONNREFUSED may be an earlier reply's and is cleared by being told.
bool mmsg_io::may_go_on_after(int error, patience& left) noexcept {
  if (error == EINTR) {
    return true;
  }
  if ((error == EAGAIN || error == ENOBUFS) && !std::exchange(left.waited, true)) {
    pollfd writable{native_handle(), POLLOUT, 0};
    ::poll(&writable, 1, send_wait_ms);
    return true;
  }
  return error == ECONNREFUSED && !std::exchange(left.retried, true);
}

// Sends the prepared messages; returns how many replies were not taken.
std::size_t mmsg_io::send_planned(std::span<const departure> departures,
                                  std::span<const query::reply> replies, patience& left) noexcept {
  std::size_t failed = 0;
  for (std::size_t at = 0; at < departures.size();) {
    const int sent = ::sendmmsg(native_handle(), buffers_->messages.data() + at,
                                static_cast<unsigned>(departures.size() - at), MSG_DONTWAIT);
    if (sent > 0) {
      at += static_cast<std::size_t>(sent);
      left.retried = false;
    } else if (const int error = errno; !may_go_on_after(error, left)) {
      // The kernel stopped at this one: go on with the next.
      failed +=
          departures[at].count == 1 ? 1 : send_apart(error, at, departures[at], replies, left);
      ++at;
      left.retried = false;
    }
  }
  return failed;
}

// Message `i` was refused as a whole, with `error`. Devices without checksum offload, small MTUs
// and old kernels take its pieces one by one only, and will the next time, too.
std::size_t mmsg_io::send_apart(int error, std::size_t i, const departure& from,
                                std::span<const query::reply> replies, patience& left) noexcept {
  merge_ = merge_ && error != EIO && error != EINVAL && error != EOPNOTSUPP;
  std::size_t failed = 0;
  for (std::uint8_t piece = 0; piece < from.count; ++piece) {
    prepare({static_cast<std::uint8_t>(from.first + piece), 1, 0}, i, replies, merger_.order());
    while (::sendmmsg(native_handle(), &buffers_->messages[i], 1, MSG_DONTWAIT) != 1) {
      if (!may_go_on_after(errno, left)) {
        ++failed;
        break;
      }
    }
  }
  return failed;
}

std::size_t mmsg_io::send(std::span<const query::reply> replies) {
  const auto batch = std::span<const query::datagram>(buffers_->datagrams).first(received_);
  const auto departures = merger_.plan(replies, batch, merge_);
  for (std::size_t i = 0; i < departures.size(); ++i) {
    prepare(departures[i], i, replies, merger_.order());
  }
  patience left;
  return send_planned(departures, replies, left);
}

}  // namespace

std::unique_ptr<datagram_io> make_mmsg_io(udp_socket socket, merging merge) {
  return std::make_unique<mmsg_io>(std::move(socket), merge);
}

}  // namespace repute::net
