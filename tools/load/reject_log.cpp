// SPDX-License-Identifier: Apache-2.0
#include "load/reject_log.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <stdexcept>

namespace repute::load {
namespace {

constexpr std::size_t shown_max = 10;

// RFC 4180: always quoted, so that a row with any bytes stays one field.
std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    out += c;
    if (c == '"') {
      out += c;
    }
  }
  return out + '"';
}

}  // namespace

std::optional<reject_limit> parse_reject_limit(std::string_view text) noexcept {
  reject_limit limit;
  const bool percent = text.ends_with('%');
  if (percent) {
    text.remove_suffix(1);
  }
  const char* end = text.data() + text.size();
  if (percent) {
    double value = 0;
    const auto [after, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc() || after != end || !(value >= 0 && value <= 100)) {
      return std::nullopt;
    }
    limit.percent = value;
    return limit;
  }
  const auto [after, error] = std::from_chars(text.data(), end, limit.count);
  if (error != std::errc() || after != end) {
    return std::nullopt;
  }
  return limit;
}

reject_log::reject_log(std::optional<reject_limit> limit, const std::string& path) : limit_(limit) {
  if (path.empty()) {
    return;
  }
  const int descriptor =
      ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (descriptor >= 0) {
    file_.reset(::fdopen(descriptor, "w"));
  }
  if (!file_) {
    throw std::runtime_error(path + ": cannot write it: " + std::strerror(errno));
  }
  std::fputs("file,line,column,reason,row\n", file_.get());
}

reject_log::~reject_log() = default;

bool reject_log::add(const std::string& file, const bad_row& row) {
  ++count_;
  if (first_.size() < shown_max) {
    first_.push_back(fmt::format("{}:{}:{}: {}", file, row.at.line, row.at.column, row.reason));
  }
  if (file_) {
    const std::string line = fmt::format("{},{},{},{},{}\n", quoted(file), row.at.line,
                                         row.at.column, quoted(row.reason), quoted(row.original));
    std::fwrite(line.data(), 1, line.size(), file_.get());
  }
  // A percentage is judged at the end, when the number of rows is known.
  return limit_ && (limit_->percent || count_ <= limit_->count);
}

bool reject_log::acceptable(std::uint64_t rows) const noexcept {
  if (count_ == 0) {
    return true;
  }
  if (!limit_) {
    return false;
  }
  return limit_->percent
             ? static_cast<double>(count_) * 100 <= *limit_->percent * static_cast<double>(rows)
             : count_ <= limit_->count;
}

bool reject_log::close() {
  if (!file_) {
    return true;
  }
  const bool written = std::ferror(file_.get()) == 0;
  return std::fclose(file_.release()) == 0 && written;
}

}  // namespace repute::load
