// SPDX-License-Identifier: Apache-2.0
#include "line_reader.hpp"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <utility>

namespace repute::tool {

line_reader::result line_reader::next(std::string& line, std::optional<time_point> until) {
  for (;;) {
    if (take_line(line)) {
      return result::line;
    }
    if (ended_) {
      return error_ == 0 ? result::end : result::failed;
    }
    if (!wait(until)) {
      return result::nothing_yet;
    }
    read_more();
  }
}

bool line_reader::take_line(std::string& line) {
  const auto feed = buffer_.find('\n', scanned_);
  if (feed == buffer_.npos && !(ended_ && !buffer_.empty())) {
    scanned_ = buffer_.size();
    return false;
  }
  const std::size_t length = std::min(feed, buffer_.size());
  line = buffer_.substr(0, std::min(length, longest_));
  if (length <= longest_ && line.ends_with('\r')) {  // a CR where a line is cut belongs to it
    line.pop_back();
  }
  buffer_.erase(0, feed == buffer_.npos ? feed : feed + 1);
  scanned_ = 0;
  overlong_ = false;
  return true;
}

bool line_reader::wait(std::optional<time_point> until) const {
  pollfd waiting{fd_, POLLIN, 0};
  for (;;) {
    int timeout_ms = -1;
    if (until) {
      const auto left = *until - std::chrono::steady_clock::now();
      const auto ms = std::chrono::ceil<std::chrono::milliseconds>(left).count();
      timeout_ms = static_cast<int>(std::clamp<std::int64_t>(ms, 0, 60000));
    }
    const int ready = ::poll(&waiting, 1, timeout_ms);
    if (ready > 0 || (ready < 0 && errno != EINTR)) {
      return true;  // readable, or broken: then the read will say so
    }
    if (ready == 0 && until && std::chrono::steady_clock::now() >= *until) {
      return false;
    }
  }
}

void line_reader::read_more() {
  std::array<char, 65536> chunk;
  const ssize_t size = ::read(fd_, chunk.data(), chunk.size());
  if (size < 0 && (errno == EINTR || errno == EAGAIN)) {
    return;
  }
  if (size <= 0) {
    error_ = size < 0 ? errno : 0;
    ended_ = true;
    return;
  }
  std::string_view fresh(chunk.data(), static_cast<std::size_t>(size));
  if (overlong_) {
    // The head of this line fills the buffer already; keep only what follows its end.
    fresh.remove_prefix(std::min(fresh.find('\n'), fresh.size()));
  }
  buffer_ += fresh;
  const std::size_t kept = longest_ + 1;  // shows that the line is cut
  overlong_ = buffer_.size() >= kept && buffer_.find('\n') == buffer_.npos;
  if (overlong_) {
    buffer_.resize(kept);
    scanned_ = kept;
  }
}

}  // namespace repute::tool
