// SPDX-License-Identifier: Apache-2.0
#include "addresses.hpp"

#include "ascii.hpp"

namespace repute::mail::detail {
namespace {

constexpr std::size_t addresses_max = 16;

/// Reads a field from its front; `skip` and `collect` know what quotes and comments are.
class address_reader {
 public:
  explicit address_reader(std::string_view field) : left_(field) {}

  std::vector<std::string> read() {
    while (!left_.empty() && found_.size() < addresses_max) {
      step();
    }
    finish();
    return std::move(found_);
  }

 private:
  void step() {
    const char c = left_.front();
    left_.remove_prefix(1);
    switch (c) {
      case '"':
        quoted();
        break;
      case '(':
        comment();
        break;
      case '<':
        angle();
        break;
      case ',':
      case ';':
        finish();
        break;
      case ':':
        bare_.clear();  // the name of a group
        break;
      default:
        bare_ += c;
    }
  }

  void quoted() {
    bare_ += '"';
    while (!left_.empty() && left_.front() != '"') {
      const std::size_t size = left_.front() == '\\' && left_.size() > 1 ? 2 : 1;
      bare_ += left_.substr(0, size);
      left_.remove_prefix(size);
    }
    left_.remove_prefix(left_.empty() ? 0 : 1);
    bare_ += '"';
  }

  void comment() {
    for (int depth = 1; !left_.empty() && depth > 0;) {
      const char c = left_.front();
      left_.remove_prefix(c == '\\' && left_.size() > 1 ? 2 : 1);
      depth += c == '(' ? 1 : c == ')' ? -1 : 0;
    }
  }

  void angle() {
    const std::size_t end = std::min(left_.find('>'), left_.size());
    std::string_view inner = left_.substr(0, end);
    left_.remove_prefix(std::min(end + 1, left_.size()));
    if (inner.starts_with('@')) {
      inner.remove_prefix(std::min(inner.find(':') + 1, inner.size()));  // a route (RFC 822)
    }
    bare_.assign(inner);
    finish();
  }

  void finish() {
    const std::string_view address = trim(bare_);
    if (address.find('@') != address.npos) {
      found_.emplace_back(address);
    }
    bare_.clear();
  }

  std::string_view left_;
  std::string bare_;  ///< of the address or the display name being read
  std::vector<std::string> found_;
};

}  // namespace

std::vector<std::string> addresses_in(std::string_view field) {
  return address_reader(field).read();
}

std::vector<std::string_view> bracketed(std::string_view field) {
  std::vector<std::string_view> out;
  while (out.size() < addresses_max) {
    const std::size_t open = field.find('<');
    const std::size_t close = open == field.npos ? open : field.find('>', open);
    if (close == field.npos) {
      break;
    }
    out.push_back(trim(field.substr(open + 1, close - open - 1)));
    field.remove_prefix(close + 1);
  }
  return out;
}

std::string_view domain_of(std::string_view address) noexcept {
  const std::size_t at = address.rfind('@');
  return at == address.npos ? std::string_view() : trim(address.substr(at + 1));
}

}  // namespace repute::mail::detail
