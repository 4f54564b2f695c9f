// SPDX-License-Identifier: Apache-2.0
#include "load/loader.hpp"

#include <fmt/format.h>
#include <sys/random.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <set>
#include <stdexcept>

#include "load/format/input.hpp"
#include "load/guard/load_guards.hpp"
#include "load/guard/resolved_answers.hpp"
#include "load/resolver.hpp"
#include "load/row_compiler.hpp"
#include "load/server_list.hpp"
#include "load/test_point_rows.hpp"
#include "repute/schema/test_points.hpp"
#include "repute/seal/digest.hpp"
#include "store/snapshot_reader.hpp"
#include "store/snapshot_writer.hpp"

namespace repute::load {
namespace {

constexpr int exit_bad_data = 65;
constexpr int exit_no_input = 66;
constexpr int exit_software = 70;
constexpr int exit_cannot_create = 73;
constexpr int exit_io = 74;
constexpr int exit_config = 78;
constexpr std::uint64_t report_every_rows = 1 << 15;

// Thrown inside a load and caught at its end: start-up style, nothing is half done by then.
struct load_error {
  int exit_code;
  std::string message;
  std::vector<guard_report> objections = {};
};

[[noreturn]] void fail(const store::failure& why) {
  throw load_error{store::exit_code(why.code), why.message};
}

std::optional<std::uint64_t> source_date_epoch() {
  const char* text = std::getenv("SOURCE_DATE_EPOCH");
  if (text == nullptr) {
    return std::nullopt;
  }
  const auto time = parse_time_unix_s(text);
  if (!time) {
    throw load_error{exit_config, "SOURCE_DATE_EPOCH is not a time in Unix seconds"};
  }
  return time;
}

std::uint64_t time_of_load() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return source_date_epoch().value_or(
      static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::seconds>(now).count()));
}

// Random, so that two deployments never share an epoch; fixed where a reproducible file is asked
// for.
std::uint32_t new_epoch(const seal::deployment_salt& salt) {
  std::uint32_t epoch = 0;
  if (source_date_epoch()) {
    epoch = load_le<std::uint32_t>(seal::sha256(salt.bytes).data());
  } else if (::getrandom(&epoch, sizeof epoch, 0) != sizeof epoch) {
    throw load_error{71, "the system has no random numbers"};
  }
  return epoch == 0 ? 1 : epoch;
}

seal::deployment_salt salt_of(const std::string& db) {
  std::string problem;
  const auto salt = seal::read_database_salt(db, problem);
  if (!salt) {
    throw load_error{exit_config, problem};
  }
  return *salt;
}

template <class Address>
std::uint64_t listed(const std::vector<store::resolved_range<Address>>& ranges) {
  return static_cast<std::uint64_t>(std::count_if(
      ranges.begin(), ranges.end(), [](const auto& r) { return r.verdict != store::no_verdict; }));
}

canon::canonicalizer open_canonicalizer(const std::string& psl_file) {
  try {
    return canon::canonicalizer(psl_file);
  } catch (const std::runtime_error& error) {
    throw load_error{exit_no_input, error.what()};
  }
}

// One load from begin to end.
class load_run final : private row_sink {
 public:
  load_run(const load_request& request, const progress_listener& progress)
      : request_(request),
        progress_(progress),
        started_(std::chrono::steady_clock::now()),
        now_unix_s_(time_of_load()),
        salt_(salt_of(request.db)),
        canon_(open_canonicalizer(request.psl_file)),
        compiler_(canon_, salt_, now_unix_s_) {}

  load_summary run();
  [[nodiscard]] std::vector<std::string> first_rejects() const {
    return rejects_ ? rejects_->first() : guard_problems_;
  }

 private:
  bool take(const raw_row& row) override;
  bool reject(const bad_row& row) override;
  void skip() override { ++summaries_[spec_->name].skipped; }
  void recognised(feed_format format) override {
    summaries_[spec_->name].recognised = word(format);
  }

  void open_guards();
  void close_feeds();
  void judge(const store::snapshot_content& content);
  void open_rejects();
  void open_predecessor();
  void number_feeds();
  void carry_over();
  void carry_record(const store::record& old, const std::map<std::uint16_t, std::uint16_t>& feeds);
  void read_feed(const feed_spec& spec);
  void report(double done);
  [[nodiscard]] std::uint16_t feed_number(std::string_view name) const;
  [[nodiscard]] store::snapshot_content make_content();

