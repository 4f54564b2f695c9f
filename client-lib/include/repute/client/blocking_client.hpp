// SPDX-License-Identifier: Apache-2.0
// The client for callers without an event loop. Needs no Asio header.
#pragma once

#include <boost/system/result.hpp>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "repute/client/error.hpp"
#include "repute/client/server_report.hpp"
#include "repute/client/types.hpp"
#include "repute/schema/key.hpp"

namespace repute {

/// One lookup at a time, each returning by its deadline. Not thread-safe: one per thread. It reads
/// its sockets and pings its servers only during a call; what came while it was idle tells that a
/// server lives, but not how fast it is.
class blocking_client {
 public:
  /// As client::client().
  explicit blocking_client(const client_options& options);
  ~blocking_client();
  blocking_client(blocking_client&&) noexcept;
  blocking_client& operator=(blocking_client&&) noexcept;

  /// As client::servers().
  [[nodiscard]] std::vector<std::string> servers() const;

  /// As client::async_lookup().
  [[nodiscard]] boost::system::result<lookup_result> lookup(std::vector<key> keys);
  /// As client::async_ping().
  [[nodiscard]] boost::system::result<lookup_result> ping(const std::string& server,
                                                          std::vector<key> canary = {});
  /// As client::async_report().
  [[nodiscard]] client_report report();
  /// Lets it work without a lookup: answers are read, pings sent, for this long.
  void run_for(std::chrono::milliseconds time);

 private:
  struct state;
  std::unique_ptr<state> state_;
};

}  // namespace repute
