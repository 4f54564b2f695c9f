// SPDX-License-Identifier: Apache-2.0
#include "store/history.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <string>
#include <string_view>

#include "store/file.hpp"

namespace repute::store {
namespace {

constexpr unsigned small_file_mode = 0644;
constexpr std::size_t line_bytes_max = 11;  // ten digits and a line feed

std::filesystem::path history_path(const std::filesystem::path& db) {
  return db / "HISTORY";
}

// The list with the generation that is in force now at its end. Files that say nothing must not
// stop a switch, which mends them: a list that cannot be read begins anew.
result<std::vector<std::uint32_t>> with_present(const std::filesystem::path& db) {
  const auto current = read_current(db);
  if (!current && current.error().code != store_error::not_found &&
      current.error().code != store_error::corrupt) {
    return current.error();
  }
  auto read = read_history(db);
  if (!read && read.error().code != store_error::corrupt) {
    return read.error();
  }
  std::vector<std::uint32_t> generations = read ? std::move(*read) : std::vector<std::uint32_t>();
  if (current && (generations.empty() || generations.back() != *current)) {
    generations.push_back(*current);
  }
  return generations;
}

// A rename may be done although what followed it failed: what CURRENT says now is what counts.
failure unless_switched(const std::filesystem::path& db, std::uint32_t generation, failure why) {
  const auto current = read_current(db);
  if (!current || *current != generation) {
    return why;
  }
  return {store_error::unsynced,
          fmt::format("generation {} is in force, but may not survive a power cut: {}", generation,
                      why.message)};
}

}  // namespace

std::optional<std::vector<std::uint32_t>> decode_history(std::string_view text) {
  std::vector<std::uint32_t> generations;
  while (!text.empty()) {
    std::uint32_t next = 0;
    const char* const after = text.data() + text.size();
    const auto [end, error] = std::from_chars(text.data(), after, next);
    if (error != std::errc() || next == 0 || end == after || *end != '\n' ||
        (!generations.empty() && generations.back() == next)) {
      return std::nullopt;
    }
    generations.push_back(next);
    text.remove_prefix(static_cast<std::size_t>(end - text.data()) + 1);
  }
  return generations;
}

result<std::vector<std::uint32_t>> read_history(const std::filesystem::path& db) {
  const std::filesystem::path path = history_path(db);
  const auto text = read_small_file(path, history_max * line_bytes_max);
  if (!text) {
    if (text.error().code == store_error::not_found) {
      return std::vector<std::uint32_t>();
    }
    return text.error();
  }
  auto generations = decode_history(*text);
  if (!generations) {
    return failure{store_error::corrupt, path.string() + ": not a list of generations"};
  }
  return std::move(*generations);
}

result<std::uint32_t> generation_before(const std::filesystem::path& db) {
  const auto current = read_current(db);
  if (!current) {
    return current.error();
  }
  const auto generations = read_history(db);
  if (!generations) {
    return generations.error();
  }
  // A crash before the last switch leaves the present one at the end of the list.
  const auto before = std::find_if(generations->rbegin(), generations->rend(),
                                   [&](std::uint32_t each) { return each != *current; });
  if (before == generations->rend()) {
    return failure{
        store_error::not_found,
        fmt::format("{}: nothing was in force before generation {}", db.string(), *current)};
  }
  return *before;
}

result<void> put_in_force(const std::filesystem::path& db, std::uint32_t generation) {
  const auto generations = with_present(db);
  if (!generations) {
    return generations.error();
  }
  std::error_code none_yet;
  if (!generations->empty() || std::filesystem::exists(history_path(db), none_yet)) {
    std::string text;
    const std::size_t skipped =
        generations->size() > history_max ? generations->size() - history_max : 0;
    for (std::size_t i = skipped; i < generations->size(); ++i) {
      text += fmt::format("{}\n", (*generations)[i]);
    }
    if (const auto written = replace_file(history_path(db), text, small_file_mode); !written) {
      return written;
    }
  }
  const auto done = replace_file(db / "CURRENT", fmt::format("{}\n", generation), small_file_mode);
  return done ? done : unless_switched(db, generation, done.error());
}

}  // namespace repute::store
