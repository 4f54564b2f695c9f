// SPDX-License-Identifier: Apache-2.0
// Asks a server one key at a fixed rate and prints how long answers took, measured from the moment
// at which the question was due (an answer that is late delays no later question, and a probe that
// was held up itself counts what it missed): open loop, corrected for coordinated omission.
//   repute_latency_probe PORT RATE_PER_S SECONDS
// prints one JSON object: asked, lost (no answer within a second), microseconds at percentiles.
#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <string_view>
#include <vector>

#include "repute/schema/message.hpp"
#include "repute/schema/test_points.hpp"
#include "repute/schema/wire.hpp"

namespace {

using namespace repute;
using clock_type = std::chrono::steady_clock;
using std::chrono::microseconds;
using std::chrono::nanoseconds;

constexpr std::uint32_t unanswered = 0xffffffff;
constexpr std::chrono::seconds patience{1};

// A question about one address, made once; only its number changes.
std::array<std::uint8_t, wire::request_size_min> question(std::uint64_t number) {
  std::array<std::uint8_t, wire::request_size_min> out{};
  wire::packet_header header;
  header.type = wire::type::query;
  header.req_id = number;
  wire::encode_header(header, out.data());
  std::uint8_t* body = out.data() + wire::header::size;
  body[wire::query::nkeys] = 1;
  body[wire::query::keys] = static_cast<std::uint8_t>(kind::ip4);
  body[wire::query::keys + 1] = 4;
  store_le(body + wire::query::keys + 2, static_cast<std::uint32_t>(number * 2654435761U));
  return out;
}

class probe {
 public:
  probe(std::uint16_t port, std::uint32_t rate, std::uint32_t seconds)
      : interval_(std::chrono::nanoseconds(std::chrono::seconds(1)) / rate),
        took_us_(std::size_t{rate} * seconds, unanswered),
        socket_(::socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ = ::connect(socket_, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0;
  }
  ~probe() { ::close(socket_); }
  probe(const probe&) = delete;
  probe& operator=(const probe&) = delete;

  bool run() {
    if (!connected_) {
      return false;
    }
    start_ = clock_type::now();
    for (std::size_t sent = 0; sent < took_us_.size();) {
      receive_until(due(sent));
      for (const auto now = clock_type::now(); sent < took_us_.size() && due(sent) <= now; ++sent) {
        const auto packet = question(sent);
        (void)::send(socket_, packet.data(), packet.size(), 0);  // a full buffer is a lost question
      }
    }
    receive_until(clock_type::now() + patience);
    return true;
  }

  void print() {
    const auto lost = std::count(took_us_.begin(), took_us_.end(), unanswered);
    std::sort(took_us_.begin(), took_us_.end());
    const auto at = [&](double share) {
      const auto index = static_cast<std::size_t>(share * static_cast<double>(took_us_.size()));
      return took_us_[std::min(index, took_us_.size() - 1)];
    };
    std::printf("{\"asked\":%zu,\"lost\":%zd,\"p50\":%u,\"p99\":%u,\"p99.9\":%u,\"max\":%u}\n",
                took_us_.size(), static_cast<ssize_t>(lost), at(0.5), at(0.99), at(0.999),
                took_us_.back());
  }

 private:
  [[nodiscard]] clock_type::time_point due(std::size_t number) const {
    return start_ + interval_ * static_cast<std::int64_t>(number);
  }

  void receive_until(clock_type::time_point end) {
    for (auto now = clock_type::now(); now < end; now = clock_type::now()) {
      const nanoseconds left = end - now;
      const timespec wait{static_cast<time_t>(left.count() / 1'000'000'000),
                          static_cast<long>(left.count() % 1'000'000'000)};
      pollfd ready{socket_, POLLIN, 0};
      if (::ppoll(&ready, 1, &wait, nullptr) > 0) {
        receive_all();
      }
    }
  }

  void receive_all() {
    std::array<std::uint8_t, wire::request_size_max> packet;
    ssize_t size = 0;
    while ((size = ::recv(socket_, packet.data(), packet.size(), 0)) > 0) {
      wire::packet_header header;
      const byte_view bytes(packet.data(), static_cast<std::size_t>(size));
      if (wire::decode_reply_header(bytes, header) == wire::header_check::ok &&
          header.req_id < took_us_.size()) {
        const auto took = clock_type::now() - due(static_cast<std::size_t>(header.req_id));
        took_us_[static_cast<std::size_t>(header.req_id)] =
            static_cast<std::uint32_t>(std::chrono::duration_cast<microseconds>(took).count());
      }
    }
  }

  nanoseconds interval_;
  std::vector<std::uint32_t> took_us_;
  int socket_;
  bool connected_ = false;
  clock_type::time_point start_;
};

template <class T>
bool number(std::string_view text, T& out) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc() && end == text.data() + text.size() && out != 0;
}

}  // namespace

int main(int argc, char** argv) {
  std::uint16_t port = 0;
  std::uint32_t rate = 0;
  std::uint32_t seconds = 0;
  if (argc != 4 || !number(argv[1], port) || !number(argv[2], rate) || !number(argv[3], seconds)) {
    std::fputs("usage: repute_latency_probe PORT RATE_PER_S SECONDS\n", stderr);
    return 64;
  }
  probe one(port, rate, seconds);
  if (!one.run()) {
    std::perror("repute_latency_probe");
    return 71;
  }
  one.print();
  return 0;
}
