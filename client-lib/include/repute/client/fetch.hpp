// SPDX-License-Identifier: Apache-2.0
// Documents that servers publish beside their answers, such as the signed list of servers.
#pragma once

#include <boost/system/result.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "repute/client/error.hpp"
#include "repute/client/types.hpp"

namespace repute {

inline constexpr std::size_t document_bytes_max = std::size_t{64} << 10;

struct fetched_document {
  std::vector<std::uint8_t> bytes;  ///< empty: the server has no such document
  std::uint32_t version = 0;
  std::string server;  ///< who answered, as `ADDRESS:PORT`
};

/// Asks the first server of `from` (of several addresses the first) for document `what` of the wire
/// format, 1 = the list of servers, in as many pieces as it takes. Of the options only `servers`,
/// `deadline`, `credentials` and `plain` count. Returns by the deadline, resolving a name not
/// counted. Nothing is checked but the transfer: who signed the document is for the caller to see.
/// errc::timeout, errc::unreachable; errc::server_failure: longer than document_bytes_max, or
/// replaced again and again. Throws as client::client(). Thread-safe.
[[nodiscard]] boost::system::result<fetched_document> fetch_document(const client_options& from,
                                                                     std::uint8_t what);

}  // namespace repute
