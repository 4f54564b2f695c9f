// SPDX-License-Identifier: Apache-2.0
#include "progress_line.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cmath>
#include <cstdio>

#include "text.hpp"

namespace repute::tool {
namespace {

constexpr double share_to_judge_from = 0.01;  // an estimate from less would jump

std::optional<long> seconds_left(const load::load_progress& progress, double seconds) {
  if (progress.done_of_all < share_to_judge_from || seconds <= 0) {
    return std::nullopt;
  }
  return std::lround(seconds / progress.done_of_all - seconds);
}

}  // namespace

std::string progress_text(const load::load_progress& progress, double seconds) {
  std::string text = progress.stage;
  if (progress.done_of_all > 0) {
    text += fmt::format("  {:.1f}%", progress.done_of_all * 100);
  }
  text += "  " + grouped(progress.rows);
  if (progress.rows_of_all != 0) {
    text += "/" + grouped(progress.rows_of_all);
  }
  text += " rows";
  if (seconds > 0 && progress.rows != 0) {
    text += "  " + rate_text(static_cast<double>(progress.rows) / seconds);
  }
  if (const auto left = seconds_left(progress, seconds)) {
    text += fmt::format("  ETA {}:{:02}", *left / 60, *left % 60);
  }
  return text + fmt::format("  rejects {}", progress.rejected);
}

std::string progress_json(const load::load_progress& progress, double seconds) {
  const auto left = seconds_left(progress, seconds);
  return fmt::format(
      "{{\"stage\":{},\"done\":{},\"rows\":{},\"rows_of_all\":{},\"rejected\":{},"
      "\"seconds\":{:.1f},\"eta_s\":{}}}\n",
      json_string(progress.stage),
      progress.done_of_all > 0 ? fmt::format("{:.3f}", progress.done_of_all) : "null",
      progress.rows, progress.rows_of_all != 0 ? std::to_string(progress.rows_of_all) : "null",
      progress.rejected, seconds, left ? std::to_string(*left) : "null");
}

progress_line::progress_line(progress_style style)
    : style_(style == progress_style::line && ::isatty(STDERR_FILENO) != 1 ? progress_style::none
                                                                           : style),
      began_(clock::now()) {}

progress_line::~progress_line() {
  if (drawn_ && style_ == progress_style::line) {
    std::fputs("\r\x1b[K", stderr);
  }
}

void progress_line::update(const load::load_progress& progress) {
  constexpr std::chrono::milliseconds again_after{100};
  const clock::time_point now = clock::now();
  const bool new_stage = progress.stage != stage_;
  if (style_ == progress_style::none || (!new_stage && now - last_shown_ < again_after)) {
    return;
  }
  stage_ = progress.stage;
  last_shown_ = now;
  drawn_ = true;
  const double seconds = std::chrono::duration<double>(now - began_).count();
  if (style_ == progress_style::json) {
    fmt::print(stderr, "{}", progress_json(progress, seconds));
  } else {
    fmt::print(stderr, "\r\x1b[K{}", progress_text(progress, seconds));
  }
  std::fflush(stderr);
}

}  // namespace repute::tool
