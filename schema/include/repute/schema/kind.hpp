// SPDX-License-Identifier: Apache-2.0
// Key kinds (bytes on the wire) and subjects (what a person names). The page is ../../../keys.md.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace repute {

/// The kind byte of a key. Persistent: do not change the values of existing entries.
enum class kind : std::uint8_t {
  ip4 = 0x01,          ///< 4 raw bytes, network order
  ip6 = 0x02,          ///< 16 raw bytes, network order
  host = 0x10,         ///< the name itself
  url = 0x11,          ///< one URL expression
  domain = 0x12,       ///< any name strictly under this one
  email = 0x20,        ///< address, local part as given
  email_md5 = 0x21,    ///< MD5 of the lower-cased address
  file_sha256 = 0x22,  ///< digest of a file's bytes
  file_md5 = 0x23,     ///< digest of a file's bytes
  image_md5 = 0x24,    ///< digest of an image's decoded bytes
  name_md5 = 0x25,     ///< digest of an attachment's base name
  text_exact = 0x30,   ///< normalised text
  text_sig = 0x31,     ///< 192-byte near-duplicate signature
  category = 0x40,     ///< content category id
  topic = 0x41,        ///< topic id
  heuristic = 0x42,    ///< heuristic category id
  av_record = 0x43,    ///< anti-virus record id and version
};

/// Every kind, in numeric order.
inline constexpr std::array all_kinds{
    kind::ip4,       kind::ip6,        kind::host,        kind::url,      kind::domain,
    kind::email,     kind::email_md5,  kind::file_sha256, kind::file_md5, kind::image_md5,
    kind::name_md5,  kind::text_exact, kind::text_sig,    kind::category, kind::topic,
    kind::heuristic, kind::av_record};

inline constexpr std::size_t fingerprint_size = 16;
inline constexpr std::size_t text_signature_size = 192;

/// True if `value` is the number of a kind that this version knows.
[[nodiscard]] constexpr bool is_known(kind value) noexcept {
  for (const kind known : all_kinds) {
    if (known == value) {
      return true;
    }
  }
  return false;
}

/// Bytes that a key of a known kind has on the wire.
[[nodiscard]] constexpr std::size_t key_size(kind value) noexcept {
  switch (value) {
    case kind::ip4:
      return 4;
    case kind::text_sig:
      return text_signature_size;
    default:
      return fingerprint_size;
  }
}

[[nodiscard]] constexpr bool is_ip(kind value) noexcept {
  return value == kind::ip4 || value == kind::ip6;
}

/// Kinds that may convict but never acquit: digests that can be forged or texts anybody can send.
[[nodiscard]] constexpr bool may_acquit(kind value) noexcept {
  switch (value) {
    case kind::email_md5:
    case kind::file_md5:
    case kind::image_md5:
    case kind::name_md5:
    case kind::text_exact:
    case kind::text_sig:
      return false;
    default:
      return true;
  }
}

/// What a person, a feed or a filter names; one subject may be asked under several keys.
enum class subject : std::uint8_t {
  ip,
  domain,
  url,
  email,
  email_md5,
  sha256,
  md5,
  image_md5,
  name_md5,
  text,
  textsig,
  category,
  topic,
  heuristic,
  avrec,
};

inline constexpr std::array all_subjects{
    subject::ip,      subject::domain,   subject::url,       subject::email,     subject::email_md5,
    subject::sha256,  subject::md5,      subject::image_md5, subject::name_md5,  subject::text,
    subject::textsig, subject::category, subject::topic,     subject::heuristic, subject::avrec};

/// The word of a subject in tools, feeds and JSON: `ip`, `domain`, `url`, ... `avrec`.
[[nodiscard]] std::string_view word(subject value) noexcept;

/// The subject named by a word, or nothing.
[[nodiscard]] std::optional<subject> subject_from_word(std::string_view word) noexcept;

/// The subject under which keys of this kind are shown (HOST and DOMAIN: `domain`). `value` must be
/// a known kind.
[[nodiscard]] subject subject_of(kind value) noexcept;

/// Constant name of a kind for logs and explanations: `IP4`, `HOST`, ...; `UNKNOWN` for others.
[[nodiscard]] std::string_view name(kind value) noexcept;

}  // namespace repute
