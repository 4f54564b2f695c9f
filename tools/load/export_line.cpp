// SPDX-License-Identifier: Apache-2.0
#include "load/export_line.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "load/json_text.hpp"
#include "repute/seal/digest.hpp"

namespace repute::load {
namespace {

constexpr std::array<std::string_view, export_columns> column_words{
    "layer",     "feed",   "file",    "line",  "time",     "kind", "match",
    "prefix",    "text",   "verdict", "score", "category", "ttl",  "expires",
    "exclusion", "reason", "action",  "seq",   "who",      "rows"};
constexpr std::array<std::string_view, 6> layer_words{"snapshot", "feed", "file",
                                                      "row",      "live", "override"};

// RFC 4180; blanks at the ends are quoted, too, since some readers cut them.
void append_csv_field(std::string_view text, std::string& out) {
  const bool plain = text.find_first_of(",\"\r\n") == std::string_view::npos &&
                     !text.starts_with(' ') && !text.ends_with(' ') && !text.starts_with('\t') &&
                     !text.ends_with('\t');
  if (plain) {
    out += text;
    return;
  }
  out += '"';
  for (const char c : text) {
    out += c;
    if (c == '"') {
      out += c;
    }
  }
  out += '"';
}

std::string export_time(std::uint64_t unix_s) {
  constexpr std::uint64_t year_10000 = 253402300800;  // four digits hold no later one
  return unix_s < year_10000
             ? fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(static_cast<std::time_t>(unix_s)))
             : fmt::format("{}", unix_s);
}

// A line as texts, and which of them are numbers for JSON.
struct rendered {
  std::array<std::string, export_columns> text;
  std::array<bool, export_columns> bare{};

  void say(export_column column, std::string_view value) {
    text[static_cast<std::size_t>(column)] = encode_export_field(value);
  }
  template <class Number>
  void number(export_column column, Number value) {
    text[static_cast<std::size_t>(column)] = fmt::format("{}", value);
    bare[static_cast<std::size_t>(column)] = true;
  }
};

void render_key(const export_line& from, rendered& out) {
  out.say(export_column::kind, word(from.subject));
  if (from.subject == subject::domain) {
    out.say(export_column::match, from.subdomains ? "subdomains" : "exact");
  }
  if (from.subject == subject::ip) {
    out.number(export_column::prefix, from.prefix_length);
  }
  out.say(export_column::text, from.text);
  out.say(export_column::verdict, word(from.verdict));
  out.number(export_column::score, from.score);
  out.number(export_column::category, from.category);
  out.number(export_column::ttl, from.ttl_s);
  if (from.expires_unix_s != 0) {
    out.say(export_column::expires, export_time(from.expires_unix_s));
  }
  out.say(export_column::reason, from.reason);
}

rendered render(const export_line& from) {
  rendered out;
  out.say(export_column::layer, layer_words[static_cast<std::size_t>(from.layer)]);
  switch (from.layer) {
    case export_layer::snapshot:
      out.say(export_column::time, export_time(from.time_unix_s));
      out.number(export_column::seq, from.seq);
      break;
    case export_layer::feed:
      out.say(export_column::feed, from.feed);
      out.say(export_column::time, export_time(from.time_unix_s));
      out.number(export_column::rows, from.rows);
      break;
    case export_layer::file:
      out.say(export_column::feed, from.feed);
      out.say(export_column::file, from.file);
      break;
    case export_layer::row:
      out.say(export_column::feed, from.feed);
      out.say(export_column::file, from.file);
      out.number(export_column::line, from.line);
      out.say(export_column::time, export_time(from.time_unix_s));
      render_key(from, out);
      out.number(export_column::exclusion, from.exclusion ? 1 : 0);
      break;
    case export_layer::live:
    case export_layer::override:
      out.say(export_column::time, export_time(from.time_unix_s));
      render_key(from, out);
      out.say(export_column::action, from.removal ? "remove" : "put");
      out.number(export_column::seq, from.seq);
      out.say(export_column::who, from.who);
      break;
  }
  return out;
}

template <class T>
bool parse_number(std::string_view text, T low, T high, T& out) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc() && end == text.data() + text.size() && out >= low && out <= high;
}

// Reads fields one after another; the first problem stays.
class field_reader {
 public:
  explicit field_reader(const export_fields& fields) : fields_(fields) {}

  [[nodiscard]] std::string_view text(export_column column) const {
    return fields_[static_cast<std::size_t>(column)];
  }
  template <class T>
  void number(export_column column, T low, T high, T& out) {
    if (!parse_number(text(column), low, high, out)) {
      say(column, fmt::format("not a number from {} to {}", low, high));
    }
  }
  template <class T, class Lookup>
  void word(export_column column, Lookup&& lookup, T& out) {
    const auto found = lookup(text(column));
    if (found) {
      out = *found;
    } else {
      say(column, "not a word that it knows");
    }
  }
  void flag(export_column column, std::string_view no, std::string_view yes, bool& out) {
    out = text(column) == yes;
    if (!out && text(column) != no) {
      say(column, fmt::format("must be \"{}\" or \"{}\"", no, yes));
    }
  }
  void time(export_column column, bool may_be_empty, std::uint64_t& out) {
    if (text(column).empty() && may_be_empty) {
      return;
    }
    const auto parsed = parse_time_unix_s(text(column));
    if (!parsed) {
      say(column, "not a time such as 2026-12-31T12:00:00Z");
    }
    out = parsed.value_or(0);
  }
  void say(export_column column, std::string what) {
    if (!problem_) {
      problem_ = {column, std::move(what)};
    }
  }
  [[nodiscard]] const std::optional<export_field_problem>& problem() const { return problem_; }

