// SPDX-License-Identifier: Apache-2.0
#include "load/format/rbldnsd_value.hpp"

#include <algorithm>

#include "load/format/ip_range.hpp"
#include "load/format/text.hpp"

namespace repute::load {
namespace {

constexpr std::size_t text_bytes_max = 1024;
constexpr std::size_t template_bytes_max = 4096;

bool begins_comment(std::string_view text) noexcept {
  return text.starts_with('#') || text.starts_with(';');
}

bool is_last_octet(std::string_view text) noexcept {
  const auto octet = small_number(text);
  return octet && *octet >= 1 && *octet <= 255;
}

bool is_a_record(std::string_view text) noexcept {
  const auto address = parse_ip4_range(text, false);
  return is_last_octet(text) || (address && address->bits == 32 && address->first != 0 &&
                                 text.find('/') == std::string_view::npos);
}

void append(std::string& out, std::string_view text) {
  out.append(text.substr(0, text_bytes_max - std::min(text_bytes_max, out.size())));
}

class expander {
 public:
  expander(std::string_view entry, const rbldnsd_variables& variables, std::string& out)
      : entry_(entry), variables_(variables), out_(out) {}

  // `own` stands for "$=", which only a base template holds.
  void expand(std::string_view text, const std::string_view* own) {
    while (!text.empty() && out_.size() < text_bytes_max) {
      const std::size_t dollar = find_byte(text, '$');
      append(out_, text.substr(0, dollar));
      if (dollar == std::string_view::npos) {
        return;
      }
      text.remove_prefix(dollar + 1);
      text.remove_prefix(substitute(text.empty() ? '\0' : text.front(), own));
    }
  }

 private:
  // How many characters behind the dollar sign belong to it.
  std::size_t substitute(char next, const std::string_view* own) {
    if (next == '$') {
      append(out_, "$");
      return 1;
    }
    if (next >= '0' && next <= '9') {
      append(out_, variables_.numbered[static_cast<std::size_t>(next - '0')]);
      return 1;
    }
    if (next == '=' && own != nullptr) {
      own->empty() ? append(out_, entry_) : expand(*own, nullptr);
      return 1;
    }
    append(out_, entry_);
    return 0;
  }

  std::string_view entry_;
  const rbldnsd_variables& variables_;
  std::string& out_;
};

}  // namespace

std::optional<rbldnsd_value> parse_rbldnsd_value(std::string_view text,
                                                 rbldnsd_value defaults) noexcept {
  text = trim(text);
  if (text.empty() || begins_comment(text)) {
    return defaults;
  }
  if (!text.starts_with(':')) {
    return rbldnsd_value{defaults.a, text.substr(0, template_bytes_max)};
  }
  const std::size_t second = text.find(':', 1);
  std::string_view address = trim(text.substr(1, second - 1));
  if (second == std::string_view::npos) {
    address = trim(address.substr(0, address.find_first_of("#;")));
  }
  if (!address.empty() && !is_a_record(address)) {
    return std::nullopt;
  }
  rbldnsd_value value{address.empty() ? defaults.a : address, defaults.txt};
  if (second != std::string_view::npos) {
    value.txt = trim(text.substr(second + 1)).substr(0, template_bytes_max);
  }
  return value;
}

std::string full_address(std::string_view a) {
  return (is_last_octet(a) ? "127.0.0." : "") + std::string(a);
}

void expand_rbldnsd_text(std::string_view txt, std::string_view entry,
                         const rbldnsd_variables& variables, std::string& out) {
  out.clear();
  expander expand(entry, variables, out);
  if (txt.starts_with('=')) {
    expand.expand(txt.substr(1), nullptr);
  } else if (variables.base.empty()) {
    expand.expand(txt, nullptr);
  } else {
    expand.expand(variables.base, &txt);
  }
}

}  // namespace repute::load
