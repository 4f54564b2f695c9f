// SPDX-License-Identifier: Apache-2.0
// The client for callers without an event loop. Needs no Asio header.
#pragma once

#include <boost/system/result.hpp>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "repute/client/error.hpp"
#include "repute/client/types.hpp"
#include "repute/schema/key.hpp"

namespace repute {

/// One lookup at a time, each returning by its deadline. Not thread-safe: one per thread. It reads
/// its sockets only during a call, so that an answer later than its own call counts as even later.
class blocking_client {
 public:
  /// As client::client().
  explicit blocking_client(const client_options& options);
  ~blocking_client();
  blocking_client(blocking_client&&) noexcept;
  blocking_client& operator=(blocking_client&&) noexcept;

  [[nodiscard]] std::span<const std::string> servers() const noexcept;

  /// As client::async_lookup().
  [[nodiscard]] boost::system::result<lookup_result> lookup(std::vector<key> keys);
  /// As client::async_ping().
  [[nodiscard]] boost::system::result<lookup_result> ping(std::size_t server,
                                                          std::vector<key> canary = {});

 private:
  struct state;
  std::unique_ptr<state> state_;
};

}  // namespace repute
