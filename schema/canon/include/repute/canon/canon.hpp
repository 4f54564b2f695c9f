// SPDX-License-Identifier: Apache-2.0
// Canonical forms: text as people write it -> the one form that is fingerprinted. The page is
// ../../../../keys.md; the published examples are in ../../../../vectors/.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "repute/schema/key.hpp"
#include "repute/schema/kind.hpp"

namespace repute::canon {

/// Why a text has no canonical form. One sentence each from message().
enum class error {
  empty,           ///< nothing left after trimming
  too_long,        ///< input or form over 8192 bytes, text 1 MiB, address of mail 320, record 255
  bad_address,     ///< not an IPv4 or IPv6 address
  bad_prefix,      ///< not an address with a prefix length in range
  host_bits_set,   ///< a prefix with bits set after its length
  bad_host,        ///< not a host name: empty label, label over 63 bytes, name over 253,
                   ///< forbidden character, or an IPv4 address in disguise
  bad_url,         ///< no host in it, one that hides a delimiter, or a port that is no number
  bad_email,       ///< not local-part@domain
  bad_digest,      ///< not the right number of hexadecimal digits
  bad_number,      ///< not a decimal number of at most 4294967295
  bad_utf8,        ///< not UTF-8
  too_few_tokens,  ///< a text with fewer than 3 tokens identifies nothing
  bad_record,      ///< not an anti-virus record: `ID` or `ID VERSION`
};

[[nodiscard]] std::string_view message(error value) noexcept;

/// A value or why there is none.
template <class T>
using result = std::variant<T, error>;

/// An IPv4 or IPv6 network; `length` counts bits of `address`, which has no bit set beyond it.
struct ip_prefix {
  bool v6 = false;
  std::array<std::uint8_t, 16> address{};  ///< network order; IPv4 uses the first 4 bytes
  std::uint8_t length = 0;

  /// True if the prefix is one address: length 32 or 128.
  [[nodiscard]] bool is_single() const noexcept { return length == (v6 ? 128 : 32); }
  bool operator==(const ip_prefix&) const = default;
};

/// Everything that needs tables: public suffix list, IDN, Unicode. Immutable, so that one object
/// serves all threads.
class canonicalizer {
 public:
  /// `psl_file` empty: the list built into libpsl. Throws std::runtime_error, naming the file, if
  /// it cannot be read or is no public suffix list, or if ICU has no data: start-up only.
  explicit canonicalizer(const std::string& psl_file = {});
  ~canonicalizer();
  canonicalizer(canonicalizer&&) noexcept;
  canonicalizer& operator=(canonicalizer&&) noexcept;

  /// Canonical form of `text` as its own most specific key: HOST for a domain, the whole URL with
  /// its query, IP4 or IP6 for an address. canonical(show(x)) == x for every result x. Never keeps
  /// any byte of a URL's userinfo. Linear in the length of `text`; plain ASCII names take the short
  /// way.
  [[nodiscard]] result<canonical_key> canonical(subject subject, std::string_view text) const;

  /// Keys that cover `key`, itself first, the most specific first: what a client asks, and the
  /// levels at which the loader looks for inherited verdicts.
  ///   HOST   -> itself, DOMAIN of its parents down to the registrable domain (ICANN section of the
  ///             public suffix list), at most 5 keys: of more parents the 4 shortest
  ///   DOMAIN -> itself, DOMAIN of its parents, by the same rule
  ///   URL    -> its expressions on the exact host, then on its parents (Safe Browsing: at most
  ///             5 hosts x 6 paths; a longer path before a shorter one), then its host's HOST and
  ///             DOMAIN keys, or IP4 / IP6 if the host is an address
  ///   AV_RECORD -> itself, then the same id with any version
  ///   every other kind -> itself
  [[nodiscard]] std::vector<canonical_key> covering(const canonical_key& key) const;

  /// True if `name`, a canonical host name, stands in the ICANN section of the public suffix list,
  /// itself or by a wildcard: `com`, `co.uk`. A top level that the list does not know is none here.
  [[nodiscard]] bool is_public_suffix(const std::string& name) const noexcept;

  /// Those of covering(key), `key` itself left out, for which `wanted` holds, in the same order.
  /// The suffix list, which takes most of the time, is asked only if `wanted` holds for some name
  /// that may turn out to be a parent: so `wanted` is also asked about keys that are not covering.
  using key_test = std::function<bool(kind kind, std::string_view canonical)>;
  [[nodiscard]] std::vector<canonical_key> covering_among(const canonical_key& key,
                                                          const key_test& wanted) const;

 private:
  struct tables;
  std::unique_ptr<const tables> tables_;
};

/// The text of a canonical key as people read it: digests in hexadecimal, addresses in the form of
/// RFC 5952, ids in decimal, `ID VERSION` for anti-virus records, `http://` is not added to URLs.
[[nodiscard]] std::string show(const canonical_key& key);

/// The subject that `text` most likely is: address or prefix, MD5 (32 hexadecimal digits), SHA-256
/// (64), URL (has `://`, or `/`, `?` or `:` after a name), e-mail address, else domain.
[[nodiscard]] subject guess(std::string_view text) noexcept;

/// An address or a prefix in CIDR form. v4-mapped (::ffff:0:0/96) and NAT64 (64:ff9b::/96) become
/// IPv4.
[[nodiscard]] result<ip_prefix> parse_prefix(std::string_view text);

/// An address alone as a canonical key, v4-mapped and NAT64 become IPv4. `address` must be single.
[[nodiscard]] canonical_key address_key(const ip_prefix& address);

/// `192.0.2.0/24`, `2001:db8::/32`; without the length for single addresses.
[[nodiscard]] std::string show(const ip_prefix& prefix);

/// Tokens of a text, joined by one space: the form of TEXT_EXACT. At most 1 MiB in and out, 4096
/// tokens; idempotent; thread-safe. Throws std::runtime_error if ICU has no data and no
/// canonicalizer was made before, which would have thrown.
[[nodiscard]] result<std::string> normalise_text(std::string_view utf8);

/// Version of all rules of this library; changing any canonical form changes it, and with it the
/// data epoch.
inline constexpr std::uint32_t version = 1;

}  // namespace repute::canon
