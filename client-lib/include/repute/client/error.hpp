// SPDX-License-Identifier: Apache-2.0
// Why a lookup has no answer. An error is never a verdict: the caller goes on as if it had not
// asked.
#pragma once

#include <boost/system/error_category.hpp>
#include <boost/system/error_code.hpp>
#include <type_traits>

namespace repute {

/// Errors of the client, category "repute.client". Besides these a lookup can only end with
/// boost::asio::error::operation_aborted (cancelled, or the client was destroyed).
enum class errc {
  timeout = 1,     ///< nobody answered before the deadline
  unreachable,     ///< the network refused every attempt: nothing listens there
  overloaded,      ///< every server asked is busy, and will be until the deadline
  loading,         ///< the servers asked have no snapshot yet
  refused,         ///< the servers asked do not serve this client
  server_failure,  ///< the servers asked failed inside
  bad_request,     ///< no keys, no such server, or a server could not read the question
  too_many_keys,   ///< more than lookup_keys_max keys
  salt_mismatch,   ///< the servers' data was built under another salt: their answers mean nothing
  bad_server,  ///< at construction: a server's text cannot be read, or none or over 64 are given
  bad_key,     ///< at construction: client_options::list_key is no public key
  // 12 .. 16 are errors of repute.h alone.
  bad_credentials = 17,  ///< at construction: client_options::credentials is of no use
  plain_refused = 18,    ///< at construction: without credentials, a server of another machine
};

[[nodiscard]] const boost::system::error_category& client_category() noexcept;

[[nodiscard]] inline boost::system::error_code make_error_code(errc value) noexcept {
  return {static_cast<int>(value), client_category()};
}

}  // namespace repute

template <>
struct boost::system::is_error_code_enum<repute::errc> : std::true_type {};
