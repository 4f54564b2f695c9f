// SPDX-License-Identifier: Apache-2.0
#include "message_run.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <memory>
#include <thread>

#include "exit_codes.hpp"
#include "ordered_work.hpp"
#include "text.hpp"

namespace repute::tool {
namespace {

using clock = std::chrono::steady_clock;

constexpr std::size_t messages_in_flight = 64;
constexpr std::size_t bytes_in_flight = std::size_t{64} << 20;

/// Threads wait for servers most of the time, so there are more of them than processors.
unsigned threads_for(const message_paths& from) {
  const unsigned processors = std::max(std::thread::hardware_concurrency(), 1U);
  return from.many ? std::clamp(4 * processors, 8U, 64U) : 2;
}

double seconds_since(clock::time_point began) {
  return std::chrono::duration<double>(clock::now() - began).count();
}

/// One line that is drawn again and again.
class progress {
 public:
  progress(bool wanted, std::uint64_t bytes_of_all)
      : wanted_(wanted && ::isatty(STDERR_FILENO) == 1), bytes_of_all_(bytes_of_all) {}
  ~progress() {
    if (drawn_) {
      std::fputs("\r\x1b[K", stderr);
    }
  }
  progress(const progress&) = delete;
  progress& operator=(const progress&) = delete;

  void update(const message_totals& now) {
    constexpr std::chrono::milliseconds again_after{100};
    if (!wanted_ || clock::now() - shown_ < again_after) {
      return;
    }
    shown_ = clock::now();
    drawn_ = true;
    const double seconds = seconds_since(began_);
    std::string text = fmt::format("{} messages  {}", grouped(now.messages),
                                   rate_text(static_cast<double>(now.messages) / seconds));
    if (bytes_of_all_ != 0 && now.bytes != 0) {
      const double share =
          std::min(1.0, static_cast<double>(now.bytes) / static_cast<double>(bytes_of_all_));
      const long left = std::lround(seconds / share - seconds);
      text = fmt::format("{:.1f}%  {}  ETA {}:{:02}", share * 100, text, left / 60, left % 60);
    }
    fmt::print(stderr, "\r\x1b[K{}", text);
    std::fflush(stderr);
  }

 private:
  bool wanted_;
  std::uint64_t bytes_of_all_;
  bool drawn_ = false;
  clock::time_point began_ = clock::now();
  clock::time_point shown_ = began_;
};

class message_run {
 public:
  message_run(const message_paths& from, bool show_progress,
              const std::function<message_outcome(const found_message&)>& work,
              message_totals& totals)
      : from_(from),
        work_(work),
        totals_(totals),
        progress_(show_progress, from.bytes),
        threads_(threads_for(from)) {}

  int operator()() {
    const clock::time_point began = clock::now();
    for (const std::string& problem : from_.problems) {
      complain(problem);
    }
    for (const std::string& file : from_.files) {
      read(file);
    }
    while (threads_.count() != 0 && !output_failed_) {
      print_next();
    }
    output_failed_ |= std::fflush(stdout) != 0;
    totals_.seconds = seconds_since(began);
    return output_failed_            ? exit_io
           : unreadable_             ? exit_no_input
           : totals_.unanswered != 0 ? exit_unavailable
                                     : exit_ok;
  }

 private:
  void complain(const std::string& what) {
    fmt::print(stderr, "repute: {}\n", printable(what));
    unreadable_ = true;
  }

  void read(const std::string& file) {
    if (file == "-") {
      std::ios::sync_with_stdio(false);
      return read(std::cin, "-");
    }
    std::ifstream stream(file, std::ios::binary);
    if (!stream) {
      return complain(file + ": cannot be opened");
    }
    read(stream, file);
  }

  void read(std::istream& stream, const std::string& name) {
    message_reader reader(stream, name);
    while (!output_failed_) {
      auto next = reader.next();
      if (!next) {
        break;
      }
      const std::uint64_t consumed = next->consumed;
      const std::size_t load = next->bytes.size();
      const auto message = std::make_shared<const found_message>(*std::move(next));
      threads_.give([this, message, consumed] { return done{work_(*message), consumed}; }, load);
      while (threads_.count() >= messages_in_flight || threads_.load() > bytes_in_flight) {
        print_next();
      }
    }
    if (reader.failed()) {
      complain(name + ": cannot be read to its end");
    }
  }

  void print_next() {
    const done next = threads_.take();
    ++totals_.messages;
    totals_.bytes += next.bytes;
    totals_.unanswered += next.outcome.unanswered ? 1 : 0;
    if (next.outcome.status) {
      ++totals_.by_status[static_cast<std::size_t>(*next.outcome.status)];
    }
    const std::string& text = next.outcome.text;
    output_failed_ |= std::fwrite(text.data(), 1, text.size(), stdout) != text.size();
    progress_.update(totals_);
  }

  struct done {
    message_outcome outcome;
    std::uint64_t bytes = 0;
  };

  const message_paths& from_;
  const std::function<message_outcome(const found_message&)>& work_;
  message_totals& totals_;
  progress progress_;
  bool unreadable_ = false;
  bool output_failed_ = false;
  ordered_work<done> threads_;
};

}  // namespace

int run_messages(const message_paths& from, bool progress,
                 const std::function<message_outcome(const found_message&)>& work,
                 message_totals& totals) {
  return message_run(from, progress, work, totals)();
}

std::string summary_text(const message_totals& totals) {
  std::string text;
  for (std::size_t i = 0; i < totals.by_status.size(); ++i) {
    text += fmt::format("{:<13}  {:>9}\n", word(static_cast<mail::message_status>(i)),
                        grouped(totals.by_status[i]));
  }
  if (totals.unanswered != 0) {
    text +=
        fmt::format("{:<13}  {:>9}  (not_detected)\n", "not processed", grouped(totals.unanswered));
  }
  return text + fmt::format("{} messages, {:.1f} MB, {:.2f} s, {}\n", grouped(totals.messages),
                            static_cast<double>(totals.bytes) / 1e6, totals.seconds,
                            rate_text(static_cast<double>(totals.messages) /
                                      std::max(totals.seconds, 1e-6)));
}

}  // namespace repute::tool
