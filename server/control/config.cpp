// SPDX-License-Identifier: Apache-2.0
#include "control/config.hpp"

#include <fmt/core.h>

#include <toml++/toml.h>
#include <algorithm>
#include <optional>

#include "control/text_file.hpp"
#include "toml/toml_text.hpp"

namespace repute::control {

namespace {

constexpr std::uintmax_t file_size_max = 1 << 20;
constexpr std::int64_t receive_buffer_min = 64 << 10;
constexpr std::int64_t receive_buffer_max = 1 << 30;

// Reads a table and collects what is wrong with it.
class table_reader {
 public:
  table_reader(const toml::table& table, std::vector<config_problem>& problems)
      : table_(table), problems_(problems) {}

  void complain(const toml::source_region& where, std::string message) {
    problems_.push_back({where.begin.line, where.begin.column, std::move(message)});
  }

  template <class Use>
  void text(std::string_view key, Use use) {
    if (const toml::node* node = table_.get(key); node != nullptr) {
      text_of(*node, key, use);
    }
  }

  // Whole number within [min, max], or nothing.
  std::optional<std::int64_t> number(std::string_view key, std::int64_t min, std::int64_t max) {
    const toml::node* node = table_.get(key);
    if (node == nullptr) {
      return std::nullopt;
    }
    const auto value = node->value_exact<std::int64_t>();
    if (!value || *value < min || *value > max) {
      complain(node->source(),
               fmt::format("{} must be a whole number from {} to {}", key, min, max));
      return std::nullopt;
    }
    return value;
  }

  std::optional<bool> flag(std::string_view key) {
    const toml::node* node = table_.get(key);
    if (node == nullptr) {
      return std::nullopt;
    }
    const auto value = node->value_exact<bool>();
    if (!value) {
      complain(node->source(), fmt::format("{} must be true or false", key));
    }
    return value;
  }

  [[nodiscard]] bool has(std::string_view key) const { return table_.contains(key); }

  template <class Use>
  void texts(std::string_view key, Use use, bool may_be_empty = false) {
    const toml::node* node = table_.get(key);
    if (node == nullptr) {
      return;
    }
    const toml::array* array = node->as_array();
    if (array == nullptr || (array->empty() && !may_be_empty)) {
      complain(node->source(), fmt::format("{} must be a list of texts", key));
      return;
    }
    for (const toml::node& item : *array) {
      text_of(item, key, use);
    }
  }

  void refuse_unknown(std::initializer_list<std::string_view> known) {
    for (const auto& [key, node] : table_) {
      if (std::find(known.begin(), known.end(), key.str()) == known.end()) {
        complain(key.source(), fmt::format("unknown key '{}'", key.str()));
      }
    }
  }

 private:
  // `use` gets the text and returns what is wrong with it, or nothing.
  template <class Use>
  void text_of(const toml::node& node, std::string_view key, Use use) {
    const auto value = node.value_exact<std::string>();
    if (!value) {
      complain(node.source(), fmt::format("{} must be a text in quotes", key));
    } else if (std::optional<std::string> wrong = use(*value); wrong) {
      complain(node.source(), std::move(*wrong));
    }
  }

