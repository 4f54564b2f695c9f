// SPDX-License-Identifier: Apache-2.0
#include "fold_request.hpp"

#include <simdjson.h>

#include <algorithm>

#include "control_client.hpp"
#include "exit_codes.hpp"
#include "live_changes.hpp"
#include "repute/seal/digest.hpp"

namespace repute::tool {
namespace {

using load::fold_failure;
using load::fold_place;

// `fold-` and digits: the name becomes part of a path.
bool is_fold_name(std::string_view name) {
  constexpr std::string_view prefix = "fold-";
  return name.starts_with(prefix) && name.size() > prefix.size() &&
         name.find_first_not_of("0123456789", prefix.size()) == std::string_view::npos;
}

fold_reply ask(const std::string& db) {
  auto server = control_client::connect(db);
  if (const auto* failed = std::get_if<control_failure>(&server)) {
    return failed->nobody ? fold_reply(std::nullopt)
                          : fold_reply(fold_failure{exit_io, failed->message});
  }
  const auto reply = std::get<control_client>(server).ask(R"({"cmd":"fold"})");
  if (const auto* failed = std::get_if<control_failure>(&reply)) {
    return fold_failure{exit_io, failed->message};
  }
  return read_fold_reply(std::get<std::string>(reply));
}

}  // namespace

fold_reply read_fold_reply(const std::string& line) {
  if (const auto error = error_in(line)) {
    return fold_failure{error->exit_code, error->message};
  }
  simdjson::dom::parser parser;
  simdjson::dom::element parsed;
  std::string_view file;
  fold_place place;
  std::string_view salt_fp;
  const simdjson::padded_string padded(line);
  if (parser.parse(padded).get(parsed) != simdjson::SUCCESS ||
      parsed["file"].get(file) != simdjson::SUCCESS || !is_fold_name(file) ||
      parsed["seq"].get(place.seq) != simdjson::SUCCESS ||
      parsed["overlay"].get(place.overlay_id) != simdjson::SUCCESS ||
      parsed["salt"].get(salt_fp) != simdjson::SUCCESS || !seal::from_hex(salt_fp, place.salt_fp)) {
    return fold_failure{exit_io, "the running server's answer cannot be read"};
  }
  place.file = file;
  return place;
}

load::fold_asker fold_asker_for(const std::string& db) {
  return [db] { return ask(db); };
}

}  // namespace repute::tool
