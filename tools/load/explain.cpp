// SPDX-License-Identifier: Apache-2.0
#include "load/explain.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <stdexcept>

#include "load/row_compiler.hpp"
#include "repute/schema/test_points.hpp"
#include "repute/seal/digest.hpp"
#include "repute/seal/fingerprint.hpp"
#include "store/snapshot_reader.hpp"

namespace repute::load {
namespace {

constexpr int exit_bad_data = 65;
constexpr int exit_no_input = 66;
constexpr int exit_config = 78;

// The text of an address or network as people read it; empty for other kinds.
std::string shown_network(const store::record_position& at) {
  if (!is_ip(at.kind)) {
    return {};
  }
  canon::ip_prefix prefix;
  prefix.v6 = at.kind == kind::ip6;
  std::copy_n(at.key.begin(), key_size(at.kind), prefix.address.begin());
  prefix.length = at.prefix_length;
  return canon::show(prefix);
}

class explainer {
 public:
  explainer(const store::snapshot_reader& reader, const seal::deployment_salt& salt,
            std::uint64_t now_unix_s)
      : reader_(reader), fingerprints_(salt), now_unix_s_(now_unix_s) {}

  [[nodiscard]] store::record_position position(const canonical_key& key);
  /// A server knows of each key what holds, from its snapshot and from later; without one the
  /// snapshot tells alone.
  void take_words(const std::optional<std::vector<store::live_entry>>& by_server) {
    const std::vector<store::live_entry>& known = reader_.live();
    for (const store::live_entry& entry : by_server ? *by_server : known) {
      words_.add(entry, std::find(known.begin(), known.end(), entry) == known.end());
    }
  }
  store::result<explained_key> explain(const canonical_key& key);

 private:
  store::result<void> add_rows(const store::record_position& at, explained_key& into) const;
  void add_said(const store::record_position& at, explained_key& into) const;
  [[nodiscard]] table_answers ask_tables(const store::record_position& at,
                                         explained_key& into) const;

  const store::snapshot_reader& reader_;
  seal::fingerprinter fingerprints_;
  std::uint64_t now_unix_s_;
  run_time_words words_;
};

store::record_position explainer::position(const canonical_key& key) {
  store::record_position at;
  at.kind = key.kind;
  const repute::key wire_key = fingerprints_.make_key(key);
  std::copy(wire_key.bytes().begin(), wire_key.bytes().end(), at.key.begin());
  at.prefix_length = static_cast<std::uint8_t>(is_ip(key.kind) ? wire_key.bytes().size() * 8 : 0);
  return at;
}

store::result<void> explainer::add_rows(const store::record_position& at,
                                        explained_key& into) const {
  store::record_set found;
  const auto done = reader_.find_records(at.kind, at.key, at.prefix_length, found);
  if (!done) {
    return done;
  }
  for (std::size_t i = 0; i < found.size(); ++i) {
    const store::record r = found[i];
    explained_row& row = into.rows.emplace_back();
    if (r.feed < reader_.feeds().size()) {
      const store::feed_info& feed = reader_.feeds()[r.feed];
      row.feed = feed.name;
      row.time_unix_s = feed.loaded_unix_s;
      row.file = r.file < feed.files.size() ? feed.files[r.file] : std::string();
    }
    row.line = r.line;
    row.text = r.text;
    row.reason = r.reason;
    row.network = shown_network(at);
    row.exclusion = r.exclusion;
    row.verdict = r.verdict;
    row.score = r.score;
    row.category = r.category;
    row.expires_h = r.expires_h;
  }
  return {};
}

void explainer::add_said(const store::record_position& at, explained_key& into) const {
  for (const auto layer : {store::live_layer::override, store::live_layer::live}) {
    if (const said_entry* said = words_.find(layer, at, now_unix_s_); said != nullptr) {
      into.words.push_back({*said, shown_network(at)});
    }
  }
}

table_answers explainer::ask_tables(const store::record_position& at, explained_key& into) const {
  const store::snapshot_view& view = reader_.view();
  const store::probe probe = view.make_probe(at.kind, at.key.data());
  const std::uint32_t exact = view.table.find(probe.key);
  std::uint32_t around = 0;
  if (is_ip(at.kind)) {
    around = at.kind == kind::ip4 ? view.prefix4.find(store::load_address4(probe.address))
                                  : view.prefix6.find(store::load_address6(probe.address));
  }
  table_answers out;
  out.test_point = std::ranges::any_of(
      into.rows, [](const explained_row& row) { return row.feed == test_point_feed; });
  out.networks = view.resolve(around, at.kind, now_unix_s_);
  if (exact != 0) {
    out.exact = view.resolve(exact, at.kind, now_unix_s_);
  }
  into.sources = reader_.sources_of(exact != 0 ? exact : around);
  into.feeds_answer = out.exact.value_or(out.networks);
  return out;
}

store::result<explained_key> explainer::explain(const canonical_key& key) {
  explained_key out;
  out.kind = key.kind;
  out.shown = (key.kind == kind::domain ? "." : "") + canon::show(key);
  const store::record_position at = position(key);
  if (!is_ip(key.kind)) {
    out.fingerprint = seal::to_hex(at.key);
  }
  const auto around = with_networks(at);
  for (const store::record_position& each : around) {
    const bool first = out.rows.empty();
    if (const auto done = add_rows(each, out); !done) {
      return done.error();
    }
    add_said(each, out);
    if (is_ip(key.kind) && first && !out.rows.empty()) {
      out.shown = shown_network(each);
    }
  }
  const laid_over now = lay_over(ask_tables(at, out), words_, around, now_unix_s_);
  out.answer = now.answer;
  out.layer = now.layer;
  return out;
}

// The most specific row with the verdict that the tables give: the rule takes one row as it is.
std::optional<row_place> winning_row(const explanation& of, std::uint64_t now_unix_s) {
  if (!of.decided_by || of.keys[*of.decided_by].layer != answer_layer::feeds) {
    return std::nullopt;
  }
  const answer& wanted = of.keys[*of.decided_by].answer;
  for (std::size_t k = *of.decided_by; k < of.keys.size(); ++k) {
    for (std::size_t i = 0; i < of.keys[k].rows.size(); ++i) {
      const explained_row& row = of.keys[k].rows[i];
      const bool in_force = row.expires_h == 0 || row.expires_h * seconds_per_hour > now_unix_s;
      const bool speaks = wanted.verdict == verdict::none
                              ? row.exclusion
                              : !row.exclusion && row.verdict == wanted.verdict &&
                                    row.score == wanted.score && row.category == wanted.category;
      if (in_force && speaks) {
        return row_place{k, i};
      }
    }
  }
  return std::nullopt;
}

// An answer with the OVERRIDE flag wins over a more specific one; else the first that is listed.
std::optional<std::size_t> deciding_key(const std::vector<explained_key>& keys) {
  std::optional<std::size_t> decided;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const answer& each = keys[i].answer;
    if (each.status != status::listed) {
      continue;
    }
    if ((each.vflags & vflag_override) != 0) {
      return i;
    }
    decided = decided.value_or(i);
  }
  return decided;
}

}  // namespace

