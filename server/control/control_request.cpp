// SPDX-License-Identifier: Apache-2.0
#include "control/control_request.hpp"

#include <fmt/core.h>
#include <simdjson.h>

namespace repute::control {

control_request parse_control_request(std::string_view line) {
  const simdjson::padded_string padded(line);
  simdjson::dom::parser parser;
  simdjson::dom::object object;
  if (parser.parse(padded).get(object) != simdjson::SUCCESS) {
    return {std::nullopt, "not a JSON object"};
  }
  std::string_view word;
  if (object["cmd"].get(word) != simdjson::SUCCESS) {
    return {std::nullopt, "no text under \"cmd\""};
  }
  if (word == "status") {
    return {command::status, {}};
  }
  if (word == "stats") {
    return {command::stats, {}};
  }
  if (word == "adopt") {
    return {command::adopt, {}};
  }
  return {std::nullopt, "unknown command; there are status, stats and adopt"};
}

std::string json_quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    const auto code = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (code < 0x20) {
      out += fmt::format("\\u{:04x}", code);
    } else {
      out += c;
    }
  }
  return out + '"';
}

std::string json_error(std::string_view message) {
  return fmt::format("{{\"error\":{}}}", json_quoted(message));
}

}  // namespace repute::control
