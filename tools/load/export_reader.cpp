// SPDX-License-Identifier: Apache-2.0
#include "load/export_reader.hpp"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <array>
#include <utility>

#include "load/format/delimited.hpp"
#include "load/format/lines.hpp"
#include "load/format/text_window.hpp"

namespace repute::load {
namespace {

// One line's fields by column, and the bytes of those that were written in hexadecimal digits.
class line_fields {
 public:
  void clear() {
    fields_ = {};
    decoded_used_ = 0;
  }
  /// False: hexadecimal digits that are none.
  [[nodiscard]] bool set(std::size_t number, std::string_view field) {
    if (!field.starts_with(hex_mark)) {
      fields_[number] = field;
      return true;
    }
    auto bytes = decode_export_field(field);
    if (!bytes || decoded_used_ == decoded_.size()) {
      return false;
    }
    decoded_[decoded_used_] = std::move(*bytes);
    fields_[number] = decoded_[decoded_used_++];
    return true;
  }
  [[nodiscard]] const export_fields& get() const noexcept { return fields_; }

 private:
  export_fields fields_;
  std::array<std::string, export_columns> decoded_;
  std::size_t decoded_used_ = 0;
};

std::optional<std::size_t> column_of_word(std::string_view name) {
  for (std::size_t i = 0; i < export_columns; ++i) {
    if (word(static_cast<export_column>(i)) == name) {
      return i;
    }
  }
  return std::nullopt;
}

std::string in_column(std::size_t number, std::string_view what) {
  return fmt::format("{}: {}", word(static_cast<export_column>(number)), what);
}

/// Gives the fields of one line after another.
class line_source {
 public:
  virtual ~line_source() = default;
  /// False at the end, or with a problem.
  [[nodiscard]] virtual bool next(line_fields& fields, std::optional<format_problem>& problem) = 0;
  [[nodiscard]] virtual position place_of(std::size_t number) const = 0;
};

class csv_source final : public line_source {
 public:
  explicit csv_source(text_window& window) : reader_(window, {}) {}

  bool next(line_fields& fields, std::optional<format_problem>& problem) override {
    for (;;) {
      switch (reader_.next()) {
        case delimited_reader::outcome::end:
          if (columns_.empty()) {
            problem = format_problem{{}, "not an export: no header row"};
          }
          return false;
        case delimited_reader::outcome::bad:
          problem = reader_.problem();
          return false;
        case delimited_reader::outcome::comment:
          break;
        case delimited_reader::outcome::row:
          if (!columns_.empty()) {
            problem = take_row(fields);
            return !problem;
          }
          problem = take_header();
          if (problem) {
            return false;
          }
          break;
      }
    }
  }

  position place_of(std::size_t number) const override {
    const auto at = std::find(columns_.begin(), columns_.end(), number);
    const auto& row = reader_.fields();
    return at == columns_.end() ? row.front().at
                                : row[static_cast<std::size_t>(at - columns_.begin())].at;
  }

 private:
  std::optional<format_problem> take_header() {
    for (const delimited_field& field : reader_.fields()) {
      const auto named = column_of_word(field.text);
      if (!named || std::find(columns_.begin(), columns_.end(), *named) != columns_.end()) {
        return format_problem{field.at,
                              fmt::format("no column of an export, or one that was there before: "
                                          "\"{}\"",
                                          field.text.substr(0, 40))};
      }
      columns_.push_back(*named);
    }
    return std::nullopt;
  }

  std::optional<format_problem> take_row(line_fields& fields) const {
    const auto& row = reader_.fields();
    if (row.size() != columns_.size()) {
      return format_problem{row.front().at, fmt::format("{} fields, the header row has {}",
                                                        row.size(), columns_.size())};
    }
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (!fields.set(columns_[i], row[i].text)) {
        return format_problem{row[i].at, in_column(columns_[i], "broken hexadecimal digits")};
      }
    }
    return std::nullopt;
  }

  delimited_reader reader_;
  std::vector<std::size_t> columns_;  // of the export, for each field of a row
};

class jsonl_source final : public line_source {
 public:
  explicit jsonl_source(text_window& window) : lines_(window) {}

