// SPDX-License-Identifier: Apache-2.0
#include "repute/schema/kind.hpp"

#include <algorithm>
#include <cassert>

namespace repute {

namespace {

// In the order of all_subjects, which is the order of the enum.
constexpr std::array<std::string_view, all_subjects.size()> subject_words{
    "ip",       "domain", "url",     "email",    "email-md5", "sha256",    "md5",  "image-md5",
    "name-md5", "text",   "textsig", "category", "topic",     "heuristic", "avrec"};

}  // namespace

std::string_view word(subject value) noexcept {
  const auto index = static_cast<std::size_t>(value);
  assert(index < subject_words.size());
  return subject_words[index];
}

std::optional<subject> subject_from_word(std::string_view word) noexcept {
  const auto found = std::ranges::find(subject_words, word);
  if (found == subject_words.end()) {
    return std::nullopt;
  }
  return all_subjects[static_cast<std::size_t>(found - subject_words.begin())];
}

subject subject_of(kind value) noexcept {
  switch (value) {
    case kind::ip4:
    case kind::ip6:
      return subject::ip;
    case kind::host:
    case kind::domain:
      return subject::domain;
    case kind::url:
      return subject::url;
    case kind::email:
      return subject::email;
    case kind::email_md5:
      return subject::email_md5;
    case kind::file_sha256:
      return subject::sha256;
    case kind::file_md5:
      return subject::md5;
    case kind::image_md5:
      return subject::image_md5;
    case kind::name_md5:
      return subject::name_md5;
    case kind::text_exact:
      return subject::text;
    case kind::text_sig:
      return subject::textsig;
    case kind::category:
      return subject::category;
    case kind::topic:
      return subject::topic;
    case kind::heuristic:
      return subject::heuristic;
    case kind::av_record:
      return subject::avrec;
  }
  assert(false && "subject_of() is for known kinds");
  return subject::domain;
}

std::string_view name(kind value) noexcept {
  switch (value) {
    case kind::ip4:
      return "IP4";
    case kind::ip6:
      return "IP6";
    case kind::host:
      return "HOST";
    case kind::url:
      return "URL";
    case kind::domain:
      return "DOMAIN";
    case kind::email:
      return "EMAIL";
    case kind::email_md5:
      return "EMAIL_MD5";
    case kind::file_sha256:
      return "FILE_SHA256";
    case kind::file_md5:
      return "FILE_MD5";
    case kind::image_md5:
      return "IMAGE_MD5";
    case kind::name_md5:
      return "NAME_MD5";
    case kind::text_exact:
      return "TEXT_EXACT";
    case kind::text_sig:
      return "TEXT_SIG";
    case kind::category:
      return "CATEGORY";
    case kind::topic:
      return "TOPIC";
    case kind::heuristic:
      return "HEURISTIC";
    case kind::av_record:
      return "AV_RECORD";
  }
  return "UNKNOWN";
}

}  // namespace repute
