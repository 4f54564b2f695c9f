// SPDX-License-Identifier: Apache-2.0
// feeds.toml to specifications. With guards_table.cpp all of the loader that compiles toml++.
#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "load/feed_spec.hpp"
#include "load/guards_table.hpp"
#include "store/file.hpp"
#include "toml/toml_text.hpp"

namespace repute::load {
namespace {

constexpr std::size_t file_bytes_max = std::size_t{1} << 20;

class feeds_reader {
 public:
  feeds_reader(const std::string& path, std::vector<spec_problem>& problems)
      : path_(path), folder_(std::filesystem::path(path).parent_path()), problems_(problems) {}

  feeds_file read();

 private:
  void say(const toml::source_region& at, std::string what) { problems().say(at, std::move(what)); }
  [[nodiscard]] toml_problems problems() const { return {path_, problems_}; }
  bool load_text(std::string& text, int& exit_code);
  feed_spec read_feed(const toml::table& table);
  void read_field(std::string_view key, const toml::node& value, feed_spec& spec);
  void read_files(const toml::node& value, feed_spec& spec);
  void read_columns(const toml::node& value, feed_spec& spec);

  template <class T, class Lookup>
  void read_word(const toml::node& value, std::string_view key, std::string_view choices,
                 Lookup&& lookup, T& out) {
    const auto text = value.value<std::string>();
    const auto found = text ? lookup(*text) : std::nullopt;
    if (!found) {
      say(value.source(), fmt::format("{} must be one of {}", key, choices));
      return;
    }
    out = *found;
  }
  template <class T>
  void read_integer(const toml::node& value, std::string_view key, std::int64_t low,
                    std::int64_t high, T& out) {
    const auto* number = value.as_integer();
    if (number == nullptr || number->get() < low || number->get() > high) {
      say(value.source(), fmt::format("{} must be a whole number from {} to {}", key, low, high));
      return;
    }
    out = static_cast<T>(number->get());
  }
  void read_duration(const toml::node& value, std::string_view key, std::uint64_t high,
                     std::uint64_t& out);
  void read_column(const toml::node& value, std::string_view key, column& out);

