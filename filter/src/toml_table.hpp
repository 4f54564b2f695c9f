// SPDX-License-Identifier: Apache-2.0
// Reads tables of a configuration and collects everything that is wrong with them.
#pragma once

#include <fmt/format.h>

#include <toml++/toml.h>
#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "toml/toml_text.hpp"

namespace repute::mail {

/// One table. A setting that is not there leaves the default; one of another type, or out of its
/// range, is a problem.
class toml_table {
 public:
  toml_table(const toml::table& table, toml_mistakes& problems)
      : table_(table), problems_(problems) {}

  void refuse_unknown(std::initializer_list<std::string_view> known) {
    refuse_unknown(std::span(known.begin(), known.size()));
  }
  void refuse_unknown(std::span<const std::string_view> known) {
    for (const auto& [key, node] : table_) {
      if (std::ranges::find(known, key.str()) == known.end()) {
        problems_.say(key.source(), fmt::format("unknown setting '{}'", key.str()));
      }
    }
  }

  void flag(std::string_view key, bool& out) {
    if (const toml::node* node = table_.get(key)) {
      const auto value = node->value_exact<bool>();
      if (!value) {
        problems_.say(node->source(), fmt::format("{} must be true or false", key));
      }
      out = value.value_or(out);
    }
  }

  template <class T>
  void number(std::string_view key, std::int64_t low, std::int64_t high, T& out) {
    if (const toml::node* node = table_.get(key)) {
      const auto value = node->value_exact<std::int64_t>();
      if (!value || *value < low || *value > high) {
        problems_.say(node->source(),
                      fmt::format("{} must be a whole number from {} to {}", key, low, high));
        return;
      }
      out = static_cast<T>(*value);
    }
  }

  /// 0 .. 1, also written as a whole number.
  void share(std::string_view key, double& out) {
    if (const toml::node* node = table_.get(key)) {
      const auto value = node->value<double>();
      if (!value || !(*value >= 0 && *value <= 1)) {  // not a number is neither
        problems_.say(node->source(), fmt::format("{} must be a number from 0 to 1", key));
        return;
      }
      out = *value;
    }
  }

  /// `use` gets the text and returns what is wrong with it; an empty sentence for nothing.
  template <class Use>
  void text(std::string_view key, Use use) {
    if (const toml::node* node = table_.get(key)) {
      text_of(*node, key, use);
    }
  }

  void file_name(std::string_view key, std::string& out) {
    text(key, [&](const std::string& text) -> std::string {
      out = text;
      return text.empty() ? "must name a file" : "";
    });
  }

  template <class Use>
  void texts(std::string_view key, Use use) {
    const toml::node* node = table_.get(key);
    if (node == nullptr) {
      return;
    }
    const toml::array* array = node->as_array();
    if (array == nullptr) {
      problems_.say(node->source(), fmt::format("{} must be a list of texts", key));
      return;
    }
    for (const toml::node& item : *array) {
      text_of(item, key, use);
    }
  }

  /// `use` gets the table below `key` as a toml_table.
  template <class Use>
  void table(std::string_view key, Use use) {
    if (const toml::node* node = table_.get(key)) {
      if (const toml::table* inner = node->as_table()) {
        toml_table reader(*inner, problems_);
        use(reader);
      } else {
        problems_.say(node->source(), fmt::format("{0} must be a table, written [{0}]", key));
      }
    }
  }

  /// The same for each [[key]].
  template <class Use>
  void tables(std::string_view key, Use use) {
    const toml::node* node = table_.get(key);
    if (node == nullptr) {
      return;
    }
    const toml::array* array = node->as_array();
    if (array == nullptr || !array->is_array_of_tables()) {
      problems_.say(node->source(), fmt::format("{0} must be written as [[{0}]]", key));
      return;
    }
    for (const toml::node& item : *array) {
      toml_table reader(*item.as_table(), problems_);
      use(reader);
    }
  }

  [[nodiscard]] bool has(std::string_view key) const { return table_.contains(key); }
  void say(std::string_view what) { problems_.say(table_.source(), what); }

 private:
  template <class Use>
  void text_of(const toml::node& node, std::string_view key, Use use) {
    const auto value = node.value_exact<std::string>();
    if (!value) {
      problems_.say(node.source(), fmt::format("{} must be a text in quotes", key));
    } else if (const std::string wrong = use(*value); !wrong.empty()) {
      problems_.say(node.source(), fmt::format("{}: {}", key, wrong));
    }
  }

  const toml::table& table_;
  toml_mistakes& problems_;
};

/// Parses `text` and hands its root table to `use`; what is wrong goes to `problems`.
template <class Use>
void read_toml(std::string_view text, std::string_view path, std::size_t bytes_max,
               std::vector<std::string>& problems, Use use) {
  toml_mistakes found;
  const auto root = parse_toml(text, bytes_max,
                               [&](const auto& at, std::string_view what) { found.say(at, what); });
  if (root) {
    toml_table reader(*root, found);
    use(reader);
  }
  found.tell(path, problems);
}

}  // namespace repute::mail