std::variant<explanation, explain_failure> explain(
    const std::string& db, std::optional<repute::subject> subject, const std::string& text,
    const std::string& psl_file, std::uint64_t now_unix_s, const live_source& server) {
  const auto failed = [](const store::failure& why) {
    return explain_failure{store::exit_code(why.code), why.message};
  };
  const auto generation = store::read_current(db);
  if (!generation) {
    return failed(generation.error());
  }
  const auto reader = store::snapshot_reader::open(db, *generation);
  if (!reader) {
    return failed(reader.error());
  }
  std::string problem;
  const auto salt = seal::read_database_salt(db, problem);
  if (!salt) {
    return explain_failure{exit_config, problem};
  }
  if (seal::salt_fingerprint(*salt) != reader->meta().info.salt_fp) {
    return failed({store::store_error::foreign_salt,
                   fmt::format("{}: generation {} was built under another salt", db, *generation)});
  }
  if (reader->meta().canon_version != canon::version) {
    return failed({store::store_error::wrong_version,
                   fmt::format("{}: generation {} has other canonical forms; load its feeds anew",
                               db, *generation)});
  }
  std::optional<canon::canonicalizer> opened_canon;
  try {
    opened_canon.emplace(psl_file);
  } catch (const std::runtime_error& error) {
    return explain_failure{exit_no_input, error.what()};
  }
  const canon::canonicalizer& canon = *opened_canon;
  explanation out;
  out.generation = *generation;
  out.subject = subject.value_or(canon::guess(text));
  const auto canonical = canon.canonical(out.subject, text);
  if (const auto* why = std::get_if<canon::error>(&canonical)) {
    return explain_failure{exit_bad_data, std::string(message(*why))};
  }
  out.canonical = canon::show(std::get<canonical_key>(canonical));
  const auto covering = canon.covering(std::get<canonical_key>(canonical));
  explainer explainer(*reader, *salt, now_unix_s);
  std::vector<store::record_position> positions;
  for (const canonical_key& key : covering) {
    const auto around = with_networks(explainer.position(key));
    positions.insert(positions.end(), around.begin(), around.end());
  }
  explainer.take_words(server(positions));
  for (const canonical_key& key : covering) {
    auto explained = explainer.explain(key);
    if (!explained) {
      return failed(explained.error());
    }
    out.keys.push_back(std::move(*explained));
  }
  out.decided_by = deciding_key(out.keys);
  out.winner = winning_row(out, now_unix_s);
  return out;
}

}  // namespace repute::load
