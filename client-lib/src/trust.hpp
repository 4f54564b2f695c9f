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

/// False for a server of another machine that would be asked in plain text without permission.
[[nodiscard]] bool may_ask(const client_options& options,
                           const boost::asio::ip::udp::endpoint& server);

/// Throws boost::system::system_error, errc::plain_refused, if it may not be asked.
void require_may_ask(const client_options& options, const boost::asio::ip::udp::endpoint& server);

}  // namespace repute
