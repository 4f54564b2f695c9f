// SPDX-License-Identifier: Apache-2.0
// The asynchronous client, over Boost.Asio.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "repute/client/detail/lookup_handler.hpp"
#include "repute/client/error.hpp"
#include "repute/client/types.hpp"
#include "repute/schema/key.hpp"

namespace repute {

namespace detail {

class client_impl;

/// One asynchronous operation before it starts.
struct operation {
  std::uint64_t id = 0;
  bool ping = false;
  std::size_t server = 0;  ///< of a ping
  std::vector<key> keys;
  std::unique_ptr<lookup_handler> handler;
};

[[nodiscard]] std::uint64_t next_operation_id(client_impl& impl) noexcept;
[[nodiscard]] const boost::asio::any_io_executor& executor_of(const client_impl& impl) noexcept;
void start(const std::shared_ptr<client_impl>& impl, operation op);
void cancel(const std::weak_ptr<client_impl>& impl, std::uint64_t id);

}  // namespace detail

/// Asks Repute servers about ready keys. A lookup goes to one server, and to another one if that
/// stays silent, refuses or is busy: at most 4 datagrams for 64 keys, and a completion by the
/// deadline.
///
/// Thread-safe: all functions may be called from any thread. While a client lives it waits for late
/// answers, so io_context::run() does not return before it is destroyed. Destroying it completes
/// pending operations with boost::asio::error::operation_aborted.
class client {
 public:
  using executor_type = boost::asio::any_io_executor;

  /// Resolves names, which may block. Throws boost::system::system_error if a server cannot be
  /// understood, resolved or given a socket. `executor`'s context must outlive the client.
  client(const executor_type& executor, const client_options& options);
  ~client();
  client(const client&) = delete;
  client& operator=(const client&) = delete;

  [[nodiscard]] executor_type get_executor() const noexcept { return detail::executor_of(*impl_); }

  /// Every server as `ADDRESS:PORT`; the index is the one that async_ping() takes.
  [[nodiscard]] std::span<const std::string> servers() const noexcept;

  /// Completes with void(boost::system::error_code, lookup_result): the answers in the order of
  /// `keys`, 1 .. lookup_keys_max of them, or an error and no answers at all. All cancellation
  /// types are supported: a lookup changes nothing anywhere.
  template <class CompletionToken>
  auto async_lookup(std::vector<key> keys, CompletionToken&& token) {
    return initiate({0, false, 0, std::move(keys), nullptr}, std::forward<CompletionToken>(token));
  }

  /// Asks one server for its state, in one datagram, and for the answers to no or 2 canary keys.
  /// Completes without error whenever the server answers: `status.rcode` says what it thinks of
  /// itself, and `answers` is empty unless that is OK. The salt is not compared.
  template <class CompletionToken>
  auto async_ping(std::size_t server, std::vector<key> canary, CompletionToken&& token) {
    return initiate({0, true, server, std::move(canary), nullptr},
                    std::forward<CompletionToken>(token));
  }

 private:
  template <class CompletionToken>
  auto initiate(detail::operation op, CompletionToken&& token) {
    using signature = void(boost::system::error_code, lookup_result);
    return boost::asio::async_initiate<CompletionToken, signature>(
        [impl = impl_](auto handler, detail::operation started) {
          using handler_type = decltype(handler);
          started.id = detail::next_operation_id(*impl);
          const auto slot = boost::asio::get_associated_cancellation_slot(handler);
          if (slot.is_connected()) {
            auto target = slot;  // assign() is not const
            target.assign(
                [weak = std::weak_ptr(impl), id = started.id](boost::asio::cancellation_type type) {
                  if (type != boost::asio::cancellation_type::none) {
                    detail::cancel(weak, id);
                  }
                });
          }
          started.handler = std::make_unique<detail::lookup_handler_of<handler_type>>(
              std::move(handler), detail::executor_of(*impl));
          detail::start(impl, std::move(started));
        },
        token, std::move(op));
  }

  std::shared_ptr<detail::client_impl> impl_;
};

}  // namespace repute
