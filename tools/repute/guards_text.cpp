// SPDX-License-Identifier: Apache-2.0
#include "guards_text.hpp"

#include <fmt/format.h>

#include "text.hpp"

namespace repute::tool {
namespace {

using load::feed_difference;
using load::guard_report;

void add_line(std::string& to, std::string_view indent, std::string_view text) {
  to += fmt::format("repute load: {}{}\n", indent, printable(text));
}

void add_keys(std::string& to, std::string_view sign, const std::vector<std::string>& first,
              std::uint64_t count) {
  for (const std::string& text : first) {
    add_line(to, "    ", fmt::format("{} {}", sign, text));
  }
  if (count > first.size()) {
    add_line(to, "    ", fmt::format("{} ... and {} more", sign, count - first.size()));
  }
}

std::string json_array(const std::vector<std::string>& texts) {
  std::string out;
  for (const std::string& text : texts) {
    out += (out.empty() ? "" : ",") + json_string(text);
  }
  return "[" + out + "]";
}

std::string json_difference(const std::optional<feed_difference>& difference) {
  if (!difference) {
    return "null";
  }
  return fmt::format(R"({{"added":{},"removed":{},"kept":{},"first_added":{},"first_removed":{}}})",
                     difference->added, difference->removed, difference->kept,
                     json_array(difference->first_added), json_array(difference->first_removed));
}

}  // namespace

std::string guards_text(const std::vector<guard_report>& reports) {
  std::string out;
  for (const guard_report& report : reports) {
    const bool of_rows = !report.feed.empty() && !is_about_size(report.rule);
    add_line(
        out, "",
        fmt::format(
            "guard {}{}{}", word(report.rule),
            report.feed.empty() ? "" : fmt::format(", feed \"{}\"", report.feed),
            of_rows ? fmt::format(": {} row{}", report.count, report.count == 1 ? "" : "s") : ""));
    for (const std::string& text : report.first) {
      add_line(out, "  ", text);
    }
    if (report.count > report.first.size()) {
      add_line(out, "  ", fmt::format("... and {} more", report.count - report.first.size()));
    }
    if (report.difference) {
      const feed_difference& keys = *report.difference;
      add_line(
          out, "  ",
          fmt::format("keys: {} added, {} removed, {} kept", keys.added, keys.removed, keys.kept));
      add_keys(out, "-", keys.first_removed, keys.removed);
      add_keys(out, "+", keys.first_added, keys.added);
    }
  }
  return out;
}

std::string guards_json(const std::vector<guard_report>& reports) {
  std::string out;
  for (const guard_report& report : reports) {
    out += fmt::format(R"({}{{"guard":"{}","feed":{},"count":{},"first":{},"difference":{}}})",
                       out.empty() ? "" : ",", word(report.rule),
                       report.feed.empty() ? "null" : json_string(report.feed), report.count,
                       json_array(report.first), json_difference(report.difference));
  }
  return "[" + out + "]";
}

}  // namespace repute::tool
