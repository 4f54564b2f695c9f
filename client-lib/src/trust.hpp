// SPDX-License-Identifier: Apache-2.0
// Which servers may be asked, and how.
#pragma once

#include <boost/asio/ip/udp.hpp>
#include <optional>

#include "core/sealed_channel.hpp"
#include "repute/client/types.hpp"

namespace repute {

/// What the credentials of these options say; nothing without any. Throws
/// boost::system::system_error, errc::bad_credentials.
[[nodiscard]] std::optional<core::sealing> sealing_of(const client_options& options);

/// Which servers these options let a client ask: those of other machines not in plain text, unless
/// that is allowed.
class ask_permission {
 public:
  explicit ask_permission(const client_options& options) noexcept
      : other_machines_(options.plain || !options.credentials.empty()) {}

  [[nodiscard]] bool covers(const boost::asio::ip::udp::endpoint& server) const noexcept {
    return other_machines_ || server.address().is_loopback();
  }
  /// Throws boost::system::system_error, errc::plain_refused, if it does not cover the server.
  void require(const boost::asio::ip::udp::endpoint& server) const;

 private:
  bool other_machines_;
};

}  // namespace repute
