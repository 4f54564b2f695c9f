// SPDX-License-Identifier: Apache-2.0
#include "access/clients_file.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <toml++/toml.h>
#include <algorithm>
#include <chrono>
#include <set>

#include "repute/schema/kind.hpp"
#include "repute/seal/credentials.hpp"
#include "toml/toml_text.hpp"

namespace repute::access {

namespace {

class clients_reader {
 public:
  explicit clients_reader(toml_mistakes& mistakes) : mistakes_(mistakes) {}

  std::vector<client_entry> read(const toml::table& root) {
    std::vector<client_entry> out;
    for (const auto& [key, value] : root) {
      const toml::array* array = value.as_array();
      if (key.str() != "client") {
        say(key.source(), fmt::format("unknown setting '{}'", key.str()));
      } else if (array == nullptr || !array->is_array_of_tables()) {
        say(value.source(), "client must be written as [[client]]");
      } else if (array->size() > clients_max) {
        say(value.source(), fmt::format("more than {} clients", clients_max));
      } else {
        for (const toml::node& one : *array) {
          out.push_back(read_client(*one.as_table()));
        }
      }
    }
    return out;
  }

 private:
  void say(const toml::source_region& at, std::string_view what) { mistakes_.say(at, what); }

  client_entry read_client(const toml::table& table) {
    client_entry out;
    out.line = table.source().begin.line;
    out.kinds.set();
    for (const auto& [key, value] : table) {
      read_setting(key.str(), key.source(), value, out);
    }
    if (!seal::is_client_id(out.id)) {
      say(table.source(), "id must be that of a client and a version of its keys: 257 or more");
    } else if (!ids_.insert(out.id).second) {
      say(table.source(), fmt::format("a second client with id {}", out.id));
    }
    if (!seal::is_client_name(out.name)) {
      say(table.source(), "name must be 1 to 63 of a-z, 0-9, '-', '.' and '_'");
    }
    return out;
  }

  void read_setting(std::string_view name, const toml::source_region& at, const toml::node& value,
                    client_entry& out) {
    if (name == "id") {
      out.id = static_cast<std::uint32_t>(number(value, name, 1, UINT32_MAX));
    } else if (name == "name") {
      out.name = value.value_exact<std::string>().value_or("");
    } else if (name == "slot") {
      out.slot = static_cast<std::uint8_t>(number(value, name, 0, seal::slots_max - 1));
    } else if (name == "rate") {
      out.rate = static_cast<std::uint32_t>(number(value, name, 1, UINT32_MAX));
    } else if (name == "networks") {
      read_networks(value, out);
    } else if (name == "kinds") {
      read_kinds(value, out);
    } else if (name == "not_after") {
      read_last_day(value, out);
    } else if (name == "revoked") {
      out.revoked = value.is_date();
      if (!out.revoked) {
        say(value.source(), "revoked must be a day, like 2026-11-22");
      }
    } else {
      say(at, fmt::format("unknown setting '{}'", name));
    }
  }

  std::int64_t number(const toml::node& value, std::string_view name, std::int64_t low,
                      std::int64_t high) {
    const auto found = value.value_exact<std::int64_t>();
    if (!found || *found < low || *found > high) {
      say(value.source(), fmt::format("{} must be a whole number from {} to {}", name, low, high));
      return low;
    }
    return *found;
  }

  /// `wrong` says what a word is that `use` does not take.
  template <class Use>
  void words(const toml::node& value, std::string_view name, Use use, std::string_view wrong) {
    const toml::array* array = value.as_array();
    if (array == nullptr || array->empty()) {
      say(value.source(), fmt::format("{} must be a list of texts", name));
      return;
    }
    for (const toml::node& item : *array) {
      const auto word = item.value_exact<std::string>();
      if (!word) {
        say(item.source(), fmt::format("{} must be a list of texts", name));
      } else if (!use(*word)) {
        say(item.source(), fmt::format("{}: '{}' is {}", name, *word, wrong));
      }
    }
  }

