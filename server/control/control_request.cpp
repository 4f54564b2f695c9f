// SPDX-License-Identifier: Apache-2.0
#include "control/control_request.hpp"

#include <fmt/core.h>
#include <simdjson.h>

#include <array>
#include <utility>

namespace repute::control {

namespace {

constexpr std::array commands{
    std::pair{std::string_view("status"), command::status},
    std::pair{std::string_view("stats"), command::stats},
    std::pair{std::string_view("adopt"), command::adopt},
    std::pair{std::string_view("put"), command::put},
    std::pair{std::string_view("del"), command::del},
    std::pair{std::string_view("override_add"), command::override_add},
    std::pair{std::string_view("override_del"), command::override_del},
    std::pair{std::string_view("list"), command::list},
    std::pair{std::string_view("entry"), command::entry},
    std::pair{std::string_view("fold"), command::fold},
};

std::string unknown_command() {
  std::string out = "unknown command; there are";
  for (const auto& [name, command] : commands) {
    out += fmt::format(" {}", name);
  }
  return out;
}

}  // namespace

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
  for (const auto& [name, command] : commands) {
    if (word == name) {
      return {command, {}};
    }
  }
  return {std::nullopt, unknown_command()};
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
