// SPDX-License-Identifier: Apache-2.0
// The asynchronous client, over Boost.Asio.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "repute/client/detail/completion.hpp"
#include "repute/client/error.hpp"
#include "repute/client/server_report.hpp"
#include "repute/client/types.hpp"
#include "repute/schema/key.hpp"

namespace repute {

namespace detail {

class client_impl;

/// One lookup or ping before it starts.
struct operation {
  std::uint64_t id = 0;
  bool ping = false;
  std::string server;  ///< of a ping
  std::vector<key> keys;
  std::unique_ptr<completion<lookup_result>> handler;
};

[[nodiscard]] std::uint64_t next_operation_id(client_impl& impl) noexcept;
[[nodiscard]] const boost::asio::any_io_executor& executor_of(const client_impl& impl) noexcept;
void start(const std::shared_ptr<client_impl>& impl, operation op);
void cancel(const std::weak_ptr<client_impl>& impl, std::uint64_t id);
void start_report(const std::shared_ptr<client_impl>& impl,
                  std::unique_ptr<completion<client_report>> handler);

}  // namespace detail

/// Asks Repute servers about ready keys. A lookup goes to the server that has been answering
/// fastest, and to another one if that stays silent, refuses or is busy: at most 5 datagrams for 64
/// keys, and a completion by the deadline. Without an answer the completion is an error and never a
/// verdict: go on as if you had not asked.
///
/// Thread-safe: all functions may be called from any thread. Completion handlers run on their
/// associated executor, by default the client's; never from within the call that started them, and
/// exactly once. Lookups of the same keys at the same time share one query.
///
/// While a client lives it pings its servers about once a second each (the silent ones a little
/// more often) and waits for late answers, so io_context::run() does not return before it is
/// destroyed. Destroying it completes pending operations with
/// boost::asio::error::operation_aborted. One client serves a whole process; each keeps its own
/// measurements.
class client {
 public:
  using executor_type = boost::asio::any_io_executor;

  /// Resolves names, which may block. Throws boost::system::system_error if a server cannot be
  /// understood, resolved or given a socket, or if list_key is no key. `executor`'s context must
  /// outlive the client.
  client(const executor_type& executor, const client_options& options);
  ~client();
  client(const client&) = delete;
  client& operator=(const client&) = delete;

  [[nodiscard]] executor_type get_executor() const noexcept { return detail::executor_of(*impl_); }

  /// Every server as `ADDRESS:PORT`. Changes while the client runs, when names resolve to other
  /// addresses or another list of servers is adopted.
  [[nodiscard]] std::vector<std::string> servers() const;

  /// Completes with void(boost::system::error_code, lookup_result): the answers in the order of
  /// `keys`, 1 .. lookup_keys_max of them, or an error and no answers at all. All cancellation
  /// types are supported, as a lookup changes nothing anywhere: it then completes with
  /// operation_aborted, unless it was completed already.
  template <class CompletionToken>
  auto async_lookup(std::vector<key> keys, CompletionToken&& token) {
    return initiate({0, false, {}, std::move(keys), nullptr}, std::forward<CompletionToken>(token));
  }

  /// Asks one server (a text of servers()) for its state, in one datagram, and for the answers to
  /// no or 2 canary keys. Completes as async_lookup(), and without error whenever the server
  /// answers: `status.rcode` says what it thinks of itself, and `answers` is empty unless that is
  /// OK. The salt is not compared.
  template <class CompletionToken>
  auto async_ping(std::string server, std::vector<key> canary, CompletionToken&& token) {
    return initiate({0, true, std::move(server), std::move(canary), nullptr},
                    std::forward<CompletionToken>(token));
  }

  /// Completes with void(boost::system::error_code, client_report): what the client knows of its
  /// servers and how it regards them. Asks nobody.
  template <class CompletionToken>
  auto async_report(CompletionToken&& token) {
    using signature = void(boost::system::error_code, client_report);
    return boost::asio::async_initiate<CompletionToken, signature>(
        [impl = impl_](auto handler) {
          using handler_type = decltype(handler);
          detail::start_report(impl,
                               std::make_unique<detail::completion_of<client_report, handler_type>>(
                                   std::move(handler), detail::executor_of(*impl)));
        },
        token);
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
          started.handler = std::make_unique<detail::completion_of<lookup_result, handler_type>>(
              std::move(handler), detail::executor_of(*impl));
          detail::start(impl, std::move(started));
        },
        token, std::move(op));
  }

  std::shared_ptr<detail::client_impl> impl_;
};

}  // namespace repute
