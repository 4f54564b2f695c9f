// SPDX-License-Identifier: Apache-2.0
#include "store/snapshot_writer.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <utility>

#include "store/file.hpp"
#include "store/parallel.hpp"
#include "store/snapshot_builder.hpp"

namespace repute::store {
namespace {

constexpr unsigned lock_file_mode = 0644;

result<void> add_blocks(const record_set& records, snapshot_builder& to) {
  block_cutter cutter;
  std::size_t first = 0;
  for (std::size_t i = 0; i <= records.size(); ++i) {
    const bool ends = i == records.size() ? first < i : cutter.begins_block(records[i]) && i != 0;
    if (!ends) {
      continue;
    }
    const std::vector<record> rows = records.some(first, i);
    if (const auto added = to.add_block(rows.front(), encode_block(rows)); !added) {
      return added;
    }
    first = i;
  }
  return {};
}

}  // namespace

result<write_lock> write_lock::acquire(const std::filesystem::path& db) {
  std::error_code error;
  std::filesystem::create_directories(db / "snapshots", error);
  if (error) {
    return system_failure(db, "cannot create", error.value());
  }
  const std::filesystem::path path = db / "LOCK";
  descriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, lock_file_mode));
  if (file.get() < 0) {
    return system_failure(path, "cannot open", errno);
  }
  if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK) {
      return failure{store_error::busy, db.string() + ": another load is running there"};
    }
    return system_failure(path, "cannot lock", errno);
  }
  for (const auto& entry : std::filesystem::directory_iterator(db / "snapshots", error)) {
    if (entry.path().extension() == ".tmp") {
      ::unlink(entry.path().c_str());
    }
  }
  return write_lock(file.release());
}

write_lock::~write_lock() {
  if (fd_ >= 0) {
    ::close(fd_);
  }
}

write_lock::write_lock(write_lock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

result<std::uint32_t> last_generation(const std::filesystem::path& db) {
  const auto read = read_generation(db / "snapshots" / "LAST");
  if (!read && read.error().code != store_error::not_found) {
    return read.error();
  }
  std::uint32_t last = read ? *read : 0;
  for (const auto& entry : std::filesystem::directory_iterator(db / "snapshots")) {
    if (entry.path().extension() == ".tmp") {
      continue;  // not put in place yet: its number names nothing
    }
    const std::string stem = entry.path().stem().string();
    std::uint32_t found = 0;
    std::from_chars(stem.data(), stem.data() + stem.size(), found);
    last = std::max(last, found);
  }
  return last;
}

result<published> publish_snapshot(const std::filesystem::path& db, snapshot_content content,
                                   const progress_callback& progress, const manifest_signer& sign) {
  auto builder = snapshot_builder::begin(db, threads_of_this_machine());
  if (!builder) {
    return builder.error();
  }
  content.records.sort_unique();
  if (const auto added = add_blocks(content.records, *builder); !added) {
    return added.error();
  }
  for (const resolved_key& key : content.keys) {
    builder->add_key(key);
  }
  return builder->finish(content, progress, sign);
}

}  // namespace repute::store
