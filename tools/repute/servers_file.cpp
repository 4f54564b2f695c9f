// SPDX-License-Identifier: Apache-2.0
// The one translation unit of the command that compiles toml++.
#include "servers_file.hpp"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <string_view>

#include "repute/schema/wire.hpp"
#include "toml/toml_text.hpp"

namespace repute::tool {
namespace {

constexpr std::size_t text_bytes_max = std::size_t{1} << 20;

class servers_reader {
 public:
  explicit servers_reader(toml_mistakes& mistakes) : mistakes_(mistakes) {}

  servers_file read(const toml::table& root) {
    servers_file out;
    for (const auto& [key, value] : root) {
      if (key.str() == "version") {
        out.version = number(value, "version", 1, UINT32_MAX);
      } else if (key.str() == "epoch") {
        out.data_epoch = number(value, "epoch", 0, UINT32_MAX);
      } else if (key.str() == "server") {
        read_servers(value, out.servers);
      } else {
        say(key.source(), fmt::format("unknown setting '{}'", key.str()));
      }
    }
    return out;
  }

 private:
  void say(const toml::source_region& at, std::string_view what) { mistakes_.say(at, what); }

  std::optional<std::uint32_t> number(const toml::node& value, std::string_view name,
                                      std::int64_t low, std::int64_t high) {
    const auto* found = value.as_integer();
    if (found == nullptr || found->get() < low || found->get() > high) {
      say(value.source(), fmt::format("{} must be a whole number from {} to {}", name, low, high));
      return std::nullopt;
    }
    return static_cast<std::uint32_t>(found->get());
  }

  void read_servers(const toml::node& value, std::vector<seal::server_entry>& out) {
    const auto* array = value.as_array();
    if (array == nullptr || !array->is_array_of_tables()) {
      say(value.source(), "server must be written as [[server]]");
      return;
    }
    for (const toml::node& one : *array) {
      out.push_back(read_server(*one.as_table()));
    }
  }

  seal::server_entry read_server(const toml::table& table) {
    seal::server_entry out{.address = {}, .port = wire::default_port, .bias_us = 0};
    for (const auto& [key, value] : table) {
      if (key.str() == "address") {
        const auto* text = value.as_string();
        out.address = text != nullptr ? text->get() : std::string();
      } else if (key.str() == "port") {
        out.port = static_cast<std::uint16_t>(number(value, "port", 1, UINT16_MAX).value_or(1));
      } else if (key.str() == "bias_us") {
        out.bias_us = number(value, "bias_us", 0, seal::server_bias_us_max).value_or(0);
      } else {
        say(key.source(), fmt::format("unknown setting '{}'", key.str()));
      }
    }
    // What a list may hold is known in one place; asked for one entry it tells about that one.
    if (const auto wrong = seal::problem_of({.version = 1, .data_epoch = 0, .servers = {out}})) {
      say(table.source(), *wrong);
    }
    return out;
  }

  toml_mistakes& mistakes_;
};

}  // namespace

servers_file read_servers_text(std::string_view text, std::string_view path,
                               std::vector<std::string>& problems) {
  toml_mistakes mistakes;
  const auto root = parse_toml(
      text, text_bytes_max, [&](const auto& at, std::string_view what) { mistakes.say(at, what); });
  servers_file out = root ? servers_reader(mistakes).read(*root) : servers_file();
  mistakes.tell(path, problems);
  return out;
}

}  // namespace repute::tool