  std::string path_;
  std::filesystem::path folder_;
  std::vector<spec_problem>& problems_;
};

bool feeds_reader::load_text(std::string& text, int& exit_code) {
  errno = EIO;  // for a library that does not say why
  std::ifstream file(path_, std::ios::binary);
  if (!file) {
    const int error = errno;
    problems_.push_back({path_, "cannot open: " + store::reason_of(error, path_)});
    exit_code = store::exit_code(store::system_failure(path_, "cannot open", error).code);
    return false;
  }
  std::ostringstream all;
  all << file.rdbuf();
  text = std::move(all).str();
  return true;
}

feeds_file feeds_reader::read() {
  feeds_file out;
  std::string text;
  if (!load_text(text, out.exit_code)) {
    return out;
  }
  const auto parsed = parse_toml(text, file_bytes_max, [&](const auto& at, std::string_view what) {
    say(at, std::string(what));
  });
  if (!parsed) {
    return out;
  }
  const toml::table& root = *parsed;
  std::vector<feed_spec>& specs = out.feeds;
  std::set<std::string> names;
  for (const auto& [key, value] : root) {
    if (key.str() == "guards") {
      read_guards(value, folder_, problems(), out.guards);
    } else if (key.str() != "feed" || !value.is_array_of_tables()) {
      say(key.source(),
          fmt::format("\"{}\": only [[feed]] tables and [guards] are known here", key.str()));
    }
  }
  if (const toml::array* feeds = root["feed"].as_array(); feeds != nullptr) {
    for (const toml::node& feed : *feeds) {
      if (const toml::table* table = feed.as_table(); table != nullptr) {
        specs.push_back(read_feed(*table));
        const std::string& name = specs.back().name;
        if (!name.empty() && !names.insert(name).second) {
          say(table->source(), fmt::format("two feeds are named \"{}\"", name));
        }
      }
    }
  }
  if (specs.empty() && problems_.empty()) {
    problems_.push_back({path_, "no [[feed]] in it"});
  }
  return out;
}

feed_spec feeds_reader::read_feed(const toml::table& table) {
  feed_spec spec;
  spec.folder = folder_.string();
  for (const std::string_view key : {"name", "file", "format", "verdict"}) {
    if (!table.contains(key)) {
      say(table.source(), fmt::format("a feed without \"{}\"", key));
    }
  }
  const std::size_t before = problems_.size();
  for (const auto& [key, value] : table) {
    read_field(key.str(), value, spec);
  }
  if (!table.contains("kind") && !imply_subject(spec)) {
    say(table.source(), "a feed without \"kind\"");
  }
  if (problems_.size() == before && table.contains("name") && table.contains("file")) {
    const auto& at = table.source();
    check_feed(spec, fmt::format("{}:{}:{}", path_, at.begin.line, at.begin.column), problems_);
  }
  return spec;
}

void feeds_reader::read_field(std::string_view key, const toml::node& value, feed_spec& spec) {
  if (key == "name") {
    spec.name = value.value_or(std::string());
  } else if (key == "file") {
    read_files(value, spec);
  } else if (key == "format") {
    read_word(value, key, format_words(), format_from_word, spec.format);
  } else if (key == "kind") {
    read_word(value, key,
              "ip, domain, url, email, email-md5, sha256, md5, image-md5, name-md5, "
              "text, category, topic, heuristic, avrec",
              subject_from_word, spec.subject);
  } else if (key == "match") {
    read_word(value, key, "exact, subdomains, both", match_from_word, spec.match);
  } else if (key == "verdict") {
    read_word(value, key, "spam, probable_spam, formal, trusted, blacklisted, phishing, malware",
              verdict_from_word, spec.verdict);
  } else if (key == "score") {
    read_integer(value, key, score_min, score_max, spec.score);
  } else if (key == "score_column") {
    read_column(value, key, spec.score_column.emplace());
  } else if (key == "score_scale") {
    const auto scale = value.value<double>();
    if (!scale || !std::isfinite(*scale)) {
      say(value.source(), "score_scale must be a number");
    }
    spec.score_scale = scale.value_or(1);
  } else if (key == "category") {
    read_integer(value, key, 0, category_max, spec.category);
  } else if (key == "cache_ttl") {
    std::uint64_t seconds = spec.cache_ttl_s;
    read_duration(value, key, 65535, seconds);
    spec.cache_ttl_s = static_cast<std::uint16_t>(seconds);
  } else if (key == "expires") {
    read_duration(value, key, std::uint64_t{100} * 366 * 86400, spec.expires_after_s);
  } else if (key == "expires_column") {
    read_column(value, key, spec.expires_column.emplace());
  } else if (key == "columns") {
    read_columns(value, spec);
  } else if (key == "limits") {
    read_limits(value, problems(), spec.limits);
  } else {
    say(value.source(), fmt::format("unknown setting \"{}\"", key));
  }
}

void feeds_reader::read_files(const toml::node& value, feed_spec& spec) {
  const auto add = [&](const toml::node& node) {
    const auto text = node.value<std::string>();
    if (!text || text->empty()) {
      say(node.source(), "file must be a path or an array of paths");
      return;
    }
    spec.files.push_back(*text);
  };
  if (const toml::array* files = value.as_array(); files != nullptr) {
    for (const toml::node& file : *files) {
      add(file);
    }
  } else {
    add(value);
  }
}

void feeds_reader::read_columns(const toml::node& value, feed_spec& spec) {
  const toml::table* table = value.as_table();
  if (table == nullptr) {
    say(value.source(), "columns must be a table such as { key = \"Domain\", reason = 3 }");
    return;
  }
  for (const auto& [key, node] : *table) {
    if (key.str() == "key") {
      read_column(node, "columns.key", spec.key_column);
    } else if (key.str() == "reason") {
      read_column(node, "columns.reason", spec.reason_column.emplace());
    } else if (key.str() == "kind") {
      read_column(node, "columns.kind", spec.subject_column.emplace());
    } else {
      say(key.source(),
          fmt::format("unknown column \"{}\": key, reason and kind are known", key.str()));
    }
  }
}

void feeds_reader::read_duration(const toml::node& value, std::string_view key, std::uint64_t high,
                                 std::uint64_t& out) {
  std::optional<std::uint64_t> seconds;
  if (const auto text = value.value_exact<std::string>()) {
    seconds = parse_duration_s(*text);
  } else if (const auto number = value.value_exact<std::int64_t>(); number && *number >= 0) {
    seconds = static_cast<std::uint64_t>(*number);
  }
  if (!seconds || *seconds > high) {
    say(value.source(),
        fmt::format("{} must be a duration such as \"90s\" or \"30d\", at most {} s", key, high));
    return;
  }
  out = *seconds;
}

void feeds_reader::read_column(const toml::node& value, std::string_view key, column& out) {
  if (const auto name = value.value_exact<std::string>(); name && !name->empty()) {
    out = *name;
  } else if (const auto number = value.value_exact<std::int64_t>();
             number && *number >= 1 && *number <= 1000) {
    out = static_cast<std::uint32_t>(*number);
  } else {
    say(value.source(), fmt::format("{} must be a column's name or its number from 1 on", key));
  }
}

}  // namespace

feeds_file read_feeds_file(const std::string& path, std::vector<spec_problem>& problems) {
  return feeds_reader(path, problems).read();
}

}  // namespace repute::load