  const load_request& request_;
  const progress_listener& progress_;
  std::chrono::steady_clock::time_point started_;
  std::uint64_t now_unix_s_;
  seal::deployment_salt salt_;
  canon::canonicalizer canon_;
  row_compiler compiler_;
  std::optional<load_guards> guards_;
  std::vector<std::string> guard_problems_;
  std::optional<reject_log> rejects_;  // opened under the lock: two loads may name one reject file

  std::optional<store::snapshot_reader>
      predecessor_;                          // with --only compared with, not carried over
  std::optional<std::uint32_t> data_epoch_;  // of the snapshot before, if it can be kept
  std::string servers_before_;               // its signed list of servers
  bool servers_left_out_ = false;
  std::vector<store::feed_info> feeds_;  // sorted by name
  std::map<std::string, feed_summary, std::less<>> summaries_;
  store::record_set records_;
  std::uint64_t rows_read_ = 0;

  // The file being read.
  const feed_spec* spec_ = nullptr;
  std::string path_;
  std::unique_ptr<input> input_;
  std::uint16_t feed_ = 0;
  std::uint16_t file_number_ = 0;
  std::uint64_t rows_of_feed_ = 0;
};

void load_run::open_guards() {
  std::vector<spec_problem> problems;
  guards_.emplace(request_.guards, canon_, problems);
  for (const spec_problem& problem : problems) {
    guard_problems_.push_back(problem.where + ": " + problem.what);
  }
  if (!problems.empty()) {
    throw load_error{exit_config, "the guards cannot be set up"};
  }
  compiler_.watch(guards_->rows());
}

void load_run::open_rejects() {
  try {
    rejects_.emplace(request_.max_rejects, request_.reject_file);
  } catch (const std::runtime_error& error) {
    throw load_error{exit_cannot_create, error.what()};
  }
}

// With --only no row is taken from it, but the epoch is the deployment's as long as the salt is.
void load_run::open_predecessor() {
  const auto generation = store::read_current(request_.db);
  if (!generation) {
    if (request_.only || generation.error().code == store::store_error::not_found) {
      return;
    }
    fail(generation.error());
  }
  auto opened = store::snapshot_reader::open(request_.db, *generation);
  if (!opened) {
    if (request_.only) {
      return;
    }
    fail(opened.error());
  }
  const store::snapshot_meta& meta = opened->meta();
  const bool same_salt = meta.info.salt_fp == seal::salt_fingerprint(salt_) &&
                         meta.info.ip_seed == seal::ip_seed(salt_);
  if (same_salt && meta.canon_version == canon::version) {
    data_epoch_ = meta.info.data_epoch;
  }
  const byte_view servers = opened->view().server_list;
  servers_before_.assign(servers.begin(), servers.end());
  if (!same_salt) {
    if (request_.only) {
      return;
    }
    fail({store::store_error::foreign_salt,
          fmt::format("{}: generation {} was built under another salt; --only starts anew",
                      request_.db, *generation)});
  }
  predecessor_ = std::move(*opened);
}

// Numbers follow the names, so that the order of loads leaves no trace in a snapshot.
void load_run::number_feeds() {
  std::set<std::string, std::less<>> loaded;
  for (const feed_spec& spec : request_.feeds) {
    loaded.insert(spec.name);
    feeds_.push_back({spec.name, spec.files, now_unix_s_, 0});
  }
  if (predecessor_ && !request_.only) {
    for (const store::feed_info& old : predecessor_->feeds()) {
      if (!loaded.contains(old.name) && old.name != test_point_feed) {
        feeds_.push_back(old);
      }
    }
  }
  feeds_.push_back({std::string(test_point_feed), {}, now_unix_s_, 0});
  std::sort(feeds_.begin(), feeds_.end(),
            [](const auto& a, const auto& b) { return a.name < b.name; });
  if (feeds_.size() > 65535) {
    throw load_error{exit_bad_data, "more than 65535 feeds"};
  }
}

std::uint16_t load_run::feed_number(std::string_view name) const {
  const auto at = std::lower_bound(
      feeds_.begin(), feeds_.end(), name,
      [](const store::feed_info& feed, std::string_view wanted) { return feed.name < wanted; });
  return static_cast<std::uint16_t>(at - feeds_.begin());
}

void load_run::carry_over() {
  if (!predecessor_ || request_.only) {
    return;
  }
  std::map<std::uint16_t, std::uint16_t> kept;  // number in the predecessor -> number now
  const auto& old_feeds = predecessor_->feeds();
  for (std::size_t i = 0; i < old_feeds.size(); ++i) {
    const store::feed_info& old = old_feeds[i];
    const bool loaded = std::any_of(request_.feeds.begin(), request_.feeds.end(),
                                    [&](const feed_spec& spec) { return spec.name == old.name; });
    if (!loaded && old.name != test_point_feed) {
      kept[static_cast<std::uint16_t>(i)] = feed_number(old.name);
      feed_summary& summary = summaries_[old.name];
      summary.name = old.name;
      summary.rows = old.rows;
      summary.carried_over = true;
    }
  }
  const auto visited =
      predecessor_->for_each_record([&](const store::record& old) { carry_record(old, kept); });
  if (!visited) {
    fail(visited.error());
  }
}

