// SPDX-License-Identifier: Apache-2.0
#include "load/format/json_lines.hpp"

#include <array>
#include <span>

#include "load/format/json_document.hpp"
#include "load/format/lines.hpp"

namespace repute::load {
namespace {

// A member that is looked for, and what was found.
struct wanted_member {
  std::string_view name;
  std::string_view value = {};
  std::size_t offset = 0;
  bool found = false;
};

// Both view the specification's own text: a copy would be gone before the name is looked for.
std::string_view name_of(const column& wanted) {
  const auto* name = std::get_if<std::string>(&wanted);
  return name == nullptr ? std::string_view() : *name;
}
std::string_view name_of(const std::optional<column>& wanted) {
  return wanted ? name_of(*wanted) : std::string_view();
}

}  // namespace

struct json_line_reader::machinery {
  simdjson::ondemand::parser parser;
  std::string text;  // the line, with what simdjson needs behind it

  // Why the line gives no members, with the column; empty if it does.
  struct trouble {
    std::string what;
    std::uint32_t column = 1;
  };

  trouble read(std::string_view line, std::span<wanted_member> wanted) {
    text.reserve(line.size() + simdjson::SIMDJSON_PADDING);
    text.assign(line);
    simdjson::ondemand::document document;
    simdjson::ondemand::object object;
    auto error = parser.iterate(text).get(document);
    if (error == simdjson::SUCCESS) {
      error = document.get_object().get(object);
    }
    if (error == simdjson::INCORRECT_TYPE) {
      return {"not a JSON object", 1};
    }
    if (error != simdjson::SUCCESS) {
      return broken(error);
    }
    for (auto each : object) {
      simdjson::ondemand::field field;
      if (const auto bad = std::move(each).get(field); bad != simdjson::SUCCESS) {
        return broken(bad);
      }
      if (trouble why = take_member(field, wanted); !why.what.empty()) {
        return why;
      }
    }
    return at_end(document) ? trouble{} : trouble{"text behind the JSON object", 1};
  }

  trouble take_member(simdjson::ondemand::field& field, std::span<wanted_member> wanted) {
    std::string_view name;
    if (const auto bad = field.unescaped_key().get(name); bad != simdjson::SUCCESS) {
      return broken(bad);
    }
    for (wanted_member& member : wanted) {
      if (member.name.empty() || member.name != name) {
        continue;
      }
      const std::string_view token = field.value().raw_json_token();
      member.offset = static_cast<std::size_t>(token.data() - text.data());
      const auto value = scalar_text(field.value());
      const auto place = static_cast<std::uint32_t>(member.offset) + 1;
      if (!value) {
        return {fmt::format("\"{}\" is no text and no number", name.substr(0, 40)), place};
      }
      if (value->find('\0') != std::string_view::npos) {
        return {unreadable_byte('\0'), place};
      }
      member.value = *value;
      member.found = true;
      break;
    }
    return {};
  }

  static trouble broken(simdjson::error_code error) {
    return {fmt::format("broken JSON: {}", simdjson::error_message(error)), 1};
  }
};

json_line_reader::json_line_reader() : machinery_(std::make_unique<machinery>()) {}
json_line_reader::~json_line_reader() = default;

bool json_line_reader::take_drop(std::string_view line, std::uint32_t number, row_sink& sink) {
  std::array<wanted_member, 4> found{{{"cidr"}, {"sblid"}, {"asn"}, {"type"}}};
  const auto trouble = machinery_->read(line, found);
  if (!trouble.what.empty()) {
    return sink.reject({{number, trouble.column}, trouble.what, line});
  }
  const auto& [network, reason, as_number, type] = found;
  if (!network.found) {
    if (as_number.found || type.value == "metadata") {
      sink.skip();
      return true;
    }
    return sink.reject({{number, 1}, "no \"cidr\" in it", line});
  }
  raw_row row;
  row.at = {number, static_cast<std::uint32_t>(network.offset) + 1};
  row.key = trim(network.value);
  row.subject = subject::ip;
  row.reason = reason.value;
  row.original = line;
  return sink.take(row);
}

bool json_line_reader::take_columns(std::string_view line, std::uint32_t number,
                                    const feed_spec& spec, row_sink& sink) {
  std::array<wanted_member, 5> found{{{name_of(spec.key_column)},
                                      {name_of(spec.score_column)},
                                      {name_of(spec.expires_column)},
                                      {name_of(spec.reason_column)},
                                      {name_of(spec.subject_column)}}};
  const auto trouble = machinery_->read(line, found);
  if (!trouble.what.empty()) {
    return sink.reject({{number, trouble.column}, trouble.what, line});
  }
  const auto& [key, score, expires, reason, kind] = found;
  if (!key.found) {
    return sink.reject({{number, 1}, fmt::format("no \"{}\" in it", key.name), line});
  }
  raw_row row;
  row.at = {number, static_cast<std::uint32_t>(key.offset) + 1};
  row.key = trim(key.value);
  row.score = score.value;
  row.expires = expires.value;
  row.reason = reason.value;
  row.original = line;
  if (spec.subject_column) {
    row.subject = subject_from_word(kind.value);
    if (!row.subject) {
      sink.skip();
      return true;
    }
  }
  return sink.take(row);
}

read_result read_jsonl(text_window& window, const feed_spec& spec, row_sink& sink) {
  json_line_reader reader;
  for_each_line(window, sink, [&](std::string_view line, std::uint32_t number) {
    return trim(line).empty() || reader.take_columns(line, number, spec, sink);
  });
  return std::nullopt;
}

}  // namespace repute::load
