// SPDX-License-Identifier: Apache-2.0
#include "progress_line.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cmath>
#include <cstdio>

namespace repute::tool {
namespace {

// 3104220 -> "3 104 220"
std::string grouped(std::uint64_t value) {
  std::string digits = std::to_string(value);
  for (std::size_t at = digits.size(); at > 3;) {
    at -= 3;
    digits.insert(at, " ");
  }
  return digits;
}

std::string rate_text(double per_second) {
  if (per_second >= 1e6) {
    return fmt::format("{:.1f} M/s", per_second / 1e6);
  }
  return per_second >= 1e3 ? fmt::format("{:.0f} k/s", per_second / 1e3)
                           : fmt::format("{:.0f} /s", per_second);
}

}  // namespace

std::string progress_text(const load::load_progress& progress, double seconds,
                          std::uint64_t rows_of_stage) {
  std::string text = fmt::format("{}  {:.1f}%  {} rows", progress.stage, progress.done * 100,
                                 grouped(progress.rows));
  if (seconds > 0 && rows_of_stage > 0) {
    text += "  " + rate_text(static_cast<double>(rows_of_stage) / seconds);
  }
  if (progress.done > 0.01 && seconds > 0) {
    const auto left = std::lround(seconds / progress.done - seconds);
    text += fmt::format("  ETA {}:{:02}", left / 60, left % 60);
  }
  return text + fmt::format("  rejects {}", progress.rejected);
}

progress_line::progress_line() : terminal_(::isatty(STDERR_FILENO) == 1) {}

progress_line::~progress_line() {
  if (drawn_) {
    std::fputs("\r\x1b[K", stderr);
  }
}

void progress_line::update(const load::load_progress& progress) {
  constexpr std::chrono::milliseconds redraw_after{100};
  const clock::time_point now = clock::now();
  if (progress.stage != stage_) {
    stage_ = progress.stage;
    stage_began_ = now;
    rows_at_stage_ = progress.rows;
  }
  if (!terminal_ || (drawn_ && now - last_drawn_ < redraw_after)) {
    return;
  }
  const double seconds = std::chrono::duration<double>(now - stage_began_).count();
  const std::string text = progress_text(progress, seconds, progress.rows - rows_at_stage_);
  fmt::print(stderr, "\r\x1b[K{}", text);
  std::fflush(stderr);
  drawn_ = true;
  last_drawn_ = now;
}

}  // namespace repute::tool
