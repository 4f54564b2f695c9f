// SPDX-License-Identifier: Apache-2.0
#include "cmd_report.hpp"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <mutex>
#include <numeric>
#include <set>

#include "environment.hpp"
#include "exit_codes.hpp"
#include "live_changes.hpp"
#include "message_run.hpp"
#include "repute/mail/checker.hpp"
#include "repute/schema/text_signature.hpp"
#include "repute/seal/digest.hpp"
#include "store/campaign_index.hpp"
#include "text.hpp"

namespace repute::tool {
namespace {

// Why a command ends before it has begun.
struct refusal {
  int exit_code;
  std::string message;
};

// Nothing is acquitted by a text, so that "trusted" says of it that it is ordinary mail.
verdict about_texts(verdict said) noexcept {
  return said == verdict::trusted ? verdict::formal : said;
}

std::set<subject> chosen_subjects(const std::vector<std::string>& words) {
  std::set<subject> out;
  for (const std::string& word : words) {
    const auto known = subject_from_word(word);
    if (!known) {
      throw refusal{exit_usage, fmt::format("--facts: \"{}\" is no kind", word)};
    }
    out.insert(*known);
  }
  return out.empty() ? std::set{subject::textsig} : out;
}

change_words words_of(const report_options& options) {
  const auto said = verdict_from_word(options.verdict);
  if (!said || *said == verdict::blacklisted) {
    throw refusal{exit_usage,
                  "--verdict is spam, probable_spam, phishing, malware, formal or "
                  "trusted; none takes a report back"};
  }
  const bool takes_back = *said == verdict::none;
  if (takes_back && !options.facts.empty()) {
    // A removal of another fact would also hide what feeds say.
    throw refusal{exit_usage, "--verdict none takes back reports of texts alone; see repute del"};
  }
  const auto expires = expiry_of(options.expires);
  if (!expires) {
    throw refusal{exit_usage, wrong_expiry};
  }
  change_words out;
  if (takes_back) {
    out.command = options.administrator ? "override_del" : "del";
  } else {
    out.command = options.administrator ? "override_add" : "put";
  }
  out.verdict = *said;
  out.expires_unix_s = *expires;
  out.who = options.who.empty() ? login_name() : options.who;
  out.reason = options.reason;
  return out;
}

bool read_counts(const simdjson::dom::element& from, const char* name,
                 std::vector<std::uint64_t>& to) {
  simdjson::dom::array counts;
  if (from[name].get(counts) != simdjson::SUCCESS) {
    return false;
  }
  return std::ranges::all_of(counts, [&](const simdjson::dom::element& each) {
    return each.get(to.emplace_back()) == simdjson::SUCCESS;
  });
}

std::optional<known_texts> ask_texts(const std::string& db) {
  auto server = control_client::connect(db);
  auto* asked = std::get_if<control_client>(&server);
  const auto reply = asked == nullptr ? std::variant<std::string, control_failure>()
                                      : asked->ask(R"({"cmd":"stats"})");
  const auto* line = std::get_if<std::string>(&reply);
  return line == nullptr ? std::nullopt : read_known_texts(*line);
}

// How many were signed so that they are found together with texts of `version`.
std::uint64_t count_near(const std::vector<std::uint64_t>& by_version, std::uint8_t version) {
  std::uint64_t out = 0;
  for (std::size_t other = 0; other < by_version.size(); ++other) {
    out += near_filter_versions(version, static_cast<std::uint8_t>(other)) ? by_version[other] : 0;
  }
  return out;
}

// Reports of many messages, in two batches: of texts, and of all else.
class reporter {
 public:
  reporter(const report_options& options, const std::string& db, const seal::deployment_salt& salt)
      : words_(words_of(options)),
        subjects_(chosen_subjects(options.facts)),
        json_(options.mail.json),
        db_(db),
        fingerprints_(salt),
        texts_(batch(db, salt, about_texts(words_.verdict))),
        others_(batch(db, salt, words_.verdict)) {}

  /// Thread-safe.
  void report(const std::string& file, const mail::message_facts& message) {
    const std::lock_guard lock(mutex_);
    std::size_t reported = 0;
    std::set<std::pair<kind, std::string>> seen;
    for (const mail::fact& each : message.facts) {
      if (subjects_.contains(each.subject) &&
          seen.emplace(each.canonical.kind, each.canonical.canonical).second) {
        ++reported;
        send(each, file);
      }
    }
    if (reported == 0) {
      complain(exit_data, fmt::format("{}: nothing to report: {}", file, why_nothing(message)));
    }
  }

  /// What waits is sent; the exit code of all.
  int finish() {
    take(texts_.flush());
    take(others_.flush());
    warn_about_known_texts();
    return result_;
  }

 private:
  void warn_about_known_texts() const {
    const auto known = filter_version_ ? ask_texts(db_) : std::nullopt;
    if (!known) {
      return;
    }
    // A server that knows spam and no ordinary mail finds what both have in common near.
    const std::uint64_t ordinary = count_near(known->ordinary, *filter_version_);
    if (known->campaigns > store::first_campaigns && ordinary < store::ordinary_enough) {
      fmt::print(
          stderr,
          "repute report: WARNING: {} campaigns, but only {} ordinary mails are known. Until "
          "there are {},\nonly the first {} campaigns act, and all others are hints: report "
          "ordinary mail as trusted\n(repute report --help)\n",
          known->campaigns, ordinary, store::ordinary_enough, store::first_campaigns);
    }
    const std::uint64_t all = std::accumulate(known->all.begin(), known->all.end(), 0ULL);
    if (const std::uint64_t far = all - count_near(known->all, *filter_version_); far != 0) {
      const std::string ours =
          *filter_version_ == 0 ? "none" : fmt::format("version {}", *filter_version_);
      fmt::print(stderr,
                 "repute report: WARNING: {} texts were reported with other common phrases than "
                 "these ({}),\nand the two do not find each other: give every program the same "
                 "text_signature.common_phrases\nin its policy (--policy), and report older texts "
                 "again\n",
                 far, ours);
    }
  }