  void read_networks(const toml::node& value, client_entry& out) {
    const auto use = [&](const std::string& word) {
      const auto network = query::parse_network(word);
      if (network) {
        out.networks.push_back(*network);
        out.network_words.push_back(word);
      }
      return network.has_value();
    };
    words(value, "networks", use,
          "no network: an address, or the first one and its bits, like 192.0.2.0/24");
  }

  void read_kinds(const toml::node& value, client_entry& out) {
    out.kinds.reset();
    const auto use = [&](const std::string& word) {
      const auto wanted = subject_from_word(word);
      if (wanted) {
        out.kind_words.push_back(word);
        for (const kind each : all_kinds) {
          if (subject_of(each) == *wanted) {
            out.kinds.set(static_cast<std::uint8_t>(each));
          }
        }
      }
      return wanted.has_value();
    };
    words(value, "kinds", use, "no kind of key, like ip, domain or url");
  }

  void read_last_day(const toml::node& value, client_entry& out) {
    const auto day = value.value_exact<toml::date>();
    const std::chrono::year_month_day date =
        day ? std::chrono::year(day->year) / day->month / day->day : std::chrono::year_month_day();
    if (!day || !date.ok() || day->year < 1970) {
      say(value.source(), "not_after must be a day, like 2027-12-31");
      return;
    }
    const auto end = std::chrono::sys_days(date) + std::chrono::days(1) - std::chrono::seconds(1);
    out.not_after_unix_s = static_cast<std::uint64_t>(end.time_since_epoch().count());
    out.not_after = fmt::format("{:04}-{:02}-{:02}", day->year, day->month, day->day);
  }

  toml_mistakes& mistakes_;
  std::set<std::uint32_t> ids_;
};

std::string list_of(const std::vector<std::string>& words) {
  std::vector<std::string> quoted;
  quoted.reserve(words.size());
  for (const std::string& word : words) {
    quoted.push_back('"' + word + '"');
  }
  return fmt::format("[{}]", fmt::join(quoted, ", "));
}

}  // namespace

std::vector<client_entry> read_clients(std::string_view text, std::string_view path,
                                       std::vector<std::string>& problems) {
  toml_mistakes mistakes;
  const auto root = parse_toml(text, clients_bytes_max, [&](const auto& at, std::string_view what) {
    mistakes.say(at, what);
  });
  auto out = root ? clients_reader(mistakes).read(*root) : std::vector<client_entry>();
  // A line that is cut off may still be one: `id = 25` of 257.
  if (root && !text.empty() && !text.ends_with('\n')) {
    const auto last = 1 + static_cast<std::uint32_t>(std::ranges::count(text, '\n'));
    mistakes.say({{last, 1}, {last, 1}, nullptr}, "this line has no end: was the file cut short?");
  }
  mistakes.tell(path, problems);
  return out;
}

std::string write_client(const client_entry& from) {
  std::string out = "[[client]]\n";
  if (!from.network_words.empty()) {
    out += fmt::format("networks = {}\n", list_of(from.network_words));
  }
  if (!from.kind_words.empty()) {
    out += fmt::format("kinds = {}\n", list_of(from.kind_words));
  }
  if (from.rate != 0) {
    out += fmt::format("rate = {}\n", from.rate);
  }
  if (!from.not_after.empty()) {
    out += fmt::format("not_after = {}\n", from.not_after);
  }
  // Limits that are left out are none, so what must be there comes last: a file that was cut short
  // is refused and frees nobody of his limits.
  return out + fmt::format("slot = {}\nname = \"{}\"\nid = {}\n", from.slot, from.name, from.id);
}

std::string revoke_client(std::string_view text, std::uint32_t line, std::string_view day) {
  std::size_t end = 0;
  for (std::uint32_t i = 0; i < line; ++i) {
    end = text.find('\n', end) + 1;
  }
  return fmt::format("{}revoked = {}\n{}", text.substr(0, end), day, text.substr(end));
}

}  // namespace repute::access
