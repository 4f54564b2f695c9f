// SPDX-License-Identifier: Apache-2.0
// Ways to recognise a text of a campaign: ours, rspamd's shingles, and a digest.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "detection/corpus.hpp"
#include "repute/textsig/signer.hpp"
#include "store/campaign_index.hpp"

namespace repute::bench {

/// What a scheme says about a text.
struct finding {
  std::optional<std::uint32_t> campaign;  ///< as publish() named it; nothing: not recognised
  bool acts = false;                      ///< enough to act upon
};

class scheme {
 public:
  virtual ~scheme() = default;
  /// Texts are published before any is asked about.
  virtual void publish(const text& of, std::uint32_t campaign) = 0;
  [[nodiscard]] virtual finding ask(const text& about) = 0;
};

/// Text signatures and campaigns as they are in the product, `room` of them at most.
class signatures final : public scheme {
 public:
  signatures(const vocabulary& words, std::shared_ptr<const textsig::common_shingles> common,
             std::size_t room);
  void publish(const text& of, std::uint32_t campaign) override;
  [[nodiscard]] finding ask(const text& about) override;
  /// A text of ordinary mail, whose bands count for no campaign.
  void prune(const text& ordinary);

 private:
  void add(const text& of, verdict said, std::uint32_t campaign);

  const vocabulary& words_;
  textsig::signer sign_;
  store::campaign_index index_;
  std::unique_ptr<store::campaign_scratch> scratch_;
  std::uint64_t members_ = 0;
};

/// The rule of rspamd's fuzzy storage (shingles.c, fuzzy_backend_sqlite.c): for each of 32 keys the
/// least hash of all runs of three words; near if more than 16 are those of one text. 256 bytes.
class rspamd_rule final : public scheme {
 public:
  void publish(const text& of, std::uint32_t campaign) override;
  [[nodiscard]] finding ask(const text& about) override;

 private:
  std::unordered_map<std::uint64_t, std::vector<std::uint32_t>> texts_with_;
  std::vector<std::uint32_t> campaign_of_;
};

/// The digest of the whole text.
class exact_digest final : public scheme {
 public:
  void publish(const text& of, std::uint32_t campaign) override;
  [[nodiscard]] finding ask(const text& about) override;

 private:
  std::unordered_map<std::uint64_t, std::uint32_t> campaigns_;
};

}  // namespace repute::bench
