// SPDX-License-Identifier: Apache-2.0
#include "load/row_runs.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <cstring>
#include <system_error>

namespace repute::load {
namespace {

// The file lives for one load on one machine: rows lie in it as in memory, texts behind each.
constexpr std::size_t row_bytes_most =
    sizeof(stored_row) + store::record_text_max + store::record_reason_max;
constexpr std::size_t buffer_bytes_min = 2 * row_bytes_most;
constexpr std::size_t buffer_bytes_most = std::size_t{4} << 20;

[[noreturn]] void fail(const std::filesystem::path& path, const char* what) {
  const int error = errno;
  const char* hint = error == ENOSPC || error == EDQUOT ? ": disk full" : "";
  throw std::system_error(error, std::generic_category(),
                          fmt::format("{}: {}{}", path.string(), what, hint));
}

}  // namespace

void append_row(const stored_row& row, std::string& to) {
  to.append(reinterpret_cast<const char*>(&row), sizeof row);
  to.append(row.texts, row.texts_size());
}

run_file::run_file(const std::filesystem::path& folder)
    : path_(folder / fmt::format("rows-{}.tmp", ::getpid())),
      fd_(::open(path_.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600)) {
  if (fd_ < 0) {
    fail(path_, "cannot create");
  }
  ::unlink(path_.c_str());
}

run_file::~run_file() {
  ::close(fd_);
}

void run_file::append(std::string_view rows) {
  while (!rows.empty()) {
    const ssize_t done = ::write(fd_, rows.data(), rows.size());
    if (done < 0 && errno == EINTR) {
      continue;
    }
    if (done < 0) {
      fail(path_, "cannot write");
    }
    rows.remove_prefix(static_cast<std::size_t>(done));
    size_ += static_cast<std::uint64_t>(done);
  }
  runs_.back().end = size_;
}

std::size_t run_file::read(std::uint64_t offset, char* to, std::size_t size) const {
  std::size_t got = 0;
  while (got < size) {
    const ssize_t done = ::pread(fd_, to + got, size - got, static_cast<off_t>(offset + got));
    if (done < 0 && errno == EINTR) {
      continue;
    }
    if (done < 0) {
      fail(path_, "cannot read");
    }
    if (done == 0) {
      break;
    }
    got += static_cast<std::size_t>(done);
  }
  return got;
}

// One run, read through a buffer that always holds the present row whole.
class run_merge::cursor {
 public:
  cursor(const run_file& file, run_file::run run, std::size_t buffer_bytes)
      : file_(&file), rest_(run), buffer_(buffer_bytes) {}

  // False at the end of the run.
  bool advance() {
    at_ += size_;
    size_ = 0;
    if (filled_ - at_ < row_bytes_most && rest_.begin < rest_.end) {
      refill();
    }
    if (at_ == filled_) {
      return false;
    }
    std::memcpy(&row_, buffer_.data() + at_, sizeof row_);
    row_.texts = buffer_.data() + at_ + sizeof row_;
    size_ = sizeof row_ + row_.texts_size();
    assert(at_ + size_ <= filled_);
    return true;
  }
  [[nodiscard]] const stored_row& row() const noexcept { return row_; }

 private:
  void refill() {
    std::copy(buffer_.begin() + static_cast<std::ptrdiff_t>(at_),
              buffer_.begin() + static_cast<std::ptrdiff_t>(filled_), buffer_.begin());
    filled_ -= at_;
    at_ = 0;
    const auto wanted = static_cast<std::size_t>(
        std::min<std::uint64_t>(buffer_.size() - filled_, rest_.end - rest_.begin));
    const std::size_t got = file_->read(rest_.begin, buffer_.data() + filled_, wanted);
    assert(got == wanted);
    filled_ += got;
    rest_.begin += got;
  }

  const run_file* file_;
  run_file::run rest_;
  std::vector<char> buffer_;
  std::size_t at_ = 0;
  std::size_t filled_ = 0;
  std::size_t size_ = 0;  // of the present row in the buffer
  stored_row row_;
};

run_merge::run_merge(const run_file& file, const attribute_pool& pool, std::size_t buffer_bytes)
    : pool_(pool) {
  const std::size_t each = std::clamp(buffer_bytes / std::max<std::size_t>(1, file.runs().size()),
                                      buffer_bytes_min, buffer_bytes_most);
  for (const run_file::run& run : file.runs()) {
    cursors_.emplace_back(file, run, each);
    if (cursors_.back().advance()) {
      heap_.push_back(cursors_.size() - 1);
    }
  }
  std::make_heap(heap_.begin(), heap_.end(),
                 [this](std::size_t a, std::size_t b) { return later(a, b); });
}

run_merge::~run_merge() = default;

bool run_merge::later(std::size_t a, std::size_t b) const noexcept {
  return row_less(cursors_[b].row(), cursors_[a].row(), pool_);
}

const stored_row* run_merge::next() {
  const auto order = [this](std::size_t a, std::size_t b) { return later(a, b); };
  while (!heap_.empty()) {
    std::pop_heap(heap_.begin(), heap_.end(), order);
    const stored_row& row = cursors_[heap_.back()].row();
    const bool repeats = any_ && same_content(last_, row);
    if (!repeats) {
      last_texts_.assign(row.texts, row.texts_size());
      last_ = row;
      last_.texts = last_texts_.data();
      any_ = true;
    }
    if (cursors_[heap_.back()].advance()) {
      std::push_heap(heap_.begin(), heap_.end(), order);
    } else {
      heap_.pop_back();
    }
    if (!repeats) {
      return &last_;
    }
  }
  return nullptr;
}

}  // namespace repute::load