  const toml::table& table_;
  std::vector<config_problem>& problems_;
};

using wrong = std::optional<std::string>;

// An empty list is one, too: nobody may ask in plain text.
void read_plain_networks(table_reader& from, config& out) {
  if (!from.has("plain_networks")) {
    return;
  }
  out.plain_networks.clear();
  from.texts(
      "plain_networks",
      [&](const std::string& value) -> wrong {
        const auto network = query::parse_network(value);
        if (!network) {
          return fmt::format(
              "plain_networks: '{}' is no network, like 192.0.2.0/24 or 2001:db8::/32", value);
        }
        out.plain_networks.push_back(*network);
        return std::nullopt;
      },
      true);
}

void read_table(const toml::table& table, config& out, std::vector<config_problem>& problems) {
  table_reader from(table, problems);
  from.refuse_unknown({"database", "listen", "workers", "store", "server_id", "receive_buffer",
                       "merge_replies", "merge_requests", "plain_networks", "plain_rate",
                       "trusted_keys"});
  from.text("database", [&](const std::string& value) -> wrong {
    out.database = value;
    return value.empty() ? wrong("database must name a directory") : std::nullopt;
  });
  from.texts("listen", [&](const std::string& value) -> wrong {
    const auto address = net::parse_socket_address(value);
    if (!address) {
      return fmt::format("listen: '{}' is no address and port, like 127.0.0.1:7060 or [::1]:7060",
                         value);
    }
    out.listen.push_back(*address);
    return std::nullopt;
  });
  from.texts("trusted_keys", [&](const std::string& value) -> wrong {
    const auto key = seal::parse_public_key(value);
    if (!key) {
      return fmt::format("trusted_keys: '{}' is no public key as `repute keys show` prints it",
                         value);
    }
    out.trusted_keys.push_back(*key);
    return std::nullopt;
  });
  read_plain_networks(from, out);
  from.text("store", [&](const std::string& value) -> wrong {
    return parse_storage_mode(value, out.store) ? std::nullopt
                                                : wrong("store must be \"mmap\" or \"memory\"");
  });
  if (const auto workers = from.number("workers", 1, workers_max); workers) {
    out.workers = static_cast<int>(*workers);
  }
  if (const auto id = from.number("server_id", 1, UINT32_MAX); id) {
    out.server_id = static_cast<std::uint32_t>(*id);
  }
  if (const auto rate = from.number("plain_rate", 0, UINT32_MAX); rate) {
    out.plain_rate = static_cast<std::uint32_t>(*rate);
  }
  if (const auto size = from.number("receive_buffer", receive_buffer_min, receive_buffer_max);
      size) {
    out.receive_buffer = static_cast<int>(*size);
  }
  if (const auto merge = from.flag("merge_replies"); merge) {
    out.merging.replies = *merge;
  }
  if (const auto merge = from.flag("merge_requests"); merge) {
    out.merging.requests = *merge;
  }
}

}  // namespace

bool is_plain_for_loopback_alone(const config& from) {
  const auto loopback = query::loopback_networks();
  return std::ranges::all_of(from.plain_networks, [&](const query::network& each) {
    return std::ranges::any_of(loopback, [&](const query::network& wide) {
      return each.bits >= wide.bits && wide.contains(each.address);
    });
  });
}

std::uint32_t plain_rate_of(const config& from) {
  return from.plain_rate.value_or(is_plain_for_loopback_alone(from) ? 0 : plain_rate_default);
}

bool parse_storage_mode(std::string_view word, store::storage_mode& out) noexcept {
  if (word == "mmap") {
    out = store::storage_mode::mmap;
  } else if (word == "memory") {
    out = store::storage_mode::memory;
  } else {
    return false;
  }
  return true;
}

std::string_view word(store::storage_mode mode) noexcept {
  return mode == store::storage_mode::mmap ? "mmap" : "memory";
}

std::vector<config_problem> read_config_file(const std::filesystem::path& path, config& out) {
  std::vector<config_problem> problems;
  std::string text;
  if (auto unreadable = read_text_file(path, file_size_max, text); unreadable) {
    problems.push_back({0, 0, std::move(*unreadable)});
    return problems;
  }
  const auto table =
      parse_toml(text, file_size_max, [&](const toml::source_region& at, std::string_view what) {
        problems.push_back({at.begin.line, at.begin.column, std::string(what)});
      });
  if (table) {
    read_table(*table, out, problems);
  }
  std::stable_sort(problems.begin(), problems.end(),
                   [](const config_problem& a, const config_problem& b) {
                     return std::pair(a.line, a.column) < std::pair(b.line, b.column);
                   });
  return problems;
}

std::string to_string(const std::filesystem::path& path, const config_problem& problem) {
  if (problem.line == 0) {
    return fmt::format("{}: {}", path.string(), problem.message);
  }
  return fmt::format("{}:{}:{}: {}", path.string(), problem.line, problem.column, problem.message);
}

}  // namespace repute::control
