// SPDX-License-Identifier: Apache-2.0
#include "load/server_list.hpp"

#include <fmt/format.h>

#include "repute/seal/server_list.hpp"

namespace repute::load {

chosen_server_list choose_server_list(const std::optional<std::string>& given,
                                      std::string_view carried, std::uint32_t data_epoch) {
  chosen_server_list out;
  out.document = given ? *given : std::string(carried);
  if (out.document.empty()) {
    return out;
  }
  const auto read = seal::decode_server_list(out.document, out.problem);
  if (!read) {
    out.problem = "the list of servers: " + out.problem;
  } else if (!seal::verify_server_list(out.document, *read)) {
    out.problem = "the list of servers: its signature is wrong";
  } else if (read->list.data_epoch != data_epoch) {
    out.problem = fmt::format(
        "the list of servers was signed for data epoch {}, the snapshot has {}: sign it anew",
        read->list.data_epoch, data_epoch);
  }
  if (!out.problem.empty()) {
    out.document.clear();
    if (!given) {
      out.problem.clear();
      out.out_of_date = true;
    }
  }
  return out;
}

}  // namespace repute::load
