// SPDX-License-Identifier: Apache-2.0
#include "load/loader.hpp"

#include <fmt/format.h>
#include <malloc.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <map>
#include <stdexcept>
#include <system_error>

#include "load/exported_feeds.hpp"
#include "load/feed_reader.hpp"
#include "load/guard/load_guards.hpp"
#include "load/guard/resolved_answers.hpp"
#include "load/load_failure.hpp"
#include "load/predecessor.hpp"
#include "load/resolver.hpp"
#include "load/row_compiler.hpp"
#include "load/row_pile.hpp"
#include "load/server_list.hpp"
#include "load/surroundings.hpp"
#include "load/test_point_rows.hpp"
#include "repute/schema/test_points.hpp"
#include "repute/seal/digest.hpp"
#include "store/parallel.hpp"
#include "store/snapshot_builder.hpp"

namespace repute::load {
namespace {

template <class Address>
std::uint64_t listed(const std::vector<store::resolved_range<Address>>& ranges) {
  return static_cast<std::uint64_t>(std::count_if(
      ranges.begin(), ranges.end(), [](const auto& r) { return r.verdict != store::no_verdict; }));
}

// Where rows go that do not fit into memory. A dry run has no database to write to.
std::filesystem::path run_folder(const load_request& request) {
  return request.dry_run ? std::filesystem::temp_directory_path()
                         : std::filesystem::path(request.db) / "snapshots";
}

// Bytes of all files; 0 if one of them cannot tell.
std::uint64_t input_bytes(const std::vector<feed_spec>& feeds) {
  std::uint64_t all = 0;
  for (const feed_spec& spec : feeds) {
    for (const std::string& file : spec.files) {
      std::error_code error;
      const auto size = std::filesystem::file_size(path_of(spec, file), error);
      if (error) {
        return 0;
      }
      all += size;
    }
  }
  return all;
}

// One load from begin to end.
class load_run {
 public:
  load_run(const load_request& request, const progress_listener& progress)
      : request_(request),
        progress_(progress),
        started_(std::chrono::steady_clock::now()),
        now_unix_s_(time_of_load()),
        threads_(request.threads == 0 ? store::threads_of_this_machine() : request.threads),
        salt_(salt_of(request.db)),
        canon_(open_canonicalizer(request.psl_file)),
        compiler_(canon_, salt_, now_unix_s_) {}

  load_summary run();
  [[nodiscard]] std::vector<std::string> first_rejects() const {
    return rejects_ ? rejects_->first() : guard_problems_;
  }

 private:
  void open_guards();
  void take_live();
  void open_rejects();
  void number_feeds();
  void read_export(row_pile& rows);
  void take_exported_live();
  [[nodiscard]] bool is_loaded(std::string_view feed) const;
  void read_feeds(row_pile& rows);
  void carry_over(row_pile& rows);
  void add_test_points(row_pile& rows);
  void count_rows(std::vector<std::uint64_t> rows_by_feed);
  void close_feeds(row_pile& rows);
  void judge(const resolved_answers& canaries, const store::snapshot_frame& frame);
  [[nodiscard]] resolve_settings settings() const;
  [[nodiscard]] store::snapshot_frame make_frame(resolved& from);
  void resolve_and_publish(row_pile& rows, load_summary& summary);
  void report(std::string_view stage, double done, double of_all) const;
  [[nodiscard]] std::uint16_t feed_number(std::string_view name) const;

