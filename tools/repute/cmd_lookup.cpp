// SPDX-License-Identifier: Apache-2.0
#include "cmd_lookup.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <cstdio>
#include <cstring>
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

/// Prints batches in the order of add(), each as soon as all earlier ones are printed, on a thread
/// of its own: a slow terminal or pipe must not hold up the thread that receives answers.
/// Thread-safe.
class ordered_output {
 public:
  explicit ordered_output(bool json) : json_(json), writer_([this] { write_all(); }) {}
  ~ordered_output() { (void)close(); }
  ordered_output(const ordered_output&) = delete;
  ordered_output& operator=(const ordered_output&) = delete;

  /// Waits until fewer than batches_in_flight batches wait for their answers or their turn.
  void add(const std::shared_ptr<batch>& waiting) {
    room_.acquire();
    const std::lock_guard lock(mutex_);
    queue_.push_back(waiting);
  }

  void finish(batch& finished, std::vector<lookup_row> rows) {
    {
      const std::lock_guard lock(mutex_);
      finished.rows = std::move(rows);
      finished.done = true;
    }
    changed_.notify_one();
  }

  /// False when nobody can read what is printed any more: then there is no use in asking on.
  [[nodiscard]] bool good() const noexcept { return !failed_; }

  /// Waits until every batch is printed.
  [[nodiscard]] int close() {
    {
      const std::lock_guard lock(mutex_);
      closing_ = true;
    }
    changed_.notify_one();
    if (writer_.joinable()) {
      writer_.join();
    }
    return failed_ ? exit_io : unanswered_ ? exit_unavailable : malformed_ ? exit_data : exit_ok;
  }

 private:
  void write_all() {
    std::unique_lock lock(mutex_);
    for (;;) {
      changed_.wait(lock, [this] { return queue_.empty() ? closing_ : queue_.front()->done; });
      if (queue_.empty()) {
        return;
      }
      const std::shared_ptr<batch> next = std::move(queue_.front());
      queue_.pop_front();
      const bool more = !queue_.empty() && queue_.front()->done;
      lock.unlock();
      write(next->rows, more);
      room_.release();
      lock.lock();
    }
  }

  void write(const std::vector<lookup_row>& rows, bool more) {
    std::string text;
    for (const lookup_row& row : rows) {
      unanswered_ |= row.status == row_status::error;
      malformed_ |= row.status == row_status::malformed;
      if (json_) {
        text += to_json(row) + "\n";
      }
    }
    if (!json_) {
      text = printer_(rows);
    }
    if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() ||
        (!more && std::fflush(stdout) != 0)) {
      failed_ = true;
    }
  }

  const bool json_;
  std::counting_semaphore<batches_in_flight> room_{batches_in_flight};
  std::atomic<bool> failed_{false};
  // Used by the writer, and by close() after it.
  row_printer printer_;
  bool unanswered_ = false;
  bool malformed_ = false;

  std::mutex mutex_;
  std::condition_variable changed_;
  // State below is protected by mutex_.
  std::deque<std::shared_ptr<batch>> queue_;
  bool closing_ = false;

  std::jthread writer_;
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

  /// Every batch completes by its deadline, so that nothing waits for ever.
  ~lookup_session() { (void)finish(); }
  lookup_session(const lookup_session&) = delete;
  lookup_session& operator=(const lookup_session&) = delete;

  void submit(const std::shared_ptr<batch>& next) {
    output_.add(next);
    if (next->wire.empty()) {
      return output_.finish(*next, rows_of(*next, {}, {}));
    }
    client_->async_lookup(
        next->wire, [this, next](boost::system::error_code error, const lookup_result& result) {
          output_.finish(*next, rows_of(*next, error, result));
        });
  }

  [[nodiscard]] bool good() const noexcept { return output_.good(); }

  /// Waits for everything that was submitted; the exit code.
  [[nodiscard]] int finish() {
    const int code = output_.close();
    client_.reset();
    return code;
  }

 private:
  ordered_output output_;
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

  /// False when the output is gone.
  [[nodiscard]] bool good() const noexcept { return session_.good(); }

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

// The exit code of reading: 0, or 74 if the input broke off.
int add_lines(batcher& into) {
  into.flush();
  line_reader reader(STDIN_FILENO);
  std::optional<line_reader::time_point> until;
  for (std::string line; into.good();) {
    const auto got = reader.next(line, until);
    if (got == line_reader::result::failed) {
      fmt::print(stderr, "repute: standard input: {}\n", std::strerror(reader.error()));
      into.flush();
      return exit_io;
    }
    if (got == line_reader::result::end) {
      break;
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
  into.flush();
  return exit_ok;
}

int run(const lookup_options& options, const seal::deployment_salt& salt) {
  const canon::canonicalizer canon(options.psl_file);
  lookup_session session(client_options_of(options.connection, salt), options.json);
  batcher into(options, canon, salt, session);
  int reading = exit_ok;
  for (const std::string& text : options.keys) {
    if (text == "-") {
      reading = std::max(reading, add_lines(into));
    } else {
      into.add(text);
    }
  }
  into.flush();
  return std::max(reading, session.finish());
}

}  // namespace

int cmd_lookup(const lookup_options& options) {
  std::string problem;
  int exit_code = exit_ok;
  const auto salt = salt_of(options.connection, problem, exit_code);
  if (!salt) {
    fmt::print(stderr, "repute: {}\n", printable(problem));
    return exit_code;
  }
  // A reader that goes away shows as an error of the output, and ends with an exit code of its own.
  std::signal(SIGPIPE, SIG_IGN);
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
