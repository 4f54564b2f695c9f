// SPDX-License-Identifier: Apache-2.0
#include "load/export_source.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>

#include "repute/schema/test_points.hpp"

namespace repute::load {
namespace {

constexpr std::size_t files_max = std::numeric_limits<std::uint16_t>::max();

using feeds_by_name = std::map<std::string, store::feed_info, std::less<>>;

// Declarations of feeds and their files; false for all other lines.
bool take_declaration(const export_line& line, feeds_by_name& feeds,
                      std::optional<std::string>& problem) {
  if (line.layer != export_layer::feed && line.layer != export_layer::file) {
    return false;
  }
  if (line.feed == test_point_feed) {
    return true;
  }
  const auto known = feeds.find(line.feed);
  if (line.layer == export_layer::feed) {
    if (known != feeds.end()) {
      problem = "a feed that was declared before";
    }
    std::string name(line.feed);
    feeds[name] = {name, {}, line.time_unix_s, line.rows};
  } else if (known == feeds.end()) {
    problem = "a feed that no line before it has declared";
  } else if (known->second.files.size() == files_max) {
    problem = fmt::format("more than {} files", files_max);
  } else {
    known->second.files.emplace_back(line.file);
  }
  return true;
}

repute::kind kind_of(const export_line& line) {
  if (line.subject == subject::domain) {
    return line.subdomains ? kind::domain : kind::host;
  }
  return *std::find_if(all_kinds.begin(), all_kinds.end(),
                       [&](kind each) { return subject_of(each) == line.subject; });
}

// Bounds that the store asserts, and what no feed could say either.
std::optional<std::string> check(const export_line& line) {
  if (line.subject == subject::textsig) {
    return "text signatures are not loaded from feeds";
  }
  if (line.text.size() > store::record_text_max || line.reason.size() > store::record_reason_max ||
      line.who.size() > store::live_who_max) {
    return "a text that is longer than a snapshot takes";
  }
  if (line.verdict == verdict::trusted && line.subject != subject::ip &&
      !may_acquit(kind_of(line))) {
    return fmt::format("\"trusted\" is refused for {}: such a key can be forged",
                       word(line.subject));
  }
  return std::nullopt;
}

// Kind, key and prefix length of an address or network.
template <class Entry>
std::optional<std::string> fill_address(const export_line& line, Entry& into) {
  const auto parsed = canon::parse_prefix(line.text);
  if (const auto* why = std::get_if<canon::error>(&parsed)) {
    return std::string(message(*why));
  }
  const auto& prefix = std::get<canon::ip_prefix>(parsed);
  if (prefix.length != line.prefix_length) {
    return fmt::format("the address has a prefix of {} bits, its line says {}", prefix.length,
                       line.prefix_length);
  }
  into.kind = load::kind_of(prefix);
  into.key = address_bytes(prefix);
  into.prefix_length = prefix.length;
  return std::nullopt;
}

std::optional<std::string> make_record(const export_line& line, std::size_t feed,
                                       const store::feed_info& info, store::record& out) {
  if (auto why = check(line)) {
    return why;
  }
  const auto file = std::find(info.files.begin(), info.files.end(), line.file);
  if (file == info.files.end() && !(info.files.empty() && line.file.empty())) {
    return "a file that no line before it has named";
  }
  constexpr std::uint64_t seconds_max =
      std::uint64_t{std::numeric_limits<std::uint32_t>::max()} * seconds_per_hour;
  if (line.expires_unix_s % seconds_per_hour != 0 || line.expires_unix_s > seconds_max) {
    return "a row ends at a full hour";
  }
  if (line.verdict == verdict::none) {
    return "a row of a feed has a verdict";
  }
  out.exclusion = line.exclusion;
  out.verdict = line.verdict;
  out.score = line.score;
  out.category = line.category;
  out.cache_ttl_s = line.ttl_s;
  out.feed = static_cast<std::uint16_t>(feed);
  out.file = static_cast<std::uint16_t>(file == info.files.end() ? 0 : file - info.files.begin());
  out.expires_h = static_cast<std::uint32_t>(line.expires_unix_s / seconds_per_hour);
  out.line = line.line;
  out.text = line.text;
  out.reason = line.reason;
  if (line.subject == subject::ip) {
    return fill_address(line, out);
  }
  out.kind = kind_of(line);
  return std::nullopt;
}

std::optional<std::string> make_entry(const export_line& line, const row_compiler& compiler,
                                      store::live_entry& out) {
  if (auto why = check(line)) {
    return why;
  }
  out.layer =
      line.layer == export_layer::live ? store::live_layer::live : store::live_layer::override;
  out.action = line.removal ? store::live_action::remove : store::live_action::put;
  out.seq = line.seq;
  out.verdict = line.verdict;
  out.score = line.score;
  out.category = line.category;
  out.cache_ttl_s = line.ttl_s;
  out.expires_unix_s = line.expires_unix_s;
  out.time_unix_s = line.time_unix_s;
  out.who = line.who;
  out.text = line.text;
  out.reason = line.reason;
  if (line.subject == subject::ip) {
    return fill_address(line, out);
  }
  const auto canonical = compiler.canon().canonical(line.subject, line.text);
  if (const auto* why = std::get_if<canon::error>(&canonical)) {
    return std::string(message(*why));
  }
  canonical_key key = std::get<canonical_key>(canonical);
  key.kind = kind_of(line);
  out.kind = key.kind;
  out.key = compiler.fingerprint_of(key);
  if (key.kind == kind::url) {
    out.text = canon::show(key);  // a password is kept nowhere
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::size_t> export_source::index_of(std::string_view feed) const {
  const auto at = std::lower_bound(
      feeds_.begin(), feeds_.end(), feed,
      [](const store::feed_info& each, std::string_view wanted) { return each.name < wanted; });
  return at == feeds_.end() || at->name != feed
             ? std::nullopt
             : std::optional(static_cast<std::size_t>(at - feeds_.begin()));
}

std::variant<export_source, export_problem> export_source::open(std::unique_ptr<input> from) {
  export_source opened(std::move(from));
  feeds_by_name feeds;
  std::optional<std::string> problem;
  while ((opened.pending_ = opened.reader_.next()) != nullptr) {
    if (opened.pending_->layer == export_layer::snapshot) {
      opened.data_seq_ = opened.pending_->seq;
    } else if (!take_declaration(*opened.pending_, feeds, problem)) {
      break;
    }
    if (problem) {
      return export_problem{{opened.reader_.at(), std::move(*problem)}};
    }
  }
  if (opened.reader_.problem()) {
    return export_problem{*opened.reader_.problem(), opened.reader_.machine_failed()};
  }
  for (auto& [name, feed] : feeds) {
    opened.feeds_.push_back(std::move(feed));
  }
  return opened;
}

std::optional<std::string> export_source::take(const export_line& line,
                                               const row_compiler& compiler,
                                               const row_visitor& visit) {
  switch (line.layer) {
    case export_layer::row: {
      if (line.feed == test_point_feed) {
        return std::nullopt;
      }
      const auto feed = index_of(line.feed);
      if (!feed) {
        return "a feed that no line before it has declared";
      }
      store::record row;
      if (auto why = make_record(line, *feed, feeds_[*feed], row)) {
        return why;
      }
      visit(row, reader_.at());
      return std::nullopt;
    }
    case export_layer::live:
    case export_layer::override:
      return make_entry(line, compiler, entries_.emplace_back());
    default:
      return "a declaration behind the first row";
  }
}

std::optional<std::string> export_source::sort_entries() {
  std::sort(entries_.begin(), entries_.end(), store::live_less);
  const auto twice = std::adjacent_find(
      entries_.begin(), entries_.end(),
      [](const store::live_entry& a, const store::live_entry& b) { return !live_less(a, b); });
  return twice == entries_.end()
             ? std::nullopt
             : std::optional(fmt::format("two entries for \"{}\" in one layer", twice->text));
}

std::optional<export_problem> export_source::read_rows(const row_compiler& compiler,
                                                       const row_visitor& visit) {
  for (; pending_ != nullptr; pending_ = reader_.next()) {
    if (auto why = take(*pending_, compiler, visit)) {
      return export_problem{{reader_.at(), std::move(*why)}};
    }
  }
  if (reader_.problem()) {
    return export_problem{*reader_.problem(), reader_.machine_failed()};
  }
  if (auto why = sort_entries()) {
    return export_problem{{reader_.at(), std::move(*why)}};
  }
  return std::nullopt;
}

}  // namespace repute::load
