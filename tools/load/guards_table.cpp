// SPDX-License-Identifier: Apache-2.0
#include "load/guards_table.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

namespace repute::load {
namespace {

// `20%`; nothing for anything else.
std::optional<double> parse_percent(std::string_view text, double high) noexcept {
  double value = 0;
  if (!text.ends_with('%')) {
    return std::nullopt;
  }
  const char* end = text.data() + text.size() - 1;
  const auto [after, error] = std::from_chars(text.data(), end, value, std::chars_format::fixed);
  const bool good = error == std::errc() && after == end && value >= 0 && value <= high;
  return good ? std::optional(value) : std::nullopt;
}

class limits_reader {
 public:
  limits_reader(const toml_problems& problems, feed_limits& out) : problems_(problems), out_(out) {}

  void read(const toml::key& key, const toml::node& node) {
    if (key == "widest_v4") {
      read_number(node, key, 0, 32, out_.widest_v4);
    } else if (key == "widest_v6") {
      read_number(node, key, 0, 128, out_.widest_v6);
    } else if (key == "rows") {
      read_number(node, key, 1, std::int64_t{1} << 40, out_.rows);
    } else if (key == "shrink") {
      read_percent(node, key, 100, out_.shrink_percent);
    } else if (key == "grow") {
      read_percent(node, key, 1e9, out_.grow_percent);
    } else if (key == "empty") {
      read_switch(node, key, out_.empty);
    } else if (key == "reserved") {
      read_switch(node, key, out_.reserved);
    } else {
      problems_.say(key.source(), fmt::format("unknown limit \"{}\"", key.str()));
    }
  }

 private:
  template <class T>
  void read_number(const toml::node& node, std::string_view key, std::int64_t low,
                   std::int64_t high, T& out) {
    const auto* number = node.as_integer();
    if (number == nullptr || number->get() < low || number->get() > high) {
      problems_.say(node.source(),
                    fmt::format("limits.{} must be a whole number from {} to {}", key, low, high));
      return;
    }
    out = static_cast<T>(number->get());
  }

  void read_percent(const toml::node& node, std::string_view key, double high,
                    std::optional<double>& out) {
    const auto text = node.value_exact<std::string>();
    const auto percent = text ? parse_percent(*text, high) : std::nullopt;
    if (!percent && text != "off") {
      problems_.say(node.source(),
                    fmt::format("limits.{} must be \"off\" or a percentage such as \"20%\", at "
                                "most {}%",
                                key, high));
      return;
    }
    out = percent;
  }

  void read_switch(const toml::node& node, std::string_view key, bool& out) {
    const auto* value = node.as_boolean();
    if (value == nullptr) {
      problems_.say(node.source(), fmt::format("limits.{} must be true or false", key));
      return;
    }
    out = value->get();
  }

  const toml_problems& problems_;
  feed_limits& out_;
};

void read_texts(const toml::key& key, const toml::node& node, const toml_problems& problems,
                std::vector<placed_text>& out) {
  const toml::array* texts = node.as_array();
  if (texts == nullptr) {
    problems.say(node.source(), fmt::format("guards.{} must be an array of texts", key.str()));
    return;
  }
  for (const toml::node& each : *texts) {
    const auto text = each.value_exact<std::string>();
    if (!text || text->empty()) {
      problems.say(each.source(), fmt::format("guards.{} must be an array of texts", key.str()));
      continue;
    }
    out.push_back({*text, problems.place(each.source())});
  }
}

}  // namespace

std::string toml_problems::place(const toml::source_region& at) const {
  return fmt::format("{}:{}:{}", path, at.begin.line, at.begin.column);
}

void toml_problems::say(const toml::source_region& at, std::string what) const {
  found.push_back({place(at), std::move(what)});
}

void read_limits(const toml::node& value, const toml_problems& problems, feed_limits& out) {
  const toml::table* table = value.as_table();
  if (table == nullptr) {
    problems.say(value.source(),
                 "limits must be a table such as { widest_v4 = 16, rows = 100000 }");
    return;
  }
  limits_reader reader(problems, out);
  for (const auto& [key, node] : *table) {
    reader.read(key, node);
  }
}

void read_guards(const toml::node& value, const std::filesystem::path& folder,
                 const toml_problems& problems, guard_settings& out) {
  const toml::table* table = value.as_table();
  if (table == nullptr) {
    problems.say(value.source(), "guards must be a table: [guards]");
    return;
  }
  for (const auto& [key, node] : *table) {
    if (key == "own") {
      read_texts(key, node, problems, out.own);
    } else if (key == "allow") {
      read_texts(key, node, problems, out.allow);
    } else if (key == "present") {
      read_texts(key, node, problems, out.present);
    } else if (key == "absent") {
      read_texts(key, node, problems, out.absent);
    } else {
      problems.say(key.source(), fmt::format("unknown guard \"{}\": own, allow, present and absent "
                                             "are known",
                                             key.str()));
    }
  }
  for (placed_text& file : out.allow) {
    file.text = (folder / file.text).string();
  }
}

}  // namespace repute::load
