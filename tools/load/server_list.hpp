// SPDX-License-Identifier: Apache-2.0
// Which signed list of servers a new snapshot gets.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace repute::load {

struct chosen_server_list {
  std::string document;      ///< empty: none
  bool out_of_date = false;  ///< the carried one was left out: signed for another data epoch
  std::string problem;       ///< not empty: the given one cannot be used, and why
};

/// `given`, if there is one (an empty text: no list), else `carried`, the one of the snapshot
/// before. A list that was signed for another data epoch than `data_epoch` is of no use to clients:
/// given it is a problem, carried it is left out.
[[nodiscard]] chosen_server_list choose_server_list(const std::optional<std::string>& given,
                                                    std::string_view carried,
                                                    std::uint32_t data_epoch);

}  // namespace repute::load
