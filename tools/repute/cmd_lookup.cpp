// SPDX-License-Identifier: Apache-2.0
#include "cmd_lookup.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdio>
#include <deque>
#include <memory>
#include <mutex>
#include <semaphore>
#include <thread>
#include <utility>

#include "exit_codes.hpp"
#include "line_reader.hpp"
#include "lookup_row.hpp"
#include "repute/client/client.hpp"
#include "repute/schema/wire.hpp"
#include "text.hpp"

namespace repute::tool {
namespace {

constexpr std::chrono::milliseconds company_wait{
    5};  ///< of a line for others to share its datagram
constexpr std::ptrdiff_t batches_in_flight = 16;

/// Keys that travel in one datagram.
struct batch {
  std::vector<asked_key> asked;
  std::vector<key> wire;  ///< the levels of all keys, one after the other
  std::vector<lookup_row> rows;
  bool done = false;
};

/// Prints batches in the order of add(), as soon as all earlier ones are printed. Thread-safe.
class ordered_output {
 public:
  explicit ordered_output(bool json) : json_(json) {}

  void add(const std::shared_ptr<batch>& waiting) {
    const std::lock_guard lock(mutex_);
    queue_.push_back(waiting);
  }

  void finish(batch& finished, std::vector<lookup_row> rows) {
    const std::lock_guard lock(mutex_);
    finished.rows = std::move(rows);
    finished.done = true;
    for (; !queue_.empty() && queue_.front()->done; queue_.pop_front()) {
      print(queue_.front()->rows);
    }
    std::fflush(stdout);
  }

  [[nodiscard]] int exit_code() const {
    const std::lock_guard lock(mutex_);
    return unanswered_ ? exit_unavailable : malformed_ ? exit_data : exit_ok;
  }

 private:
  void print(const std::vector<lookup_row>& rows) {
    for (const lookup_row& row : rows) {
      unanswered_ |= row.status == row_status::error;
      malformed_ |= row.status == row_status::malformed;
      if (json_) {
        fmt::print("{}\n", to_json(row));
      }
    }
    if (!json_) {
      fmt::print("{}", printer_(rows));
    }
  }

  const bool json_;
  mutable std::mutex mutex_;
  // State below is protected by mutex_.
  std::deque<std::shared_ptr<batch>> queue_;
  row_printer printer_;
  bool unanswered_ = false;
  bool malformed_ = false;
};

std::string failure_text(const boost::system::error_code& error, const lookup_result& result) {
  std::string text = error.message();
  if (error == errc::salt_mismatch) {
    text += fmt::format(" ({}); name its salt file with --salt", result.server);
  }
  return text;
}

std::vector<lookup_row> rows_of(const batch& from, const boost::system::error_code& error,
                                const lookup_result& result) {
  std::vector<lookup_row> rows;
  std::span<const answer> answers = result.answers;
  for (const asked_key& asked : from.asked) {
    if (asked.problem) {
      rows.push_back(malformed_row(asked));
    } else if (error) {
      rows.push_back(failed_row(asked, failure_text(error, result)));
    } else {
      rows.push_back(answered_row(asked, answers.first(asked.levels.size()), result));
      answers = answers.subspan(asked.levels.size());
    }
  }
  return rows;
}

/// The client with a thread that runs it. Several datagrams are on their way at a time.
class lookup_session {
 public:
  lookup_session(const client_options& options, bool json)
      : output_(json), client_(std::make_unique<client>(context_.get_executor(), options)) {
    loop_ = std::jthread([this] { context_.run(); });
  }

  /// Waits for everything that was submitted.
  ~lookup_session() {
    wait();
    client_.reset();
  }
  lookup_session(const lookup_session&) = delete;
  lookup_session& operator=(const lookup_session&) = delete;

  void submit(const std::shared_ptr<batch>& next) {
    output_.add(next);
    if (next->wire.empty()) {
      return output_.finish(*next, rows_of(*next, {}, {}));
    }
    room_.acquire();
    client_->async_lookup(
        next->wire, [this, next](boost::system::error_code error, const lookup_result& result) {
          output_.finish(*next, rows_of(*next, error, result));
          room_.release();
        });
  }

  [[nodiscard]] int finish() {
    wait();
    return output_.exit_code();
  }

 private:
  void wait() {
    for (std::ptrdiff_t i = 0; i < batches_in_flight; ++i) {
      room_.acquire();
    }
    room_.release(batches_in_flight);
  }

  ordered_output output_;
  std::counting_semaphore<batches_in_flight> room_{batches_in_flight};
  boost::asio::io_context context_{1};
  std::unique_ptr<client> client_;
  std::jthread loop_;
};

/// Gathers keys until a datagram is full.
class batcher {
 public:
  batcher(const lookup_options& options, const canon::canonicalizer& canon,
          const seal::deployment_salt& salt, lookup_session& session)
      : options_(options), canon_(canon), fingerprint_(salt), session_(session) {}

  void add(std::string_view text) {
    asked_key asked = ask_about(canon_, options_.kind, text);
    const bool full = batch_ && (batch_->wire.size() + asked.levels.size() > wire::keys_max ||
                                 batch_->asked.size() >= wire::keys_max);
    if (full) {
      flush();
    }
    if (!batch_) {
      batch_ = std::make_shared<batch>();
    }
    for (const canonical_key& level : asked.levels) {
      batch_->wire.push_back(fingerprint_.make_key(level));
    }
    batch_->asked.push_back(std::move(asked));
  }

  void flush() {
    if (batch_) {
      session_.submit(std::exchange(batch_, nullptr));
    }
  }

 private:
  const lookup_options& options_;
  const canon::canonicalizer& canon_;
  seal::fingerprinter fingerprint_;
  lookup_session& session_;
  std::shared_ptr<batch> batch_;
};

void add_lines(batcher& into) {
  into.flush();
  line_reader reader(STDIN_FILENO);
  std::optional<line_reader::time_point> until;
  for (std::string line;;) {
    const auto got = reader.next(line, until);
    if (got == line_reader::result::end) {
      return into.flush();
    }
    const auto now = std::chrono::steady_clock::now();
    if (got == line_reader::result::line) {
      into.add(line);
      until = until.value_or(now + company_wait);
    }
    if (now >= *until) {
      into.flush();
      until.reset();
    }
  }
}

int run(const lookup_options& options, const seal::deployment_salt& salt) {
  const canon::canonicalizer canon(options.psl_file);
  lookup_session session(client_options_of(options.connection, salt), options.json);
  batcher into(options, canon, salt, session);
  for (const std::string& text : options.keys) {
    if (text == "-") {
      add_lines(into);
    } else {
      into.add(text);
    }
  }
  into.flush();
  return session.finish();
}

}  // namespace

int cmd_lookup(const lookup_options& options) {
  std::string problem;
  const auto salt = salt_of(options.connection, problem);
  if (!salt) {
    fmt::print(stderr, "repute: {}\n", printable(problem));
    return exit_no_input;
  }
  try {
    return run(options, *salt);
  } catch (const boost::system::system_error& failure) {
    return report_start_failure(failure);
  } catch (const std::runtime_error& failure) {  // the public suffix list
    fmt::print(stderr, "repute: {}\n", printable(failure.what()));
    return exit_no_input;
  }
}

}  // namespace repute::tool
