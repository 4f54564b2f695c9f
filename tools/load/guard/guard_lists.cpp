// SPDX-License-Identifier: Apache-2.0
#include "load/guard/guard_lists.hpp"

#include <fmt/format.h>

#include <fstream>

namespace repute::load {
namespace {

// False: it cannot be read, or is too large.
bool read_text(const std::string& path, std::string& text) {
  constexpr std::size_t step = std::size_t{1} << 20;
  std::ifstream file(path, std::ios::binary);
  while (file.good() && text.size() <= allow_list_bytes_max) {
    const std::size_t at = text.size();
    text.resize(at + step);
    file.read(text.data() + at, step);
    text.resize(at + static_cast<std::size_t>(file.gcount()));
  }
  return file.is_open() && !file.bad() && text.size() <= allow_list_bytes_max;
}

void read_file(const placed_text& named, const canon::canonicalizer& canon,
               std::vector<guard_lists::file>& into, std::vector<spec_problem>& problems) {
  std::string text;
  if (!read_text(named.text, text)) {
    problems.push_back({named.where, named.text + ": cannot be read, or is larger than 64 MiB"});
    return;
  }
  allow_list list = read_allow_list(text, canon);
  for (const format_problem& problem : list.problems) {
    problems.push_back(
        {fmt::format("{}:{}:{}", named.text, problem.at.line, problem.at.column), problem.what});
  }
  if (list.entries.empty() && list.problems.empty()) {
    problems.push_back({named.where, named.text + ": an empty allow list protects nothing"});
  }
  into.push_back({named.text, std::move(list.entries)});
}

}  // namespace

guard_lists read_guard_lists(const guard_settings& settings, const canon::canonicalizer& canon,
                             std::vector<spec_problem>& problems) {
  guard_lists lists;
  for (const placed_text& each : settings.own) {
    auto read = read_list_entry(each.text, canon);
    if (const auto* why = std::get_if<std::string>(&read)) {
      problems.push_back({each.where, *why});
      continue;
    }
    auto& entry = std::get<list_entry>(read);
    entry.with_below = true;
    lists.own.push_back(std::move(entry));
  }
  for (const placed_text& each : settings.allow) {
    read_file(each, canon, lists.allow, problems);
  }
  return lists;
}

}  // namespace repute::load