  bool next(line_fields& fields, std::optional<format_problem>& problem) override {
    do {
      if (!lines_.next()) {
        return false;
      }
    } while (trim(lines_.line()).empty());
    problem = take_line(fields);
    return !problem;
  }

  position place_of(std::size_t) const override { return {lines_.number(), 1}; }

 private:
  std::optional<format_problem> take_line(line_fields& fields) {
    const std::string_view line = lines_.line();
    simdjson::dom::object object;
    if (!lines_.readable() ||
        parser_.parse(line.data(), line.size(), true).get(object) != simdjson::SUCCESS) {
      return format_problem{place_of(0), "not a JSON object, or one that is too long"};
    }
    for (const auto& [name, value] : object) {
      const auto named = column_of_word(name);
      if (!named) {
        return format_problem{place_of(0),
                              fmt::format("no column of an export: \"{}\"", name.substr(0, 40))};
      }
      const auto field = text_of(value, numbers_[*named]);
      if (!field || !fields.set(*named, *field)) {
        return format_problem{place_of(0), in_column(*named, "not a text or a number")};
      }
    }
    return std::nullopt;
  }

  // A value as the text that CSV has for it; numbers need `scratch`.
  static std::optional<std::string_view> text_of(const simdjson::dom::element& value,
                                                 std::string& scratch) {
    std::string_view text;
    if (value.get(text) == simdjson::SUCCESS) {
      return text;
    }
    std::int64_t number = 0;
    std::uint64_t large = 0;
    if (value.get(number) == simdjson::SUCCESS) {
      scratch = fmt::format("{}", number);
    } else if (value.get(large) == simdjson::SUCCESS) {
      scratch = fmt::format("{}", large);
    } else {
      return std::nullopt;
    }
    return scratch;
  }

  line_reader lines_;
  simdjson::dom::parser parser_;
  std::array<std::string, export_columns> numbers_;
};

}  // namespace

struct export_reader::state {
  explicit state(std::unique_ptr<input> from) : bytes(std::move(from)), window(*bytes) {
    if (window.ahead(1).starts_with('{')) {
      lines = std::make_unique<jsonl_source>(window);
    } else {
      lines = std::make_unique<csv_source>(window);
    }
  }

  std::unique_ptr<input> bytes;
  text_window window;
  std::unique_ptr<line_source> lines;
  line_fields fields;
  export_line line;
  position at;
  bool first = true;
  std::optional<format_problem> problem;

  [[nodiscard]] bool parse();
};

bool export_reader::state::parse() {
  at = lines->place_of(0);
  auto parsed = parse_export_line(fields.get());
  if (const auto* why = std::get_if<export_field_problem>(&parsed)) {
    const auto number = static_cast<std::size_t>(why->column);
    problem = format_problem{lines->place_of(number), in_column(number, why->what)};
    return false;
  }
  line = std::get<export_line>(parsed);
  if (std::exchange(first, false) != (line.layer == export_layer::snapshot)) {
    problem = format_problem{at, "the line of the snapshot comes first, and once"};
    return false;
  }
  return true;
}

export_reader::export_reader(std::unique_ptr<input> from)
    : state_(std::make_unique<state>(std::move(from))) {}
export_reader::~export_reader() = default;
export_reader::export_reader(export_reader&&) noexcept = default;
export_reader& export_reader::operator=(export_reader&&) noexcept = default;

const export_line* export_reader::next() {
  state& mine = *state_;
  if (mine.problem) {
    return nullptr;
  }
  mine.fields.clear();
  const bool found = mine.lines->next(mine.fields, mine.problem);
  if (!mine.bytes->problem().empty()) {  // a cut archive is no end, and no bad line
    mine.problem = format_problem{mine.at, mine.bytes->problem()};
    return nullptr;
  }
  return found && mine.parse() ? &mine.line : nullptr;
}

position export_reader::at() const noexcept {
  return state_->at;
}
const std::optional<format_problem>& export_reader::problem() const noexcept {
  return state_->problem;
}
bool export_reader::machine_failed() const noexcept {
  return state_->bytes->machine_failed();
}

}  // namespace repute::load
