// SPDX-License-Identifier: Apache-2.0
// Why a key is answered as it is: every row that covers it, straight from the snapshot's records,
// and what was said at run time.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "load/run_time_words.hpp"
#include "repute/canon/canon.hpp"
#include "repute/schema/key.hpp"
#include "repute/schema/verdict.hpp"
#include "store/snapshot.hpp"

namespace repute::load {

/// A row of a feed, with words instead of numbers.
struct explained_row {
  std::string feed;
  std::string file;
  std::uint32_t line = 0;
  std::uint64_t time_unix_s = 0;
  std::string text;
  std::string reason;
  std::string network;  ///< addresses: the address or network that the row is about
  bool exclusion = false;
  repute::verdict verdict{};
  std::int16_t score = 0;
  std::uint16_t category = 0;
  std::uint32_t expires_h = 0;
};

/// A live entry or an override of the key or, for addresses, of a network around it.
struct explained_word {
  said_entry said;
  std::string network;  ///< addresses: what it is about
};

/// One of the keys that are asked for a subject, the most specific first.
struct explained_key {
  repute::kind kind{};
  std::string shown;  ///< canonical text, a DOMAIN with a leading dot; for addresses the covering
                      ///< prefix if one matched
  std::string fingerprint;            ///< hexadecimal; empty for addresses, which travel raw
  repute::answer answer;              ///< what is answered now
  answer_layer layer{};               ///< what decides the answer
  repute::answer feeds_answer;        ///< what the feeds alone say; hidden unless `layer` is feeds
  std::vector<std::string> sources;   ///< feeds with rows that cover the key
  std::vector<explained_row> rows;    ///< rows of this key; for addresses of every prefix above it
  std::vector<explained_word> words;  ///< what holds of what was said at run time
};

/// A row: of key `key` the row `row`.
struct row_place {
  std::size_t key = 0;
  std::size_t row = 0;

  bool operator==(const row_place&) const = default;
};

struct explanation {
  std::uint32_t generation = 0;
  std::string canonical;
  repute::subject subject{};
  std::vector<explained_key> keys;
  std::optional<std::size_t> decided_by;  ///< index of the key whose answer the subject gets
  std::optional<row_place> winner;        ///< the row whose verdict that is, if a feed's is
};

struct explain_failure {
  int exit_code = 0;
  std::string message;
};

/// What holds of all that was said about keys, as a running server knows it; at most one entry for
/// a layer and key. Nothing if no server can tell: then the snapshot does.
using live_source = std::function<std::optional<std::vector<store::live_entry>>(
    const std::vector<store::record_position>&)>;

/// Explains `text` by the current snapshot of `db`. `now_unix_s` decides expiry.
[[nodiscard]] std::variant<explanation, explain_failure> explain(
    const std::string& db, std::optional<repute::subject> subject, const std::string& text,
    const std::string& psl_file, std::uint64_t now_unix_s, const live_source& server);

}  // namespace repute::load
