// SPDX-License-Identifier: Apache-2.0
#include "repute/canon/canon.hpp"

namespace repute::canon {

std::string_view message(error value) noexcept {
  switch (value) {
    case error::empty:
      return "there is nothing in it";
    case error::too_long:
      return "it is too long";
    case error::bad_address:
      return "it is not an IPv4 or IPv6 address";
    case error::bad_prefix:
      return "it is not an address with a prefix length in range";
    case error::host_bits_set:
      return "the address has bits set after its prefix length";
    case error::bad_host:
      return "it is not a host name";
    case error::bad_url:
      return "there is no valid host or port in the URL";
    case error::bad_email:
      return "it is not of the form local-part@domain";
    case error::bad_digest:
      return "it does not have the right number of hexadecimal digits";
    case error::bad_number:
      return "it is not a decimal number of at most 4294967295";
    case error::bad_utf8:
      return "it is not valid UTF-8";
    case error::too_few_tokens:
      return "a text with fewer than 3 words or numbers identifies nothing";
    case error::bad_record:
      return "it is not of the form ID or ID VERSION";
  }
  return "unknown error";
}

}  // namespace repute::canon