void load_run::carry_record(const store::record& old,
                            const std::map<std::uint16_t, std::uint16_t>& feeds) {
  const auto feed = feeds.find(old.feed);
  if (feed == feeds.end() ||
      (old.expires_h != 0 && old.expires_h <= now_unix_s_ / seconds_per_hour)) {
    return;
  }
  store::record row = old;
  row.feed = feed->second;
  if (!is_ip(row.kind) && predecessor_->meta().canon_version != canon::version) {
    const auto key = compiler_.canonical_of(row);  // keys of an older canonical form are made anew
    if (!key) {
      throw load_error{
          exit_bad_data,
          fmt::format("feed \"{}\": a row has no canonical form any more; load it anew",
                      feeds_[row.feed].name)};
    }
    row.key = compiler_.fingerprint_of(*key);
  }
  records_.add(row);
}

void load_run::report(double done) {
  if (progress_) {
    progress_({spec_->name, done, rows_read_, rejects_->count()});
  }
}

bool load_run::take(const raw_row& row) {
  ++rows_read_;
  ++rows_of_feed_;
  if (rows_read_ % report_every_rows == 0) {
    report(input_->share_read());
  }
  if (spec_->limits.rows != 0 && rows_of_feed_ > spec_->limits.rows) {
    throw load_error{exit_bad_data, fmt::format("feed \"{}\": more than its limit of {} rows",
                                                spec_->name, spec_->limits.rows)};
  }
  auto compiled = compiler_.compile(*spec_, row, feed_, file_number_, records_);
  if (auto* why = std::get_if<std::string>(&compiled)) {
    --rows_read_;
    // The place is enough for a URL, which may hold a password.
    const std::string shown = row.subject.value_or(spec_->subject) == subject::url
                                  ? *why
                                  : fmt::format("\"{}\": {}", row.key.substr(0, 60), *why);
    return reject({row.at, shown, row.original});
  }
  if (auto* flagged = std::get_if<flagged_row>(&compiled)) {
    guards_->add(*spec_, file_number_, path_, row.at, std::move(*flagged));
  }
  const auto* done = std::get_if<row_compiler::outcome>(&compiled);
  const bool expired = done != nullptr && *done == row_compiler::outcome::expired;
  feed_summary& summary = summaries_[spec_->name];
  ++(expired ? summary.expired : summary.rows);
  return true;
}

bool load_run::reject(const bad_row& row) {
  ++rows_read_;
  ++summaries_[spec_->name].rejected;
  if (!rejects_->add(path_, row)) {
    throw load_error{exit_bad_data, rejects_->count() == 1
                                        ? fmt::format("{}:{}:{}: {}", path_, row.at.line,
                                                      row.at.column, row.reason)
                                        : "too many bad rows"};
  }
  return true;
}

void load_run::read_feed(const feed_spec& spec) {
  spec_ = &spec;
  feed_ = feed_number(spec.name);
  rows_of_feed_ = 0;
  summaries_[spec.name].name = spec.name;
  for (std::size_t i = 0; i < spec.files.size(); ++i) {
    path_ = path_of(spec, spec.files[i]);
    file_number_ = static_cast<std::uint16_t>(i);
    std::string problem;
    input_ = open_input(path_, problem);
    if (!input_) {
      throw load_error{exit_no_input, problem};
    }
    report(0);
    if (const auto broken = read_rows(*input_, spec, *this)) {
      throw load_error{
          input_->machine_failed() ? exit_io : exit_bad_data,
          fmt::format("{}:{}:{}: {}", path_, broken->at.line, broken->at.column, broken->what)};
    }
  }
  feeds_[feed_].rows = summaries_[spec.name].rows;
}

// Looks at each feed as a whole, while the records are of this load alone.
void load_run::close_feeds() {
  records_.sort_unique();
  for (const feed_spec& spec : request_.feeds) {
    const feed_summary& counts = summaries_[spec.name];
    const auto done = guards_->close_feed(
        spec, {{}, counts.rows, counts.rows + counts.rejected + counts.expired},
        predecessor_ ? &*predecessor_ : nullptr, rows_of(records_, feed_number(spec.name)));
    if (!done) {
      fail(done.error());
    }
  }
}

