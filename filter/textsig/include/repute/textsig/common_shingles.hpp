// SPDX-License-Identifier: Apache-2.0
// Word pairs that ordinary mail is full of, as a Bloom filter; section 6 of
// schema/text_signature.md.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "repute/schema/bytes.hpp"
#include "repute/seal/fingerprint.hpp"

namespace repute::textsig {

/// A word pair under the salt of a deployment: see section 3 of the page.
using shingle = std::uint64_t;

/// A file of common shingles in memory. Immutable, so that one object serves all threads.
class common_shingles {
 public:
  /// Bytes of a file that are looked at: 32 MiB of filter and what is around it.
  static constexpr std::size_t file_size_max = 24 + (std::size_t{8} << 22) + 8;

  /// Nothing if `file` is no such file, is damaged, or was made under another salt; `problem` says
  /// which.
  [[nodiscard]] static std::optional<common_shingles> decode(byte_view file,
                                                             const seal::deployment_salt& salt,
                                                             std::string& problem);

  /// 1 .. 7.
  [[nodiscard]] std::uint8_t version() const noexcept { return version_; }
  /// Shingles that were put in, and mails that they were found in.
  [[nodiscard]] std::uint32_t size() const noexcept { return size_; }
  [[nodiscard]] std::uint32_t mails() const noexcept { return mails_; }

  /// True for those that were put in, and for about 1 in 300 others.
  [[nodiscard]] bool contains(shingle x) const noexcept;

 private:
  friend class common_shingle_counter;
  common_shingles() = default;

  void add(shingle x) noexcept;
  [[nodiscard]] std::vector<std::uint8_t> encode(const seal::deployment_salt& salt) const;

  std::uint8_t version_ = 0;
  std::uint32_t size_ = 0;
  std::uint32_t mails_ = 0;
  std::vector<std::uint64_t> words_;
};

}  // namespace repute::textsig
