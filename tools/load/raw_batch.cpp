// SPDX-License-Identifier: Apache-2.0
#include "load/raw_batch.hpp"

#include <fmt/format.h>

#include <array>
#include <functional>
#include <utility>

namespace repute::load {
namespace {

// Texts of a row that add() copies. A text that is missing here would dangle.
constexpr std::array row_texts{&raw_row::key, &raw_row::score, &raw_row::begins, &raw_row::expires,
                               &raw_row::reason};
static_assert(sizeof(raw_row) ==
                  sizeof(position) + (row_texts.size() + 1) * sizeof(std::string_view) + 16,
              "a new member of raw_row that is a text belongs into row_texts");

bool lies_in(std::string_view part, std::string_view whole) noexcept {
  const std::less_equal<const char*> at_most;
  return at_most(whole.data(), part.data()) &&
         at_most(part.data() + part.size(), whole.data() + whole.size());
}

}  // namespace

// Most texts are pieces of the row as it stands in the file, which is copied once.
void raw_batch::add(const raw_row& row) {
  raw_row& copy = rows_.emplace_back(row);
  copy.original = texts_.add(row.original);
  for (const auto text : row_texts) {
    const std::string_view from = row.*text;
    if (from.empty()) {
      copy.*text = {};
    } else if (lies_in(from, row.original)) {
      const auto at = static_cast<std::size_t>(from.data() - row.original.data());
      copy.*text = copy.original.substr(at, from.size());
    } else {
      copy.*text = texts_.add(from);
    }
  }
  outcomes_.push_back(outcome::taken);
}

void raw_batch::add(const bad_row& row) {
  bad_rows_.push_back({row.at, row.reason, texts_.add(row.original)});
  outcomes_.push_back(outcome::bad);
}

void raw_batch::compile(const row_compiler& compiler) {
  std::vector<bad_row> bad;
  auto row = rows_.begin();
  auto known_bad = bad_rows_.begin();
  compiled_.rows.reserve(rows_.size());
  for (outcome& each : outcomes_) {
    if (each == outcome::bad) {
      bad.push_back(std::move(*known_bad++));
      continue;
    }
    const raw_row& next = *row++;
    auto done = compiler.compile(*spec_, next, feed_, file_, compiled_);
    if (auto* why = std::get_if<std::string>(&done)) {
      // The place is enough for a URL, which may hold a password.
      std::string shown = next.subject.value_or(spec_->subject) == subject::url
                              ? std::move(*why)
                              : fmt::format("\"{}\": {}", next.key.substr(0, 60), *why);
      bad.push_back({next.at, std::move(shown), next.original});
      each = outcome::bad;
    } else if (auto* objected = std::get_if<flagged_row>(&done)) {
      flagged_.push_back({next.at, std::move(*objected)});
      each = outcome::stored;
    } else {
      each = std::get<row_compiler::outcome>(done) == row_compiler::outcome::expired
                 ? outcome::expired
                 : outcome::stored;
    }
  }
  bad_rows_ = std::move(bad);
}

}  // namespace repute::load
