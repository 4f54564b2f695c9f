// SPDX-License-Identifier: Apache-2.0
#include "snapshot/change.hpp"

#include <algorithm>

#include "repute/canon/canon.hpp"

namespace repute::snapshot {
namespace {

constexpr std::array<std::string_view, severities_of_change> severity_words{
    "trusted-became-listed", "became-malware",
    "became-phishing",       "became-blacklisted",
    "became-spam",           "became-probable-spam",
    "became-formal",         "listed-became-trusted",
    "became-trusted",        "no-longer-trusted",
    "became-milder",         "no-longer-listed",
    "other-score",           "other-rows"};

verdict verdict_in(const answer& from) noexcept {
  return from.status == status::listed ? from.verdict : verdict::none;
}

severity_of_change became(verdict listing) noexcept {
  switch (listing) {
    case verdict::malware:
      return severity_of_change::became_malware;
    case verdict::phishing:
      return severity_of_change::became_phishing;
    case verdict::blacklisted:
      return severity_of_change::became_blacklisted;
    case verdict::spam:
      return severity_of_change::became_spam;
    case verdict::probable_spam:
      return severity_of_change::became_probable_spam;
    default:
      return severity_of_change::became_formal;
  }
}

}  // namespace

std::string_view word(severity_of_change value) noexcept {
  return severity_words[static_cast<std::size_t>(value)];
}

std::string_view word(change_kind value) noexcept {
  switch (value) {
    case change_kind::added:
      return "added";
    case change_kind::removed:
      return "removed";
    default:
      return "changed";
  }
}

std::string_view word(layer value) noexcept {
  switch (value) {
    case layer::live:
      return "live";
    case layer::override:
      return "override";
    default:
      return "feeds";
  }
}

severity_of_change severity_of(const answer& before, const answer& after) noexcept {
  const verdict was = verdict_in(before);
  const verdict is = verdict_in(after);
  if (was == is) {
    return before.score == after.score ? severity_of_change::other_rows
                                       : severity_of_change::other_score;
  }
  if (is == verdict::trusted) {
    return severity(was) > 0 ? severity_of_change::listed_became_trusted
                             : severity_of_change::became_trusted;
  }
  if (was == verdict::trusted) {
    return severity(is) > 0 ? severity_of_change::trusted_became_listed
                            : severity_of_change::no_longer_trusted;
  }
  if (severity(is) > severity(was)) {
    return became(is);
  }
  return severity(is) > 0 ? severity_of_change::became_milder
                          : severity_of_change::no_longer_listed;
}

std::string shown_key(const store::record& of) {
  if (is_ip(of.kind)) {
    canon::ip_prefix prefix;
    prefix.v6 = of.kind == kind::ip6;
    std::copy_n(of.key.begin(), key_size(of.kind), prefix.address.begin());
    prefix.length = of.prefix_length;
    return canon::show(prefix);
  }
  return (of.kind == kind::domain ? "." : "") + std::string(of.text);
}

}  // namespace repute::snapshot
