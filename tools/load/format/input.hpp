// SPDX-License-Identifier: Apache-2.0
// Where the bytes of a feed come from: a file, standard input, a compressed file, memory.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "store/snapshot.hpp"

namespace repute::load {

/// Bytes from begin to end, once. One thread at a time.
class input {
 public:
  virtual ~input() = default;

  /// Writes 1 to `into.size()` bytes and returns how many; 0 is the end, or a failure: problem()
  /// tells which. After 0 it stays 0. `into` is not empty.
  [[nodiscard]] virtual std::size_t read(std::span<char> into) = 0;

  /// Why reading ended early, one sentence without the file's name; empty if it did not.
  [[nodiscard]] const std::string& problem() const noexcept { return problem_; }

  /// True if the machine failed (a read error), false if the data did (a cut archive).
  [[nodiscard]] bool machine_failed() const noexcept { return machine_failed_; }

  /// How much of the file has been read, 0..1; 0 while that cannot be known (a pipe).
  [[nodiscard]] virtual double share_read() const noexcept { return 0; }

  /// Path of the file whose plain bytes these are; empty for anything else. For libraries that open
  /// files themselves.
  [[nodiscard]] virtual std::string plain_file() const { return {}; }

 protected:
  [[nodiscard]] std::size_t fail(std::string why) {
    problem_ = std::move(why);
    return 0;
  }
  [[nodiscard]] std::size_t fail_machine(std::string why) {
    machine_failed_ = true;
    return fail(std::move(why));
  }
  /// Takes over what went wrong in an input below this one.
  [[nodiscard]] std::size_t fail_like(const input& below) {
    machine_failed_ = below.machine_failed();
    return fail(below.problem());
  }

 private:
  std::string problem_;
  bool machine_failed_ = false;
};

/// A text in memory, which outlives the input.
class memory_input final : public input {
 public:
  explicit memory_input(std::string_view text) noexcept : rest_(text), size_(text.size()) {}
  [[nodiscard]] std::size_t read(std::span<char> into) override;
  [[nodiscard]] double share_read() const noexcept override;

 private:
  std::string_view rest_;
  std::size_t size_;
};

/// Opens a file, or standard input for `-`, and looks through compression: gzip (several members,
/// zero padding) and zstd (several frames) are known by their first bytes, not by a name. Memory is
/// bounded whatever an archive claims: 128 MiB for the window of zstd, 64 KiB for gzip. Never
/// null. Errors name the file: not_found, permission or io if it cannot be opened, corrupt for a
/// folder or an archive of another kind (ZIP, bzip2, xz).
[[nodiscard]] store::result<std::unique_ptr<input>> open_input(const std::string& path);

/// The same for any input. Null, and a sentence in `problem`, for archives of another kind.
[[nodiscard]] std::unique_ptr<input> decompressed(std::unique_ptr<input> raw, std::string& problem);

}  // namespace repute::load
