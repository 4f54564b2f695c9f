// SPDX-License-Identifier: Apache-2.0
// What a message holds that a reputation service can know: addresses, names, links, digests, texts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "repute/schema/key.hpp"
#include "repute/schema/kind.hpp"

namespace repute::mail {

/// Where in a message a fact stands. A policy weighs a hit by it. See word().
enum class role : std::uint8_t {
  client,           ///< address that handed the message over at the trust boundary
  relay,            ///< address from a Received field before it: the sender may have made it up
  helo,             ///< name that the client called itself
  mail_from,        ///< envelope sender (RFC 5321)
  from,             ///< From field
  reply_to,         ///< Reply-To field
  message_id,       ///< right side of Message-ID
  list,             ///< List-* fields (RFC 2369, RFC 2919)
  link,             ///< address of the web in a text, or the target of a link
  image_link,       ///< address from which a picture is fetched
  image,            ///< content of a picture, a part or inline data
  attachment,       ///< content of an attachment
  attachment_name,  ///< its file name
  body,             ///< visible text
  given,            ///< told by the caller: content categories, anti-virus records
};
[[nodiscard]] std::string_view word(role value) noexcept;

/// One thing that can be asked about.
struct fact {
  repute::subject subject{};
  mail::role role{};
  std::string value;        ///< as people read it; never a user name or password of a URL
  canonical_key canonical;  ///< its most specific key
  std::uint64_t size = 0;   ///< bytes of a file or picture, else 0

  bool operator==(const fact&) const = default;
};

/// The envelope, as far as it is known.
struct envelope {
  std::string client_ip;    ///< empty: taken from the Received fields, see extract_options
  std::string helo;         ///< empty: not known
  std::string mail_from;    ///< without angle brackets; empty with `has_sender`: the null sender
  bool has_sender = false;  ///< false: taken from Return-Path, if there is one
  std::vector<std::string> recipients;
  /// Names and addresses of mail that SPF, DKIM or DMARC proved, as the caller says. They alone,
  /// beside the client's address, may acquit a message.
  std::vector<std::string> authenticated;
};

/// What the caller knows from elsewhere.
struct given_facts {
  std::vector<std::uint32_t> categories;
  std::vector<std::uint32_t> topics;
  std::vector<std::uint32_t> heuristics;
  std::vector<std::string> av_records;  ///< `ID` or `ID VERSION`
};

/// Bounds of the work for one message. What is beyond a bound is left out and reported; what was
/// found before stays usable.
struct extract_limits {
  std::size_t message_bytes = 32U << 20;  ///< the rest of a longer message is not read
  std::size_t parts = 1000;
  std::size_t depth = 64;             ///< of nested multiparts and messages
  std::size_t header_fields = 2000;   ///< of all parts; 16 KiB of each
  std::size_t text_bytes = 1U << 19;  ///< visible text of one part: 4096 tokens are some 25 KiB
  std::size_t links = 1000;           ///< distinct links; of more, the first and the last half
  std::uint32_t time_ms = 200;        ///< looked at between parts and within long pages
};

/// Which bound was met. Persistent words: see word().
enum class limit : std::uint8_t {
  message_bytes,
  parts,
  depth,
  header_fields,
  text_bytes,
  links,
  time,
  quota,  ///< more facts than may be asked (question.hpp)
};
[[nodiscard]] std::string_view word(limit value) noexcept;

/// What kind of automatic message it is (RFC 3464, RFC 3834).
enum class automatic : std::uint8_t {
  no,
  delivery_report,  ///< multipart/report of delivery or disposition, or a bounce with null sender
  auto_reply,       ///< Auto-Submitted: auto-replied and its older relatives
  virus_notice,     ///< an anti-virus filter's note to the sender of what it found
};
[[nodiscard]] std::string_view word(automatic value) noexcept;

/// Visible text of one body part that is long enough to identify something.
struct body_text {
  bool html = false;
  std::string tokens;  ///< form of TEXT_EXACT (keys.md)
};

/// Everything found in one message.
struct message_facts {
  std::vector<fact> facts;       ///< none twice in one role; order of discovery
  std::vector<body_text> texts;  ///< of parts that are read, not attached
  std::vector<limit> limits;     ///< each once
  automatic automatic_kind = automatic::no;
  std::string sender;   ///< envelope sender, or Return-Path
  std::string subject;  ///< decoded, UTF-8
};

}  // namespace repute::mail
