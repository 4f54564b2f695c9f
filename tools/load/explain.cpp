// SPDX-License-Identifier: Apache-2.0
#include "load/explain.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <stdexcept>

#include "load/row_compiler.hpp"
#include "repute/seal/digest.hpp"
#include "repute/seal/fingerprint.hpp"
#include "store/snapshot_reader.hpp"

namespace repute::load {
namespace {

constexpr int exit_bad_data = 65;
constexpr int exit_no_input = 66;
constexpr int exit_config = 78;

class explainer {
 public:
  explainer(const store::snapshot_reader& reader, const seal::deployment_salt& salt,
            std::uint64_t now_unix_s)
      : reader_(reader), fingerprints_(salt), now_unix_s_(now_unix_s) {}

  store::result<explained_key> explain(const canonical_key& key);

 private:
  store::result<void> add_rows(kind kind, const fingerprint& key, std::uint8_t prefix_length,
                               explained_key& into) const;
  store::result<void> explain_address(const canonical_key& key, explained_key& into);

  const store::snapshot_reader& reader_;
  seal::fingerprinter fingerprints_;
  std::uint64_t now_unix_s_;
};

store::result<void> explainer::add_rows(kind kind, const fingerprint& key,
                                        std::uint8_t prefix_length, explained_key& into) const {
  store::record_set found;
  if (const auto done = reader_.find_records(kind, key, prefix_length, found); !done) {
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
    row.exclusion = r.exclusion;
    row.verdict = r.verdict;
    row.score = r.score;
    row.category = r.category;
    row.expires_h = r.expires_h;
  }
  return {};
}

// Rows of the address itself, then of every prefix above it, the longest first.
store::result<void> explainer::explain_address(const canonical_key& key, explained_key& into) {
  canon::ip_prefix prefix;
  prefix.v6 = key.kind == kind::ip6;
  std::copy(key.canonical.begin(), key.canonical.end(), prefix.address.begin());
  const unsigned bits = prefix.v6 ? 128 : 32;
  for (unsigned length = bits + 1; length-- > 0;) {
    prefix.length = static_cast<std::uint8_t>(length);
    if (length < bits) {
      auto& byte = prefix.address[length / 8];
      byte = static_cast<std::uint8_t>(byte & (0xff00U >> (length % 8)));
    }
    const std::size_t before = into.rows.size();
    if (const auto done = add_rows(key.kind, address_bytes(prefix), prefix.length, into); !done) {
      return done;
    }
    if (before == 0 && !into.rows.empty()) {
      into.shown = canon::show(prefix);
    }
  }
  return {};
}

store::result<explained_key> explainer::explain(const canonical_key& key) {
  explained_key out;
  out.kind = key.kind;
  out.shown = (key.kind == kind::domain ? "." : "") + canon::show(key);
  const repute::key wire_key = fingerprints_.make_key(key);
  const store::snapshot_view& view = reader_.view();
  const store::probe probe = view.make_probe(key.kind, wire_key.bytes().data());
  std::uint32_t index = view.table.find(probe.key);
  store::result<void> done;
  if (is_ip(key.kind)) {
    if (index == 0) {
      index = key.kind == kind::ip4 ? view.prefix4.find(store::load_address4(probe.address))
                                    : view.prefix6.find(store::load_address6(probe.address));
    }
    done = explain_address(key, out);
  } else {
    fingerprint bytes{};
    std::copy(wire_key.bytes().begin(), wire_key.bytes().end(), bytes.begin());
    out.fingerprint = seal::to_hex(bytes);
    done = add_rows(key.kind, bytes, 0, out);
  }
  if (!done) {
    return done.error();
  }
  out.answer = view.resolve(index, key.kind, now_unix_s_);
  out.sources = reader_.sources_of(index);
  return out;
}

}  // namespace

std::variant<explanation, explain_failure> explain(const std::string& db,
                                                   std::optional<repute::subject> subject,
                                                   const std::string& text,
                                                   const std::string& psl_file,
                                                   std::uint64_t now_unix_s) {
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
  explainer explainer(*reader, *salt, now_unix_s);
  for (const canonical_key& key : canon.covering(std::get<canonical_key>(canonical))) {
    auto explained = explainer.explain(key);
    if (!explained) {
      return failed(explained.error());
    }
    out.keys.push_back(std::move(*explained));
    if (!out.decided_by && out.keys.back().answer.status == status::listed) {
      out.decided_by = out.keys.size() - 1;
    }
  }
  return out;
}

}  // namespace repute::load
