// SPDX-License-Identifier: Apache-2.0
// A UDP server on loopback that answers as the test says.
#pragma once

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/udp.hpp>
#include <cstdint>
#include <functional>
#include <string>

#include "core_harness.hpp"

namespace repute::test {

class fake_server {
 public:
  /// What to send back for a datagram; nothing to stay silent.
  using behaviour = std::function<std::vector<std::uint8_t>(byte_view)>;

  explicit fake_server(
      boost::asio::io_context& context,
      behaviour answer = [](byte_view request) { return reply_to(request); });

  [[nodiscard]] std::string address() const;
  [[nodiscard]] int received() const noexcept { return received_; }

 private:
  void receive();

  boost::asio::ip::udp::socket socket_;
  boost::asio::ip::udp::endpoint peer_;
  std::array<std::uint8_t, 2048> buffer_{};
  behaviour answer_;
  int received_ = 0;
};

[[nodiscard]] inline std::vector<std::uint8_t> silent(byte_view) {
  return {};
}

/// An address of loopback where nobody listens.
[[nodiscard]] std::string deserted_address(boost::asio::io_context& context);

}  // namespace repute::test
