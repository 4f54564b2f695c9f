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
  template <class Result, class Start>
  boost::system::result<Result> run(Start start) {
    std::optional<boost::system::result<Result>> done;
    start([&done](boost::system::error_code error, Result result) {
      done = error ? boost::system::result<Result>(error)
                   : boost::system::result<Result>(std::move(result));
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

std::vector<std::string> blocking_client::servers() const {
  return state_->client.servers();
}

outcome blocking_client::lookup(std::vector<key> keys) {
  return state_->run<lookup_result>(
      [&](auto handler) { state_->client.async_lookup(std::move(keys), std::move(handler)); });
}

outcome blocking_client::ping(const std::string& server, std::vector<key> canary) {
  return state_->run<lookup_result>([&](auto handler) {
    state_->client.async_ping(server, std::move(canary), std::move(handler));
  });
}

client_report blocking_client::report() {
  return *state_->run<client_report>(
      [&](auto handler) { state_->client.async_report(std::move(handler)); });
}

void blocking_client::run_for(std::chrono::milliseconds time) {
  state_->context.run_for(time);
}

}  // namespace repute
