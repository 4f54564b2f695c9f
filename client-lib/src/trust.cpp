// SPDX-License-Identifier: Apache-2.0
#include "trust.hpp"

#include <boost/system/system_error.hpp>
#include <chrono>
#include <utility>

#include "repute/client/error.hpp"
#include "server_address.hpp"

namespace repute {
namespace {

std::uint64_t unix_now_ns() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return static_cast<std::uint64_t>(std::chrono::nanoseconds(now).count());
}

}  // namespace

std::optional<core::sealing> sealing_of(const client_options& options) {
  if (options.credentials.empty()) {
    return std::nullopt;
  }
  auto read = seal::read_credentials(options.credentials);
  if (const auto* failed = std::get_if<seal::secret_file_failure>(&read)) {
    throw boost::system::system_error(errc::bad_credentials, failed->message);
  }
  return core::sealing{std::get<seal::credentials>(std::move(read)), unix_now_ns};
}

void ask_permission::require(const boost::asio::ip::udp::endpoint& server) const {
  if (!covers(server)) {
    throw boost::system::system_error(errc::plain_refused, name_of(server));
  }
}

}  // namespace repute
