// SPDX-License-Identifier: Apache-2.0
#include <netinet/in.h>
#include <netinet/udp.h>
#include <sys/epoll.h>
#include <sys/uio.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <system_error>
#include <vector>

#include "load_generator/clock.hpp"
#include "load_generator/load_run.hpp"
#include "load_generator/sockets.hpp"

namespace repute::bench {

namespace {

constexpr std::size_t receive_max = 64;
constexpr std::size_t burst_max = load_run::burst_max;
constexpr int send_attempts = 1000;

// Requests of one burst, written one behind the other; neighbours of one size share a message.
class burst {
 public:
  void clear() noexcept {
    messages_ = 0;
    used_ = 0;
  }
  [[nodiscard]] byte_span room() noexcept { return byte_span(bytes_).subspan(used_); }
  void add(std::size_t size, bool merge) noexcept;
  // Sends all of it; what the kernel refuses is lost. False: it knows no UDP_SEGMENT here.
  [[nodiscard]] bool send(int fd) noexcept;

 private:
  struct alignas(cmsghdr) control {
    std::array<char, CMSG_SPACE(sizeof(std::uint16_t))> bytes;
  };
  [[nodiscard]] bool fits_last(std::size_t size) const noexcept {
    // 32 requests of 1232 bytes stay below the 64 KiB of a merged send.
    return messages_ != 0 && segment_[messages_ - 1] == size;
  }
  void name_segment(std::size_t i) noexcept;

  std::array<std::uint8_t, burst_max * request_bytes_max> bytes_;
  std::size_t used_ = 0;
  std::array<mmsghdr, burst_max> headers_;
  std::array<iovec, burst_max> vectors_;
  std::array<control, burst_max> controls_;
  std::array<std::size_t, burst_max> segment_;
  std::size_t messages_ = 0;
};

void burst::add(std::size_t size, bool merge) noexcept {
  std::uint8_t* at = bytes_.data() + used_;
  used_ += size;
  if (merge && fits_last(size)) {
    vectors_[messages_ - 1].iov_len += size;
    return;
  }
  vectors_[messages_] = {at, size};
  segment_[messages_] = size;
  msghdr& message = headers_[messages_].msg_hdr;
  message = {};
  message.msg_iov = &vectors_[messages_];
  message.msg_iovlen = 1;
  ++messages_;
}

void burst::name_segment(std::size_t i) noexcept {
  msghdr& message = headers_[i].msg_hdr;
  message.msg_control = controls_[i].bytes.data();
  message.msg_controllen = controls_[i].bytes.size();
  std::memset(message.msg_control, 0, message.msg_controllen);
  cmsghdr* head = CMSG_FIRSTHDR(&message);
  head->cmsg_level = SOL_UDP;
  head->cmsg_type = UDP_SEGMENT;
  head->cmsg_len = CMSG_LEN(sizeof(std::uint16_t));
  const auto size = static_cast<std::uint16_t>(segment_[i]);
  std::memcpy(CMSG_DATA(head), &size, sizeof size);
}

bool burst::send(int fd) noexcept {
  for (std::size_t i = 0; i < messages_; ++i) {
    if (vectors_[i].iov_len > segment_[i]) {
      name_segment(i);
    }
  }
  bool good = true;
  int attempts = 0;
  for (std::size_t at = 0; at < messages_;) {
    const int sent =
        ::sendmmsg(fd, headers_.data() + at, static_cast<unsigned>(messages_ - at), MSG_DONTWAIT);
    if (sent > 0) {
      at += static_cast<std::size_t>(sent);
    } else if (errno == EAGAIN && ++attempts < send_attempts) {
      relax();
    } else {
      good = good && errno != EIO && errno != EINVAL;
      ++at;
    }
  }
  return good;
}

// Room for what arrives at once.
struct arrivals {
  arrivals() {
    for (std::size_t i = 0; i < receive_max; ++i) {
      vectors[i] = {bytes[i].data(), bytes[i].size()};
      headers[i].msg_hdr = {};
      headers[i].msg_hdr.msg_iov = &vectors[i];
      headers[i].msg_hdr.msg_iovlen = 1;
    }
  }
  std::array<std::array<std::uint8_t, reply_bytes_max>, receive_max> bytes;
  std::array<mmsghdr, receive_max> headers;
  std::array<iovec, receive_max> vectors;
};

class udp_engine {
 public:
  udp_engine(const target& to, protocol& speaks, const load_options& load);
  [[nodiscard]] outcome run();