  change_batch batch(const std::string& db, const seal::deployment_salt& salt, verdict said) {
    auto server = control_client::connect(db);
    if (const auto* failed = std::get_if<control_failure>(&server)) {
      throw refusal{failed->nobody ? exit_again : exit_io, failed->message};
    }
    change_words words = words_;
    words.verdict = said;
    return {std::move(std::get<control_client>(server)), seal::to_hex(seal::salt_fingerprint(salt)),
            std::move(words), [this](const changed_key& now) { tell(now); },
            [this](const std::string& sentence) { complain(exit_data, sentence); }};
  }

  void send(const mail::fact& from, const std::string& file) {
    const canonical_key& key = from.canonical;
    named_key out;
    out.key.kind = key.kind;
    out.key.prefix_length = store::address_bits(key.kind);
    out.shown = fmt::format("{}  {}", file, word(from.subject));
    if (key.kind == kind::text_sig) {
      const byte_view signature = seal::bytes_of(key.canonical);
      out.text = seal::to_hex(signature);
      filter_version_ =
          decode_text_signature(signature.first<text_signature_size>()).filter_version;
      out.key.key = fingerprints_(kind::text_sig, seal::bytes_of(key.canonical + words_.who));
      return take(texts_.add(out));
    }
    out.text = canon::show(key);
    if (is_ip(key.kind)) {
      std::ranges::copy(key.canonical, out.key.key.begin());
    } else {
      out.key.key = fingerprints_(key);
    }
    take(others_.add(out));
  }

  [[nodiscard]] std::string why_nothing(const mail::message_facts& message) const {
    return subjects_ == std::set{subject::textsig} && !message.texts.empty()
               ? "its text is too short for a signature"
               : "it has none of the chosen facts";
  }

  void take(const std::variant<std::monostate, change_failure>& outcome) {
    if (const auto* failed = std::get_if<change_failure>(&outcome)) {
      complain(failed->exit_code, failed->message);
    }
  }

  void tell(const changed_key& now) const {
    if (json_) {
      fmt::print("{{\"reported\":{},\"kind\":{},\"seq\":{},\"status\":{},\"verdict\":{}}}\n",
                 json_string(now.of.shown.substr(0, now.of.shown.rfind("  "))),
                 json_string(word(subject_of(now.of.key.kind))), now.seq,
                 now.status.empty() ? "null" : json_string(now.status), json_string(now.verdict));
      return;
    }
    fmt::print("{}  {}\n", printable(now.of.shown),
               now.status.empty()     ? "stored; no snapshot is served yet"
               : now.status == "near" ? "a hint so far"
               : now.status == "listed" && now.verdict != "none" ? printable(now.verdict)
                                                                 : "not listed");
  }

  void complain(int code, std::string_view what) {
    fmt::print(stderr, "repute report: {}\n", printable(what));
    result_ = code;
  }

  change_words words_;
  std::set<subject> subjects_;
  bool json_;
  std::string db_;
  seal::fingerprinter fingerprints_;
  change_batch texts_;
  change_batch others_;
  std::mutex mutex_;
  int result_ = exit_ok;
  std::optional<std::uint8_t> filter_version_;  // of the texts that were reported
};

int run(const report_options& options) {
  const auto db = database_of(options.db);
  if (!db) {
    throw refusal{exit_usage, std::string(no_database)};
  }
  std::string problem;
  const auto salt = seal::read_database_salt(*db, problem);
  if (!salt) {
    throw refusal{exit_config, problem};
  }
  int exit_code = exit_ok;
  const auto reading = begin_reading(options.mail, *salt, "repute report", exit_code);
  if (!reading) {
    return exit_code;
  }
  reporter reports(options, *db, *salt);
  message_totals totals;
  const int read = run_messages(
      find_messages(options.mail.files), false,
      [&](const found_message& found) {
        const auto& [from, given] = reading->around;
        reports.report(found.name, (*reading->examine)(found.bytes, from, given).facts);
        return message_outcome();
      },
      totals);
  const int reported = reports.finish();
  return read != exit_ok ? read : reported;
}

}  // namespace

std::optional<known_texts> read_known_texts(std::string_view stats_reply) {
  simdjson::dom::parser parser;
  simdjson::dom::element stats;
  known_texts out;
  const simdjson::padded_string padded(stats_reply);
  if (parser.parse(padded).get(stats) != simdjson::SUCCESS ||
      stats["campaigns"].get(out.campaigns) != simdjson::SUCCESS ||
      !read_counts(stats, "texts", out.all) ||
      !read_counts(stats, "ordinary_texts", out.ordinary)) {
    return std::nullopt;
  }
  return out;
}

int cmd_report(const report_options& options) {
  std::signal(SIGPIPE, SIG_IGN);
  try {
    return run(options);
  } catch (const refusal& why) {
    fmt::print(stderr, "repute report: {}\n", printable(why.message));
    return why.exit_code;
  }
}

}  // namespace repute::tool
