// SPDX-License-Identifier: Apache-2.0
// What an administrator decides about messages; the page is ../../../../docs/mail.md, the file with
// every setting and its default ../../../../deploy/mail.toml.
#pragma once

#include <array>
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "repute/canon/canon.hpp"
#include "repute/mail/extract.hpp"
#include "repute/mail/facts.hpp"

namespace repute::mail {

inline constexpr std::size_t role_count = static_cast<std::size_t>(role::given) + 1;
inline constexpr std::size_t automatic_count =
    static_cast<std::size_t>(automatic::virus_notice) + 1;

/// Domains, each with all names under it, and addresses of mail.
struct name_list {
  std::set<std::string, std::less<>> domains;    ///< canonical names
  std::set<std::string, std::less<>> addresses;  ///< ASCII letters lowered

  /// `domain`: a canonical name.
  [[nodiscard]] bool has_domain(std::string_view domain) const;
  /// `address`: `local@domain`, ASCII letters in any case; its domain counts, too.
  [[nodiscard]] bool has_address(std::string_view address) const;
};

/// Parties that the administrator has decided about.
struct party_list {
  std::vector<canon::ip_prefix> networks;  ///< of the client's address
  name_list senders;

  /// `address`: an IP4 or IP6 key.
  [[nodiscard]] bool has_client(const canonical_key& address) const noexcept;
};

/// Recipients that share a treatment.
struct recipient_group {
  std::uint32_t id = 0;  ///< `X-Spamtest-Group-ID`, 1 or greater
  bool scan = true;      ///< false: its mail is trusted, unseen
  name_list recipients;
};

/// Fields that are written beside X-Spamtest-*.
struct header_options {
  bool compat_status = false;  ///< `X-Spamtest-Status`, the words of version 2.0
  bool spam_flag = false;      ///< `X-Spam-Flag`, `X-Spam-Status`, `X-Spam-Score`
  std::string authserv_id;     ///< `Authentication-Results` with this name; empty: none
};

/// How answers become a status. The values here are the default, which needs no file.
struct policy {
  extract_options extraction;  ///< whose Received fields are believed
  /// Whose Authentication-Results fields are believed; empty: nobody's.
  std::string believed_authserv_id;

  party_list allow;
  party_list block;
  std::vector<recipient_group> groups;

  /// Which messages are formal by what they are; that of `automatic::no` is never set.
  std::bitset<automatic_count> formal_automatic{0b1110};
  bool formal_verdicts = true;  ///< and those about which the service says so

  int spam_rate = 80;           ///< from here on: spam
  int probable_spam_rate = 50;  ///< from here on: probable spam
  unsigned acting_votes = 4;    ///< of a text signature; with fewer it is a weak hit
  /// File of word pairs that text signatures leave out (`repute common-phrases`); empty: none are.
  std::string common_phrases;

  /// 0 (counts for nothing) .. 1, by mail::role. What a sender can make up at will, or what many
  /// honest senders share, weighs little.
  std::array<double, role_count> role_weight{
      1.0,  // client
      0.2,  // relay
      0.4,  // helo
      1.0,  // mail_from
      1.0,  // from
      0.8,  // reply_to
      0.2,  // message_id
      0.2,  // list
      1.0,  // link
      0.8,  // image_link
      1.0,  // image
      1.0,  // attachment
      0.5,  // attachment_name
      1.0,  // body
      1.0,  // given
  };
  /// 0 .. 1, by repute::subject.
  std::array<double, all_subjects.size()> kind_weight{
      1.0,  // ip
      1.0,  // domain
      1.0,  // url
      1.0,  // email
      1.0,  // email-md5
      1.0,  // sha256
      1.0,  // md5
      1.0,  // image-md5
      1.0,  // name-md5
      1.0,  // text
      1.0,  // textsig
      0.6,  // category
      0.4,  // topic
      0.6,  // heuristic
      1.0,  // avrec
  };
  double limit_weight = 0;  ///< of having met a bound of the extraction

  header_options headers;
};

inline constexpr std::size_t policy_bytes_max = std::size_t{1} << 20;

/// Reads the text of a policy, in TOML. What is wrong is added to `problems` as
/// `path:line:col: sentence`, in the file's order; the result is to be used only if nothing was.
/// What the text leaves out is as in policy{}. Pure.
[[nodiscard]] policy read_policy(std::string_view text, std::string_view path,
                                 const canon::canonicalizer& canon,
                                 std::vector<std::string>& problems);

/// The same from a file.
[[nodiscard]] policy read_policy_file(const std::string& path, const canon::canonicalizer& canon,
                                      std::vector<std::string>& problems);

}  // namespace repute::mail
