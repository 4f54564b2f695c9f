// SPDX-License-Identifier: Apache-2.0
#include "repute/client/fetch.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/udp.hpp>
#include <random>

#include "core/document_assembler.hpp"
#include "repute/schema/message.hpp"
#include "server_address.hpp"
#include "trust.hpp"

namespace repute {
namespace {

namespace asio = boost::asio;
using asio::ip::udp;
using boost::system::error_code;
using clock = std::chrono::steady_clock;
using core::document_assembler;

constexpr std::chrono::milliseconds attempt_time{50};

class fetcher {
 public:
  fetcher(const udp::endpoint& server, std::uint8_t what, clock::time_point deadline,
          const std::optional<core::sealing>& sealed)
      : server_(server), what_(what), deadline_(deadline), socket_(context_) {
    if (sealed) {
      channel_.emplace(*sealed, 0);
    }
    // Connected: the kernel drops what comes from elsewhere.
    socket_.connect(server);
  }

  boost::system::result<fetched_document> run() {
    for (;;) {
      error_code failed;
      const bool answered = ask(failed);
      if (failed) {
        return failed == asio::error::connection_refused ? make_error_code(errc::unreachable)
                                                         : failed;
      }
      switch (answered ? document_.take(part_) : document_assembler::state::more) {
        case document_assembler::state::more:
          if (clock::now() >= deadline_) {
            return make_error_code(errc::timeout);
          }
          break;
        case document_assembler::state::whole:
          return fetched_document{document_.document(), document_.version(), to_text()};
        case document_assembler::state::refused:
          return make_error_code(errc::server_failure);
      }
    }
  }

 private:
  // Sends a FETCH and waits for its PART; false if none comes within attempt_time.
  bool ask(error_code& failed) {
    const std::uint64_t req_id = std::uint64_t{random_()} << 32 | random_();
    std::vector<std::uint8_t> request(wire::request_size_max - (channel_ ? seal::tag_size : 0));
    (void)wire::encode_fetch(req_id, {.what = what_, .offset = document_.offset()}, request);
    const std::uint64_t sid = channel_ ? channel_->seal(request, clock::now()) : 0;
    socket_.send(asio::buffer(request), 0, failed);
    const auto until = std::min(clock::now() + attempt_time, deadline_);
    while (!failed && clock::now() < until) {
      const std::size_t got = receive(until, failed);
      if (!failed && is_reply(byte_view(buffer_).first(got), req_id, sid)) {
        return true;
      }
    }
    return false;
  }

  // Bytes of the next datagram, 0 if none came in time.
  std::size_t receive(clock::time_point until, error_code& failed) {
    std::size_t got = 0;
    context_.restart();
    socket_.async_receive(asio::buffer(buffer_), [&](const error_code& error, std::size_t size) {
      failed = error == asio::error::operation_aborted ? error_code() : error;
      got = error ? 0 : size;
    });
    context_.run_until(until);
    socket_.cancel();
    context_.restart();
    context_.run();
    return got;
  }

  bool is_reply(byte_view datagram, std::uint64_t req_id, std::uint64_t sid) {
    wire::packet_header header;
    if (wire::decode_reply_header(datagram, header) != wire::header_check::ok ||
        header.type != wire::type::part || header.req_id != req_id) {
      return false;
    }
    if (channel_) {
      const auto body = channel_->open(datagram, header, sid);
      return body && wire::decode_part(*body, part_);
    }
    return header.suite == 0 && wire::decode_part(datagram.subspan(wire::header::size), part_);
  }

  [[nodiscard]] std::string to_text() const {
    const std::string address = server_.address().to_string();
    return (server_.address().is_v6() ? "[" + address + "]" : address) + ":" +
           std::to_string(server_.port());
  }

  udp::endpoint server_;
  std::uint8_t what_;
  clock::time_point deadline_;
  asio::io_context context_{1};
  udp::socket socket_;
  std::random_device random_;
  std::optional<core::sealed_channel> channel_;
  std::array<std::uint8_t, 2048> buffer_{};
  wire::part_view part_;  // into buffer_ or the channel's
  document_assembler document_{document_bytes_max};
};

}  // namespace

boost::system::result<fetched_document> fetch_document(const client_options& from,
                                                       std::uint8_t what) {
  const udp::endpoint endpoint = resolve_servers(from.servers).front();
  ask_permission(from).require(endpoint);
  return fetcher(endpoint, what, clock::now() + from.deadline, sealing_of(from)).run();
}

}  // namespace repute
