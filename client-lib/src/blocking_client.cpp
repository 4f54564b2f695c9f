// SPDX-License-Identifier: Apache-2.0
#include "repute/client/blocking_client.hpp"

#include <boost/asio/io_context.hpp>
#include <optional>
#include <utility>

#include "repute/client/client.hpp"

namespace repute {

using outcome = boost::system::result<lookup_result>;

struct blocking_client::state {
  explicit state(const client_options& options) : client(context.get_executor(), options) {}

  /// Runs the loop until the operation that `start` starts has completed.
  template <class Start>
  outcome run(Start start) {
    std::optional<outcome> done;
    start([&done](boost::system::error_code error, lookup_result result) {
      done = error ? outcome(error) : outcome(std::move(result));
    });
    while (!done) {
      context.run_one();
    }
    return *std::move(done);
  }

  boost::asio::io_context context{1};
  repute::client client;
};

blocking_client::blocking_client(const client_options& options)
    : state_(std::make_unique<state>(options)) {}
blocking_client::~blocking_client() = default;
blocking_client::blocking_client(blocking_client&&) noexcept = default;
blocking_client& blocking_client::operator=(blocking_client&&) noexcept = default;

std::span<const std::string> blocking_client::servers() const noexcept {
  return state_->client.servers();
}

outcome blocking_client::lookup(std::vector<key> keys) {
  return state_->run(
      [&](auto handler) { state_->client.async_lookup(std::move(keys), std::move(handler)); });
}

outcome blocking_client::ping(std::size_t server, std::vector<key> canary) {
  return state_->run([&](auto handler) {
    state_->client.async_ping(server, std::move(canary), std::move(handler));
  });
}

}  // namespace repute