 private:
  bool send_allowed(std::uint64_t now_ns);
  bool receive_ready();
  bool receive_from(int fd);
  void watch_sockets();

  protocol& speaks_;
  std::vector<descriptor> sockets_;
  descriptor epoll_;
  std::size_t turn_ = 0;
  bool merge_ = true;
  std::unique_ptr<burst> burst_ = std::make_unique<burst>();
  std::unique_ptr<arrivals> arrivals_ = std::make_unique<arrivals>();
  load_run run_;
};

udp_engine::udp_engine(const target& to, protocol& speaks, const load_options& load)
    : speaks_(speaks), run_(speaks, load, monotonic_ns()) {
  for (std::size_t i = 0; i < load.sockets; ++i) {
    sockets_.push_back(connect_socket(to, SOCK_DGRAM));
  }
  const int none = 0;
  merge_ = ::setsockopt(sockets_.front().get(), SOL_UDP, UDP_SEGMENT, &none, sizeof none) == 0;
  if (sockets_.size() > 1) {
    watch_sockets();
  }
}

void udp_engine::watch_sockets() {
  epoll_ = descriptor(::epoll_create1(EPOLL_CLOEXEC));
  for (const descriptor& each : sockets_) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = each.get();
    if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, each.get(), &event) != 0) {
      throw std::system_error(errno, std::generic_category(), "epoll_ctl");
    }
  }
}

// Each burst leaves from the next socket.
bool udp_engine::send_allowed(std::uint64_t now_ns) {
  const std::uint32_t count = run_.allowed(now_ns);
  if (count == 0) {
    return false;
  }
  burst_->clear();
  for (std::uint32_t i = 0; i < count; ++i) {
    const made_request made = run_.next(burst_->room(), now_ns);
    if (made.bytes == 0) {
      throw std::system_error(EMSGSIZE, std::generic_category(), "a request of these keys");
    }
    burst_->add(made.bytes, merge_);
  }
  merge_ = burst_->send(sockets_[turn_].get()) && merge_;
  turn_ = (turn_ + 1) % sockets_.size();
  return true;
}

bool udp_engine::receive_from(int fd) {
  const int count = ::recvmmsg(fd, arrivals_->headers.data(), receive_max, MSG_DONTWAIT, nullptr);
  if (count <= 0) {
    return false;
  }
  const std::uint64_t now_ns = monotonic_ns();
  for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
    const std::size_t size = arrivals_->headers[i].msg_len;
    judged_reply reply;
    if (speaks_.judge(byte_view(arrivals_->bytes[i]).first(size), reply) != 0) {
      run_.answered(reply, size, now_ns);
    }
  }
  return true;
}

bool udp_engine::receive_ready() {
  if (sockets_.size() == 1) {
    return receive_from(sockets_.front().get());
  }
  std::array<epoll_event, receive_max> ready;
  const int count = ::epoll_wait(epoll_.get(), ready.data(), static_cast<int>(ready.size()), 0);
  for (int i = 0; i < count; ++i) {
    receive_from(ready[static_cast<std::size_t>(i)].data.fd);
  }
  return count > 0;
}

outcome udp_engine::run() {
  for (std::uint64_t now = monotonic_ns(); run_.go_on(now); now = monotonic_ns()) {
    const bool sent = send_allowed(now);
    const bool received = receive_ready();
    if (!sent && !received) {
      relax();
    }
  }
  return run_.take_result();
}

}  // namespace

outcome run_udp(const target& to, protocol& speaks, const load_options& load) {
  return udp_engine(to, speaks, load).run();
}

}  // namespace repute::bench