  const load_request& request_;
  const progress_listener& progress_;
  std::chrono::steady_clock::time_point started_;
  std::uint64_t now_unix_s_;
  unsigned threads_;
  seal::deployment_salt salt_;
  canon::canonicalizer canon_;
  row_compiler compiler_;
  std::optional<load_guards> guards_;
  std::vector<std::string> guard_problems_;
  std::optional<reject_log> rejects_;  // opened under the lock: two loads may name one reject file
  std::optional<exported_feeds> export_;
  std::optional<predecessor> predecessor_;
  std::vector<store::feed_info> feeds_;  // sorted by name
  feed_summaries summaries_;
  std::uint64_t rows_read_ = 0;
  std::uint64_t rows_of_all_ = 0;  // estimated; 0: unknown
  live_state live_;
  bool servers_left_out_ = false;
  bool exported_live_left_out_ = false;
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

bool load_run::is_loaded(std::string_view feed) const {
  const auto named = [feed](const auto& each) { return each.name == feed; };
  return std::any_of(request_.feeds.begin(), request_.feeds.end(), named) ||
         (export_ &&
          std::any_of(export_->source().feeds().begin(), export_->source().feeds().end(), named));
}

// Early, so that a server that cannot be asked costs no reading of feeds. What is said after this
// lies over the new snapshot.
void load_run::take_live() {
  live_state before;
  if (const store::snapshot_reader* old = predecessor_->reader()) {
    before = {old->live(), old->meta().info.data_seq, old->meta().info.overlay_id};
  }
  std::optional<live_state> since;
  if (request_.ask_fold) {
    auto asked = request_.ask_fold();
    if (const auto* failed = std::get_if<fold_failure>(&asked)) {
      throw load_error{failed->exit_code, failed->message};
    }
    if (const auto& place = std::get<std::optional<fold_place>>(asked)) {
      if (place->salt_fp != seal::salt_fingerprint(salt_)) {
        fail({store::store_error::foreign_salt,
              fmt::format("{}: the running server's live entries and overrides were made under "
                          "another salt; stop it and move DIR/overlay away to load without them",
                          request_.db)});
      }
      since = read_fold(request_.db, *place);
    }
  }
  live_ = merge_live(before, since, now_unix_s_);
  if (predecessor_->forms_changed()) {
    make_keys_anew(live_.entries, compiler_);
  }
}

// Numbers follow the names, so that the order of loads leaves no trace in a snapshot.
void load_run::number_feeds() {
  for (const feed_spec& spec : request_.feeds) {
    feeds_.push_back({spec.name, spec.files, now_unix_s_, 0});
  }
  if (export_) {
    const auto& exported = export_->source().feeds();
    feeds_.insert(feeds_.end(), exported.begin(), exported.end());
  }
  for (const store::feed_info& old : predecessor_->feeds()) {
    if (!is_loaded(old.name) && old.name != test_point_feed) {
      feeds_.push_back(old);
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

// Shares of a load's time, roughly, so that one percentage tells how far all of it is.
constexpr double share_of_reading = 0.45;
constexpr double share_of_resolving = 0.40;

void load_run::report(std::string_view stage, double done, double of_all) const {
  if (progress_) {
    load_progress now;
    now.stage = stage;
    now.done = done;
    now.done_of_all = of_all;
    now.rows = rows_read_;
    now.rows_of_all = rows_of_all_;
    now.rejected = rejects_->count();
    progress_(now);
  }
}

void load_run::read_feeds(row_pile& rows) {
  feed_reader reader(
      compiler_, rows, *rejects_, *guards_, summaries_, input_bytes(request_.feeds), threads_,
      [this](std::string_view feed, double share, std::uint64_t rows_so_far) {
        rows_read_ = rows_so_far;
        rows_of_all_ =
            share > 0 ? static_cast<std::uint64_t>(static_cast<double>(rows_so_far) / share) : 0;
        report(feed, share, share * share_of_reading);
      });
  for (const feed_spec& spec : request_.feeds) {
    reader.read(spec, feed_number(spec.name));
  }
  reader.finish();
  rows_read_ = reader.rows_read();
  rows_of_all_ = rows_read_;
  if (!rejects_->acceptable(rows_read_)) {
    throw load_error{exit_bad_data, fmt::format("{} of {} rows are bad, more than allowed",
                                                rejects_->count(), rows_read_)};
  }
  if (!rejects_->close()) {
    throw load_error{exit_io, request_.reject_file + ": cannot write it wholly (disk full?)"};
  }
}

// What was said at run time comes along into a directory that knows nothing yet. Any other has its
// own entries, with numbers of their own: those hold.
void load_run::take_exported_live() {
  const export_source& source = export_->source();
  std::error_code ignored;
  const bool knows_nothing =
      predecessor_->reader() == nullptr &&
      !std::filesystem::exists(std::filesystem::path(request_.db) / "overlay", ignored);
  if (knows_nothing) {
    live_ = merge_live({}, live_state{source.entries(), source.data_seq(), 0}, now_unix_s_);
  } else {
    exported_live_left_out_ = source.entries() != live_.entries;
  }
}

void load_run::read_export(row_pile& rows) {
  std::vector<std::uint16_t> numbers;
  for (const store::feed_info& feed : export_->source().feeds()) {
    numbers.push_back(feed_number(feed.name));
  }
  report("export", 0, 0);
  rows_read_ +=
      export_->read(compiler_, numbers, static_cast<std::uint32_t>(now_unix_s_ / seconds_per_hour),
                    threads_, rows, summaries_);
  take_exported_live();
}

void load_run::carry_over(row_pile& rows) {
  std::map<std::uint16_t, std::uint16_t> kept;  // number in the predecessor -> number now
  const auto old_feeds = predecessor_->feeds();
  for (std::size_t i = 0; i < old_feeds.size(); ++i) {
    const store::feed_info& old = old_feeds[i];
    if (!is_loaded(old.name) && old.name != test_point_feed) {
      kept[static_cast<std::uint16_t>(i)] = feed_number(old.name);
      feed_summary& summary = summaries_[old.name];
      summary.name = old.name;
      summary.carried_over = true;
    }
  }
  predecessor_->carry_over(
      kept, compiler_, static_cast<std::uint32_t>(now_unix_s_ / seconds_per_hour), threads_, rows);
}

void load_run::add_test_points(row_pile& rows) {
  const std::uint16_t feed = feed_number(test_point_feed);
  rows.add(test_point_rows(compiler_, feed));
}

// What is stored of each feed: equal rows once, and of carried-over feeds what has not ended.
void load_run::count_rows(std::vector<std::uint64_t> rows_by_feed) {
  rows_by_feed.resize(feeds_.size());
  for (std::size_t i = 0; i < feeds_.size(); ++i) {
    feeds_[i].rows = rows_by_feed[i];
    const auto summary = summaries_.find(feeds_[i].name);
    if (summary != summaries_.end() && summary->second.carried_over) {
      summary->second.rows = rows_by_feed[i];
    }
  }
}

// Looks at each feed as a whole. The rows are sorted; where a guard asks for those of one feed, all
// go by once more.
void load_run::close_feeds(row_pile& rows) {
  for (const feed_spec& spec : request_.feeds) {
    const std::uint16_t feed = feed_number(spec.name);
    std::optional<row_reader> reader;  // nearly always nobody asks, and rows may lie in files
    const record_source now = [&](store::record& out) {
      if (!reader) {
        reader.emplace(rows);
      }
      while (const stored_row* row = reader->next()) {
        const row_attributes& attributes = rows.attributes()[row->attributes];
        if (attributes.feed == feed) {
          out = to_record(*row, attributes);
          return true;
        }
      }
      return false;
    };
    const feed_summary& counts = summaries_[spec.name];
    const auto done = guards_->close_feed(
        spec, {{}, feeds_[feed].rows, counts.rows + counts.rejected + counts.expired},
        predecessor_->reader(), now);
    if (!done) {
      fail(done.error());
    }
  }
}

// Ends the load if a guard objects and nobody forces it.
void load_run::judge(const resolved_answers& canaries, const store::snapshot_frame& frame) {
  guards_->ask_canaries([&](std::span<const canonical_key>) { return canaries.answers(frame); });
  auto objections = guards_->reports();
  if (!objections.empty() && !request_.force) {
    throw load_error{exit_bad_data, "refused by guards, --force overrules them",
                     std::move(objections)};
  }
}

resolve_settings load_run::settings() const {
  resolve_settings out;
  out.fixed_feed = feed_number(test_point_feed);
  out.ip_seed = seal::ip_seed(salt_);
  out.now_h = static_cast<std::uint32_t>(now_unix_s_ / seconds_per_hour);
  out.threads = threads_;
  out.removed = removed_keys(live_);
  return out;
}

store::snapshot_frame load_run::make_frame(resolved& from) {
  store::snapshot_frame frame;
  frame.feeds = feeds_;
  frame.verdicts = std::move(from.verdicts);
  frame.ranges4 = std::move(from.ranges4);
  frame.ranges6 = std::move(from.ranges6);
  drop_idle_removals(live_, from.removed_seen);
  frame.live = std::move(live_.entries);
  frame.data_seq = live_.seq;
  frame.overlay_id = live_.overlay_id;
  frame.salt_fp = seal::salt_fingerprint(salt_);
  frame.ip_seed = seal::ip_seed(salt_);
  frame.canon_version = canon::version;
  frame.created_unix_s = now_unix_s_;
  const auto epoch = predecessor_->data_epoch();
  frame.data_epoch = epoch ? *epoch : new_epoch(salt_);
  auto servers =
      choose_server_list(request_.server_list, predecessor_->server_list(), frame.data_epoch);
  if (!servers.problem.empty()) {
    throw load_error{exit_bad_data, servers.problem};
  }
  frame.server_list = std::move(servers.document);
  servers_left_out_ = servers.out_of_date;
  return frame;
}

void load_run::resolve_and_publish(row_pile& rows, load_summary& summary) {
  std::optional<store::snapshot_builder> builder;
  resolved_sink sink;
  if (!request_.dry_run) {
    auto begun = store::snapshot_builder::begin(request_.db, threads_);
    if (!begun) {
      fail(begun.error());
    }
    builder.emplace(std::move(*begun));
    sink.block = [&builder](const store::record& first, byte_view block) {
      if (const auto added = builder->add_block(first, block); !added) {
        fail(added.error());
      }
    };
  }
  const resolve_settings how = settings();
  resolved_answers canaries(guards_->canary_keys(), compiler_.fingerprints(), how.ip_seed);
  sink.key = [&](const store::resolved_key& key) {
    canaries.see(key);
    if (builder) {
      builder->add_key(key);
    }
  };
  resolved result =
      resolve(rows, compiler_, how, sink, [this](std::string_view stage, double done) {
        report(stage, done, share_of_reading + done * share_of_resolving);
      });
  summary.keys = result.keys;
  summary.prefixes = listed(result.ranges4) + listed(result.ranges6);
  count_rows(std::move(result.rows_by_feed));
  close_feeds(rows);
  const store::snapshot_frame frame = make_frame(result);
  summary.live = frame.live.size();
  judge(canaries, frame);
  if (builder) {
    rows.clear();
    const auto done = builder->finish(
        frame,
        [this](std::string_view stage, double share) {
          const double before = share_of_reading + share_of_resolving;
          report(stage, share, before + share * (1 - before));
        },
        request_.sign);
    if (!done) {
      fail(done.error());
    }
    summary.generation = done->generation;
    summary.file_bytes = done->file_bytes;
    summary.content_digest = done->content_digest;
  }
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
  if (!request_.export_file.empty()) {
    export_.emplace(request_.export_file);
  }
  predecessor_.emplace(request_.db, salt_, request_.only);
  take_live();
  number_feeds();
  row_pile rows(run_folder(request_), request_.memory_bytes, threads_);
  read_feeds(rows);
  if (export_) {
    read_export(rows);
  }
  carry_over(rows);
  add_test_points(rows);
  report("sort", 0, share_of_reading);
  rows.sort();

  load_summary summary;
  resolve_and_publish(rows, summary);
  for (const auto& [name, feed] : summaries_) {
    summary.rows += feed.rows;
    summary.feeds.push_back(feed);
  }
  summary.rejected = rejects_->count();
  summary.first_rejects = rejects_->first();
  summary.overruled = guards_->reports();
  summary.public_salt = salt_.is_public();
  summary.server_list_left_out = servers_left_out_;
  summary.exported_live_left_out = exported_live_left_out_;
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
      return load_failure{error.exit_code, error.message, load.first_rejects(), error.objections,
                          error.in_force};
    }
  } catch (const load_error& error) {
    return load_failure{error.exit_code, error.message, {}, {}};
  } catch (const std::system_error& error) {
    return load_failure{exit_io, error.what(), {}, {}};  // rows that did not fit on the disk
  } catch (const std::exception& error) {
    return load_failure{exit_software, error.what(), {}, {}};  // out of memory
  }
}

}  // namespace repute::load
