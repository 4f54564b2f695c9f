// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "load/format/input.hpp"
#include "load/row.hpp"

namespace repute::load::test {

/// What a format made of a text, a line for each row: `LINE:COL key`, with `!` before an exclusion
/// and `|score|expires|reason` behind if any is there; bad rows are `LINE:COL bad: reason`.
class recorded_rows final : public row_sink {
 public:
  recorded_rows(std::string_view text, const feed_spec& spec) {
    problem_ = read_rows(text, spec, *this);
  }
  recorded_rows(input& from, const feed_spec& spec) { problem_ = read_rows(from, spec, *this); }

  bool take(const raw_row& row) override {
    std::string line = place(row.at) + (row.exclusion ? "!" : "") + std::string(row.key);
    if (!row.score.empty() || !row.expires.empty() || !row.reason.empty()) {
      line += "|" + std::string(row.score) + "|" + std::string(row.expires) + "|" +
              std::string(row.reason);
    }
    lines_.push_back(std::move(line));
    matches_.push_back(row.match);
    subjects_.push_back(row.subject);
    begins_.emplace_back(row.begins);
    originals_.emplace_back(row.original);
    return true;
  }
  bool reject(const bad_row& row) override {
    lines_.push_back(place(row.at) + "bad: " + row.reason);
    originals_.emplace_back(row.original);
    return true;
  }

  void skip() override { ++skipped_; }
  void recognised(feed_format format) override { format_ = format; }

  [[nodiscard]] const std::vector<std::string>& lines() const noexcept { return lines_; }
  [[nodiscard]] const std::vector<std::string>& originals() const noexcept { return originals_; }
  [[nodiscard]] const std::vector<std::optional<name_match>>& matches() const noexcept {
    return matches_;
  }
  [[nodiscard]] const std::vector<std::optional<subject>>& subjects() const noexcept {
    return subjects_;
  }
  [[nodiscard]] const std::vector<std::string>& begins() const noexcept { return begins_; }
  [[nodiscard]] std::size_t skipped() const noexcept { return skipped_; }
  [[nodiscard]] std::optional<feed_format> format() const noexcept { return format_; }
  /// `LINE:COL what` if the whole file was refused, else empty.
  [[nodiscard]] std::string problem() const {
    return problem_ ? place(problem_->at) + problem_->what : std::string();
  }

 private:
  static std::string place(const position& at) {
    return std::to_string(at.line) + ":" + std::to_string(at.column) + " ";
  }

  std::vector<std::string> lines_;
  std::vector<std::string> originals_;
  std::vector<std::optional<name_match>> matches_;
  std::vector<std::optional<subject>> subjects_;
  std::vector<std::string> begins_;
  std::size_t skipped_ = 0;
  std::optional<feed_format> format_;
  std::optional<format_problem> problem_;
};

using lines = std::vector<std::string>;

inline feed_spec spec_of(feed_format format) {
  feed_spec spec;
  spec.name = "feed";
  spec.files = {"file"};
  spec.format = format;
  return spec;
}

/// As a feed of this format that names no kind.
inline feed_spec spec_without_kind(feed_format format) {
  feed_spec spec = spec_of(format);
  static_cast<void>(imply_subject(spec));
  return spec;
}

/// Words of the rows' kinds and matches: `ip`, `domain both`; `-` if the row says none.
inline std::vector<std::string> kinds_of(const recorded_rows& rows) {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < rows.subjects().size(); ++i) {
    const auto kind = rows.subjects()[i];
    const auto match = rows.matches()[i];
    std::string said = kind ? std::string(word(*kind)) : "-";
    if (match) {
      said += *match == name_match::exact  ? " exact"
              : *match == name_match::both ? " both"
                                           : " subdomains";
    }
    out.push_back(std::move(said));
  }
  return out;
}

inline lines read_as(feed_format format, std::string_view text) {
  return recorded_rows(text, spec_of(format)).lines();
}

}  // namespace repute::load::test
