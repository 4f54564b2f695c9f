// SPDX-License-Identifier: Apache-2.0
#include "ascii.hpp"
#include "repute/canon/canon.hpp"

namespace repute::canon {

subject guess(std::string_view text) noexcept {
  text = detail::trim(text);
  if (std::holds_alternative<ip_prefix>(parse_prefix(text))) {
    return subject::ip;
  }
  if (detail::all_hex(text) && (text.size() == 32 || text.size() == 64)) {
    return text.size() == 32 ? subject::md5 : subject::sha256;
  }
  const std::size_t at = text.find('@');
  const std::size_t end = text.find_first_of("/\\?:");
  if (text.find("://") != text.npos || end < at) {
    return subject::url;
  }
  return at != text.npos ? subject::email : subject::domain;
}

}  // namespace repute::canon
