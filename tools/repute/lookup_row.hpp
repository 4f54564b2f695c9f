// SPDX-License-Identifier: Apache-2.0
// From a text to the keys that are asked for it, and from their answers to one row.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "repute/canon/canon.hpp"
#include "repute/client/types.hpp"
#include "repute/schema/key.hpp"
#include "repute/schema/verdict.hpp"
#include "repute/seal/fingerprint.hpp"

namespace repute::tool {

/// What somebody asked about.
struct asked_key {
  std::string shown;  ///< canonical form; of a malformed text the first 256 bytes that may be shown
  repute::subject subject{};
  std::optional<canon::error> problem;  ///< then there are no levels
  std::vector<canonical_key> levels;  ///< the most specific first, as canon::covering() gives them
};

/// Reads a text as `subject`, or as what it most likely is.
[[nodiscard]] asked_key ask_about(const canon::canonicalizer& canon,
                                  std::optional<repute::subject> subject, std::string_view text);

/// The outcome of one text. Persistent words in JSON: see word().
enum class row_status { listed, not_listed, unsupported, malformed, error };
[[nodiscard]] std::string_view word(row_status value) noexcept;

/// One line of output. Without an answer (malformed, error) `server` is empty and `reason` is set.
struct lookup_row {
  std::string key;
  repute::subject kind{};
  row_status status = row_status::error;
  std::string reason;
  answer decided;       ///< verdict, score, category, TTL: those of the level that decided
  std::string matched;  ///< that level's text, empty unless listed
  std::string server;
  std::int64_t rtt_us = 0;
  std::uint32_t generation = 0;
};

/// What the answers to the levels of one key make together: deciding_level() says which decides.
struct decision {
  row_status status = row_status::not_listed;
  std::size_t level = 0;  ///< the one that decided, if status is listed
  answer decided;
  std::string reason;  ///< if status is error or unsupported
};
[[nodiscard]] decision decide(std::span<const answer> answers);

/// Row of a key whose levels were answered. `answers` are those of its own levels.
[[nodiscard]] lookup_row answered_row(const asked_key& asked, std::span<const answer> answers,
                                      const lookup_result& result);
/// Row of a malformed key.
[[nodiscard]] lookup_row malformed_row(const asked_key& asked);
/// Row of a key without an answer.
[[nodiscard]] lookup_row failed_row(const asked_key& asked, std::string reason);

/// One JSON object without a line feed. Members without a meaning for the status are null; `reason`
/// is there for malformed keys and errors only.
[[nodiscard]] std::string to_json(const lookup_row& row);

/// Aligned lines for people. Columns only ever grow wider, so that a stream stays aligned.
class row_printer {
 public:
  [[nodiscard]] std::string operator()(std::span<const lookup_row> rows);

 private:
  std::size_t kind_width_ = 6;
  std::size_t key_width_ = 16;
  std::size_t outcome_width_ = 13;
  std::size_t matched_width_ = 0;
};

}  // namespace repute::tool
