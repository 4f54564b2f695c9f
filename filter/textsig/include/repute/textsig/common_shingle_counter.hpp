// SPDX-License-Identifier: Apache-2.0
// Makes a file of common shingles from a sample of ordinary mail.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "repute/seal/fingerprint.hpp"

namespace repute::textsig {

/// Counts in how many mails each shingle is. One thread at a time. Needs some 40 bytes for each
/// shingle that it has seen: about 100 MB for 10 000 mails.
class common_shingle_counter {
 public:
  explicit common_shingle_counter(const seal::deployment_salt& salt);
  ~common_shingle_counter();

  /// The texts of one mail, in the form of TEXT_EXACT, also those that are too short for a
  /// signature.
  void add(std::span<const std::string_view> texts);
  /// The same of a mail with one text.
  void add(std::string_view text) { add({&text, 1}); }

  /// Mails that were added.
  [[nodiscard]] std::uint32_t mails() const noexcept;

  /// The file: shingles in at least 2 of 1000 mails and at least 2 mails. Of more than 22 million
  /// the rarest are left out. `version` is 1 .. 7: the next of the one before.
  [[nodiscard]] std::vector<std::uint8_t> file(std::uint8_t version) const;

 private:
  struct state;
  std::unique_ptr<state> state_;
};

}  // namespace repute::textsig
