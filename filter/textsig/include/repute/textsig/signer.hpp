// SPDX-License-Identifier: Apache-2.0
// Near-duplicate signatures of texts; the page is schema/text_signature.md.
#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "repute/schema/text_signature.hpp"
#include "repute/seal/fingerprint.hpp"
#include "repute/textsig/common_shingles.hpp"

namespace repute::textsig {

/// Signs texts under the salt of a deployment. Thread-safe; some 30 us for a usual mail.
class signer {
 public:
  /// `common`: shingles of ordinary mail, which say nothing about a campaign; null: none are left
  /// out, and signatures have filter version 0.
  explicit signer(const seal::deployment_salt& salt,
                  std::shared_ptr<const common_shingles> common = nullptr);
  ~signer();

  /// `tokens` in the form of TEXT_EXACT (keys.md): joined by one space. Nothing for a text with
  /// fewer than 8 tokens or 16 distinct shingles (those of placeholders alone do not count): such a
  /// signature would hit unrelated mail. Tokens after the 4096th are not looked at.
  [[nodiscard]] std::optional<text_signature> operator()(std::string_view tokens) const;

 private:
  struct state;
  std::unique_ptr<const state> state_;
};

}  // namespace repute::textsig
