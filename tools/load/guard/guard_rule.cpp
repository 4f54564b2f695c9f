// SPDX-License-Identifier: Apache-2.0
#include "load/guard/guard_rule.hpp"

namespace repute::load {

std::string_view word(guard_rule value) noexcept {
  switch (value) {
    case guard_rule::empty:
      return "empty";
    case guard_rule::shrink:
      return "shrink";
    case guard_rule::grow:
      return "grow";
    case guard_rule::width:
      return "width";
    case guard_rule::own:
      return "own";
    case guard_rule::allow:
      return "allow";
    case guard_rule::suffix:
      return "suffix";
    case guard_rule::reserved:
      return "reserved";
    case guard_rule::present:
      return "present";
    case guard_rule::absent:
      return "absent";
  }
  return "";
}

}  // namespace repute::load