// Ends the load if a guard objects and nobody forces it.
void load_run::judge(const store::snapshot_content& content) {
  guards_->ask_canaries([&](std::span<const canonical_key> keys) {
    seal::fingerprinter fingerprints(salt_);
    return resolved_answers(content, keys, fingerprints);
  });
  auto objections = guards_->reports();
  if (!objections.empty() && !request_.force) {
    throw load_error{exit_bad_data, "refused by guards, --force overrules them",
                     std::move(objections)};
  }
}

store::snapshot_content load_run::make_content() {
  store::snapshot_content content;
  content.salt_fp = seal::salt_fingerprint(salt_);
  content.ip_seed = seal::ip_seed(salt_);
  content.canon_version = canon::version;
  content.created_unix_s = now_unix_s_;
  content.data_epoch = data_epoch_ ? *data_epoch_ : new_epoch(salt_);
  auto servers = choose_server_list(request_.server_list, servers_before_, content.data_epoch);
  if (!servers.problem.empty()) {
    throw load_error{exit_bad_data, servers.problem};
  }
  content.server_list = std::move(servers.document);
  servers_left_out_ = servers.out_of_date;
  records_.sort_unique();
  const auto now_h = static_cast<std::uint32_t>(now_unix_s_ / seconds_per_hour);
  auto resolved = resolve(records_, compiler_, feed_number(test_point_feed), content.ip_seed, now_h,
                          [&](std::string_view stage, double done) {
                            if (progress_) {
                              progress_({std::string(stage), done, rows_read_, rejects_->count()});
                            }
                          });
  content.verdicts = std::move(resolved.verdicts);
  content.keys = std::move(resolved.keys);
  content.ranges4 = std::move(resolved.ranges4);
  content.ranges6 = std::move(resolved.ranges6);
  content.feeds = feeds_;
  content.records = std::move(records_);
  return content;
}

load_summary load_run::run() {
  std::optional<store::write_lock> lock;
  if (!request_.dry_run) {
    auto locked = store::write_lock::acquire(request_.db);
    if (!locked) {
      fail(locked.error());
    }
    lock.emplace(std::move(*locked));
  }
  open_guards();
  open_rejects();
  open_predecessor();
  number_feeds();
  for (const feed_spec& spec : request_.feeds) {
    read_feed(spec);
  }
  if (!rejects_->acceptable(rows_read_)) {
    throw load_error{exit_bad_data, fmt::format("{} of {} rows are bad, more than allowed",
                                                rejects_->count(), rows_read_)};
  }
  if (!rejects_->close()) {
    throw load_error{exit_io, request_.reject_file + ": cannot write it wholly (disk full?)"};
  }
  close_feeds();
  carry_over();
  const std::uint16_t points = feed_number(test_point_feed);
  feeds_[points].rows = add_test_points(compiler_, points, records_);
  store::snapshot_content content = make_content();
  judge(content);

  load_summary summary;
  summary.overruled = guards_->reports();
  summary.keys = content.keys.size();
  summary.prefixes = listed(content.ranges4) + listed(content.ranges6);
  if (!request_.dry_run) {
    const auto done = store::publish_snapshot(
        request_.db, std::move(content),
        [&](std::string_view stage, double share) {
          if (progress_) {
            progress_({std::string(stage), share, rows_read_, rejects_->count()});
          }
        },
        request_.sign);
    if (!done) {
      fail(done.error());
    }
    summary.generation = done->generation;
    summary.file_bytes = done->file_bytes;
    summary.content_digest = done->content_digest;
  }
  for (const auto& [name, feed] : summaries_) {
    summary.rows += feed.rows;
    summary.feeds.push_back(feed);
  }
  summary.rejected = rejects_->count();
  summary.first_rejects = rejects_->first();
  summary.public_salt = salt_.is_public();
  summary.server_list_left_out = servers_left_out_;
  summary.seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - started_).count();
  return summary;
}

}  // namespace

std::variant<load_summary, load_failure> run_load(const load_request& request,
                                                  const progress_listener& progress) {
  try {
    load_run load(request, progress);
    try {
      return load.run();
    } catch (const load_error& error) {
      return load_failure{error.exit_code, error.message, load.first_rejects(), error.objections};
    }
  } catch (const load_error& error) {
    return load_failure{error.exit_code, error.message, {}, {}};
  } catch (const std::exception& error) {
    return load_failure{
        exit_software, error.what(), {}, {}};  // out of memory, a file system that failed
  }
}

}  // namespace repute::load
