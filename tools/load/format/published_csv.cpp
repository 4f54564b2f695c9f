// SPDX-License-Identifier: Apache-2.0
// CSV that publishers made once and for all: URLhaus, MalwareBazaar, ThreatFox, Feodo Tracker,
// PhishTank, and version 2 of the NSRL. Columns are found by name, in a header row or in the last
// comment that names them, since their number and order changed over the years.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "load/format/delimited.hpp"
#include "load/format/formats.hpp"
#include "load/format/text.hpp"

namespace repute::load {
namespace {

constexpr std::size_t reason_bytes_max = 1024;
constexpr std::size_t columns_max = 64;  // that a header is searched for

// Names of columns; empty: the format has none such.
struct published_columns {
  feed_format format;
  std::string_view key;
  std::string_view key_type;    ///< tells kinds apart
  std::string_view confidence;  ///< 0..100
  std::array<std::string_view, 3> reason;
  std::array<std::string_view, 2> yes;  ///< rows without "yes" in them are not wanted
};

constexpr std::array<published_columns, 7> published{{
    {feed_format::urlhaus, "url", "", "", {"threat", "tags", ""}, {}},
    {feed_format::malwarebazaar, "sha256_hash", "", "", {"signature", "", ""}, {}},
    {feed_format::threatfox,
     "ioc_value",
     "ioc_type",
     "confidence_level",
     {"threat_type", "malware_printable", "tags"},
     {}},
    {feed_format::feodo, "dst_ip", "", "", {"malware", "", ""}, {}},
    {feed_format::phishtank, "url", "", "", {"target", "", ""}, {"verified", "online"}},
    {feed_format::nsrl, "MD5", "", "", {"", "", ""}, {}},
    // With kind "md5"; the first entry of a format is for its usual kind.
    {feed_format::malwarebazaar, "md5_hash", "", "", {"signature", "", ""}, {}},
}};

const published_columns& columns_for(const feed_spec& spec) noexcept {
  const bool other = spec.format == feed_format::malwarebazaar && spec.subject == subject::md5;
  return other ? published.back()
               : *std::ranges::find(published, spec.format, &published_columns::format);
}

// What publishers write for "nothing".
std::string_view value_of(std::string_view text) noexcept {
  text = trim(text);
  return text == "None" || text == "n/a" || text == "NULL" ? std::string_view() : text;
}

std::optional<subject> kind_of_type(std::string_view type) noexcept {
  constexpr std::array<std::pair<std::string_view, subject>, 5> kinds{
      {{"domain", subject::domain},
       {"url", subject::url},
       {"ip:port", subject::ip},
       {"md5_hash", subject::md5},
       {"sha256_hash", subject::sha256}}};
  for (const auto& [word, kind] : kinds) {
    if (word == type) {
      return kind;
    }
  }
  return std::nullopt;
}

// True if the port is told apart from the address: `2001:db8::1:443` may be an address itself.
bool has_clear_port(std::string_view text) noexcept {
  return text.starts_with('[') || text.find(':') == text.rfind(':');
}

// `192.0.2.1:443` and `[2001:db8::1]:443` without the port. What is neither is left as it is.
std::string_view without_port(std::string_view text) noexcept {
  if (text.starts_with('[')) {
    const std::size_t end = text.find(']');
    return end == std::string_view::npos ? text : text.substr(1, end - 1);
  }
  const std::size_t colon = text.find(':');
  return colon == text.rfind(':') ? text.substr(0, colon) : text;
}

using header_names = std::vector<std::string_view>;

class published_reader {
 public:
  published_reader(text_window& window, const feed_spec& spec, row_sink& sink)
      : reader_(window, {',', true, true}), columns_(columns_for(spec)), spec_(spec), sink_(sink) {}

  read_result read() {
    for (;;) {
      switch (reader_.next()) {
        case delimited_reader::outcome::end:
          return found_ ? std::nullopt : no_header({});
        case delimited_reader::outcome::comment:
          read_comment();
          break;
        case delimited_reader::outcome::bad:
          if (!reject_row()) {
            return std::nullopt;
          }
          break;
        case delimited_reader::outcome::row:
          if (is_header_row()) {
            place(names_);
          } else if (!found_) {
            return no_header(reader_.fields().front().at);
          } else if (!take()) {
            return std::nullopt;
          }
          break;
      }
    }
  }

 private:
  struct places {
    std::size_t key = 0;
    std::optional<std::size_t> key_type;
    std::optional<std::size_t> confidence;
    std::array<std::optional<std::size_t>, 3> reason;
    std::array<std::optional<std::size_t>, 2> yes;
  };

  read_result no_header(position at) const {
    return format_problem{
        at,
        fmt::format("no header that names the column \"{}\" before the first row", columns_.key)};
  }

  // A row without the key's name in it is data; the name itself is never a key. A header without
  // the columns that decide about rows is none: better no rows than the wrong ones.
  bool is_header(const header_names& names) const {
    const auto has = [&](std::string_view name) { return name.empty() || find(names, name); };
    return names.size() > 2 && has(columns_.key) && has(columns_.key_type) &&
           std::ranges::all_of(columns_.yes, has);
  }

