// SPDX-License-Identifier: Apache-2.0
// CSV and TSV whose columns the feed names.
#include <fmt/format.h>

#include <array>
#include <utility>

#include "load/format/delimited.hpp"
#include "load/format/formats.hpp"
#include "load/format/text.hpp"

namespace repute::load {
namespace {

// Positions of the columns of a feed within a row.
struct column_places {
  std::size_t key = 0;
  std::optional<std::size_t> score;
  std::optional<std::size_t> expires;
  std::optional<std::size_t> reason;
  std::optional<std::size_t> subject;
  std::size_t fields = 1;  ///< that a row needs
};

std::optional<std::size_t> place_of(const column& wanted,
                                    const std::vector<delimited_field>& header,
                                    std::string& missing) {
  if (const auto* number = std::get_if<std::uint32_t>(&wanted)) {
    return *number - 1;
  }
  const std::string& name = std::get<std::string>(wanted);
  for (std::size_t i = 0; i < header.size(); ++i) {
    if (trim(header[i].text) == name) {
      return i;
    }
  }
  missing = name;
  return std::nullopt;
}

bool is_named(const std::optional<column>& wanted) {
  return wanted && std::holds_alternative<std::string>(*wanted);
}

bool has_header(const feed_spec& spec) {
  return is_named(spec.key_column) || is_named(spec.score_column) ||
         is_named(spec.expires_column) || is_named(spec.reason_column) ||
         is_named(spec.subject_column);
}

// False, with the missing name, if the header lacks a column of the specification.
bool place_columns(const feed_spec& spec, const std::vector<delimited_field>& header,
                   column_places& places, std::string& missing) {
  places.key = place_of(spec.key_column, header, missing).value_or(0);
  places.fields = places.key + 1;
  for (const auto& [wanted, place] : {std::pair(&spec.score_column, &places.score),
                                      std::pair(&spec.expires_column, &places.expires),
                                      std::pair(&spec.reason_column, &places.reason),
                                      std::pair(&spec.subject_column, &places.subject)}) {
    if (*wanted) {
      *place = place_of(**wanted, header, missing);
      places.fields = std::max(places.fields, place->value_or(0) + 1);
    }
  }
  return missing.empty();
}

bool reject_row(const delimited_reader& reader, row_sink& sink) {
  return sink.reject({reader.problem().at, reader.problem().what, excerpt(reader.original())});
}

bool take_row(delimited_reader& reader, const column_places& places, row_sink& sink) {
  const auto& fields = reader.fields();
  if (fields.size() < places.fields) {
    reader.refuse(fields.front().at, fmt::format("only {} columns", fields.size()));
    return reject_row(reader, sink);
  }
  if (reader.joins_lines() && find_byte(fields[places.key].text, '\n') != std::string_view::npos) {
    reader.refuse(fields[places.key].at, key_of_lines);
    return reject_row(reader, sink);
  }
  const auto text = [&](std::optional<std::size_t> place) {
    return place ? trim(fields[*place].text) : std::string_view();
  };
  raw_row row;
  row.at = fields[places.key].at;
  row.key = trim(fields[places.key].text);
  row.score = text(places.score);
  row.expires = text(places.expires);
  row.reason = text(places.reason);
  row.original = reader.original();
  if (places.subject) {
    row.subject = subject_from_word(text(places.subject));
    if (!row.subject) {
      sink.skip();
      return true;
    }
  }
  return sink.take(row);
}

}  // namespace

read_result read_columns(text_window& window, const feed_spec& spec, row_sink& sink) {
  const bool tabs = spec.format == feed_format::tsv;
  delimited_reader reader(window, {tabs ? '\t' : ',', !tabs, false});
  column_places places;
  std::string missing;
  bool header_due = has_header(spec);
  if (!header_due && !place_columns(spec, {}, places, missing)) {
    return format_problem{{}, "no columns"};
  }
  for (;;) {
    switch (reader.next()) {
      case delimited_reader::outcome::end:
        return header_due ? std::optional(format_problem{{}, "no header row"}) : std::nullopt;
      case delimited_reader::outcome::comment:
        break;
      case delimited_reader::outcome::bad:
        if (!reject_row(reader, sink)) {
          return std::nullopt;
        }
        break;
      case delimited_reader::outcome::row:
        if (header_due) {
          header_due = false;
          if (!place_columns(spec, reader.fields(), places, missing)) {
            return format_problem{reader.fields().front().at,
                                  fmt::format("no column \"{}\" in the header row", missing)};
          }
        } else if (!take_row(reader, places, sink)) {
          return std::nullopt;
        }
        break;
    }
  }
}

}  // namespace repute::load