 private:
  const export_fields& fields_;
  std::optional<export_field_problem> problem_;
};

void parse_key(field_reader& in, export_line& out) {
  in.word(export_column::kind, subject_from_word, out.subject);
  if (out.subject == subject::domain) {
    in.flag(export_column::match, "exact", "subdomains", out.subdomains);
  }
  if (out.subject == subject::ip) {
    in.number<std::uint8_t>(export_column::prefix, 0, 128, out.prefix_length);
  }
  out.text = in.text(export_column::text);
  in.word(export_column::verdict, verdict_from_word, out.verdict);
  in.number<std::int16_t>(export_column::score, score_min, score_max, out.score);
  in.number<std::uint16_t>(export_column::category, 0, category_max, out.category);
  in.number<std::uint16_t>(export_column::ttl, 0, 65535, out.ttl_s);
  in.time(export_column::expires, true, out.expires_unix_s);
  out.reason = in.text(export_column::reason);
}

void parse_feed(field_reader& in, export_line& out) {
  out.feed = in.text(export_column::feed);
  if (!is_feed_name(out.feed)) {
    in.say(export_column::feed, "not the name of a feed");
  }
}

}  // namespace

std::string_view word(export_column value) noexcept {
  return column_words[static_cast<std::size_t>(value)];
}

std::string encode_export_field(std::string_view text) {
  const bool plain =
      is_utf8(text) && text.find('\0') == std::string_view::npos && !text.starts_with(hex_mark);
  if (plain) {
    return std::string(text);
  }
  return std::string(hex_mark) + seal::to_hex(seal::bytes_of(text));
}

std::optional<std::string> decode_export_field(std::string_view field) {
  const std::string_view digits = field.substr(hex_mark.size());
  std::string out(digits.size() / 2, '\0');
  const byte_span bytes(reinterpret_cast<std::uint8_t*>(out.data()), out.size());
  return digits.size() % 2 == 0 && seal::from_hex(digits, bytes) ? std::optional(std::move(out))
                                                                 : std::nullopt;
}

std::string export_header() {
  return fmt::format("{}\r\n", fmt::join(column_words, ","));
}

void append_export_line(const export_line& from, export_format format, std::string& out) {
  const rendered line = render(from);
  if (format == export_format::csv) {
    for (std::size_t i = 0; i < export_columns; ++i) {
      out += i == 0 ? "" : ",";
      append_csv_field(line.text[i], out);
    }
    out += "\r\n";
    return;
  }
  out += '{';
  for (std::size_t i = 0; i < export_columns; ++i) {
    if (line.text[i].empty()) {
      continue;
    }
    out += i == 0 ? "" : ",";
    if (line.bare[i]) {
      out += fmt::format("\"{}\":{}", column_words[i], line.text[i]);
    } else {
      out += fmt::format("\"{}\":", column_words[i]);
      append_json_string(line.text[i], out);
    }
  }
  out += "}\n";
}

std::variant<export_line, export_field_problem> parse_export_line(const export_fields& fields) {
  field_reader in(fields);
  export_line out;
  const auto layer =
      std::find(layer_words.begin(), layer_words.end(), in.text(export_column::layer));
  if (layer == layer_words.end()) {
    return export_field_problem{export_column::layer, "not a word that it knows"};
  }
  out.layer = static_cast<export_layer>(layer - layer_words.begin());
  constexpr std::uint64_t no_limit = ~std::uint64_t{0};
  if (out.layer != export_layer::file) {
    in.time(export_column::time, false, out.time_unix_s);
  }
  switch (out.layer) {
    case export_layer::snapshot:
      in.number<std::uint64_t>(export_column::seq, 0, no_limit, out.seq);
      break;
    case export_layer::feed:
      parse_feed(in, out);
      in.number<std::uint64_t>(export_column::rows, 0, no_limit, out.rows);
      break;
    case export_layer::file:
      parse_feed(in, out);
      out.file = in.text(export_column::file);
      break;
    case export_layer::row:
      parse_feed(in, out);
      out.file = in.text(export_column::file);
      in.number<std::uint32_t>(export_column::line, 0, ~std::uint32_t{0}, out.line);
      parse_key(in, out);
      in.flag(export_column::exclusion, "0", "1", out.exclusion);
      break;
    case export_layer::live:
    case export_layer::override:
      parse_key(in, out);
      in.flag(export_column::action, "put", "remove", out.removal);
      in.number<std::uint64_t>(export_column::seq, 1, no_limit, out.seq);
      out.who = in.text(export_column::who);
      break;
  }
  if (in.problem()) {
    return *in.problem();
  }
  return out;
}

}  // namespace repute::load