  // "# id,dateadded,url,..." or "# "first_seen_utc","sha256_hash",...": names hold no commas.
  void read_comment() {
    std::string_view text = reader_.original();
    while (text.starts_with('#') || text.starts_with(' ')) {
      text.remove_prefix(1);
    }
    names_.clear();
    for (std::size_t begin = 0; begin <= text.size() && names_.size() < columns_max;) {
      const std::size_t end = std::min(text.find(',', begin), text.size());
      std::string_view name = trim(text.substr(begin, end - begin));
      if (name.size() >= 2 && name.front() == '"' && name.back() == '"') {
        name = name.substr(1, name.size() - 2);
      }
      names_.push_back(name);
      begin = end + 1;
    }
    if (is_header(names_)) {
      place(names_);
    }
  }

  // Feeds joined from several files have headers in the middle: rows whose key is its own name.
  bool is_header_row() {
    const auto& fields = reader_.fields();
    if (found_ && (at_.key >= fields.size() || trim(fields[at_.key].text) != columns_.key)) {
      return false;
    }
    names_.clear();
    for (const delimited_field& field : fields) {
      names_.push_back(trim(field.text));
    }
    return is_header(names_);
  }

  static std::optional<std::size_t> find(const header_names& names, std::string_view wanted) {
    const auto at = std::ranges::find_if(names, [wanted](std::string_view name) {
      return !wanted.empty() && same_ignoring_case(name, wanted);
    });
    return at == names.end() ? std::nullopt
                             : std::optional(static_cast<std::size_t>(at - names.begin()));
  }

  void place(const header_names& header) {
    found_ = true;
    at_.key = find(header, columns_.key).value_or(0);
    at_.key_type = find(header, columns_.key_type);
    at_.confidence = find(header, columns_.confidence);
    for (std::size_t i = 0; i < columns_.reason.size(); ++i) {
      at_.reason[i] = find(header, columns_.reason[i]);
    }
    for (std::size_t i = 0; i < columns_.yes.size(); ++i) {
      at_.yes[i] = find(header, columns_.yes[i]);
    }
  }

  [[nodiscard]] std::string_view text(std::optional<std::size_t> place) const {
    const auto& fields = reader_.fields();
    return place && *place < fields.size() ? value_of(fields[*place].text) : std::string_view();
  }

  [[nodiscard]] bool is_wanted() const {
    return std::ranges::all_of(at_.yes, [&](const std::optional<std::size_t>& place) {
      return !place || same_ignoring_case(text(place), "yes");
    });
  }

  bool reject_row() {
    return sink_.reject(
        {reader_.problem().at, reader_.problem().what, excerpt(reader_.original())});
  }
  bool reject_row(position at, std::string what) {
    reader_.refuse(at, std::move(what));
    return reject_row();
  }

  bool take() {
    const auto& fields = reader_.fields();
    if (at_.key >= fields.size()) {
      return reject_row(fields.front().at, fmt::format("only {} columns", fields.size()));
    }
    const delimited_field& key = fields[at_.key];
    if (reader_.joins_lines() && find_byte(key.text, '\n') != std::string_view::npos) {
      return reject_row(key.at, key_of_lines);
    }
    raw_row row;
    row.at = key.at;
    row.key = text(at_.key);
    row.original = reader_.original();
    row.subject = at_.key_type ? kind_of_type(text(at_.key_type)) : spec_.subject;
    if (!row.subject || !is_wanted()) {
      sink_.skip();
      return true;
    }
    if (*row.subject == subject::ip) {
      if (at_.key_type && !has_clear_port(row.key)) {
        return reject_row(key.at, "an IPv6 address with a port stands in brackets");
      }
      row.key = without_port(row.key);
    }
    const confidence_score score(text(at_.confidence));
    row.score = score.text();
    row.reason = reason();
    return sink_.take(row);
  }

  // The columns that say why, in one text; a single one is not copied.
  std::string_view reason() {
    std::string_view only;
    reason_.clear();
    for (const std::optional<std::size_t>& place : at_.reason) {
      const std::string_view part = text(place).substr(0, reason_bytes_max);
      if (part.empty()) {
        continue;
      }
      if (only.empty()) {
        only = part;
      } else if (reason_.empty()) {
        reason_.append(only).append(": ").append(part);
      } else {
        reason_.append(", ").append(part);
      }
    }
    return reason_.empty() ? only : std::string_view(reason_);
  }

  delimited_reader reader_;
  const published_columns& columns_;
  const feed_spec& spec_;
  row_sink& sink_;
  places at_;
  bool found_ = false;
  header_names names_;
  std::string reason_;
};

}  // namespace

read_result read_published_csv(text_window& window, const feed_spec& spec, row_sink& sink) {
  return published_reader(window, spec, sink).read();
}

}  // namespace repute::load
