// SPDX-License-Identifier: Apache-2.0
#include "repute/client/error.hpp"

#include <string>

namespace repute {
namespace {

// Boost's base class has no virtual destructor on purpose: categories are never destroyed through
// it.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wnon-virtual-dtor"
class category final : public boost::system::error_category {
 public:
  const char* name() const noexcept override { return "repute.client"; }

  std::string message(int value) const override {
    switch (static_cast<errc>(value)) {
      case errc::timeout:
        return "no server answered before the deadline";
      case errc::unreachable:
        return "no server listens at the given addresses";
      case errc::overloaded:
        return "all servers are busy";
      case errc::loading:
        return "the servers have no snapshot yet";
      case errc::refused:
        return "the servers do not serve this client";
      case errc::server_failure:
        return "the servers failed inside";
      case errc::bad_request:
        return "the request is empty or was not understood";
      case errc::too_many_keys:
        return "too many keys in one lookup";
      case errc::salt_mismatch:
        return "the server's database was built under another salt";
      case errc::bad_key:
        return "expected a public key: ed25519: and 64 hexadecimal digits";
      case errc::bad_credentials:
        return "the credentials file cannot be read, is damaged, or others may read it";
      case errc::plain_refused:
        return "servers of other machines are asked with credentials, or where plain text is "
               "allowed";
      case errc::bad_server:
        return "expected 1 to 64 servers, each HOST, HOST:PORT or [V6ADDRESS]:PORT";
    }
    return "unknown error";
  }
};
#pragma GCC diagnostic pop

}  // namespace

const boost::system::error_category& client_category() noexcept {
  static const category instance;
  return instance;
}

}  // namespace repute
