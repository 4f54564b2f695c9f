// SPDX-License-Identifier: Apache-2.0
#include "fake_server.hpp"

#include <boost/asio/buffer.hpp>

namespace repute::test {

namespace asio = boost::asio;
using asio::ip::udp;

fake_server::fake_server(asio::io_context& context, behaviour answer)
    : socket_(context, udp::endpoint(asio::ip::address_v4::loopback(), 0)),
      answer_(std::move(answer)) {
  receive();
}

std::string fake_server::address() const {
  return "127.0.0.1:" + std::to_string(socket_.local_endpoint().port());
}

void fake_server::receive() {
  socket_.async_receive_from(
      asio::buffer(buffer_), peer_, [this](boost::system::error_code error, std::size_t size) {
        if (error) {
          return;
        }
        ++received_;
        if (const auto reply = answer_({buffer_.data(), size}); !reply.empty()) {
          socket_.send_to(asio::buffer(reply), peer_);
        }
        receive();
      });
}

std::string deserted_address(asio::io_context& context) {
  return fake_server(context).address();  // bound for a moment, then free again
}

}  // namespace repute::test
