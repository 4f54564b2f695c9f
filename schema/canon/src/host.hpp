// SPDX-License-Identifier: Apache-2.0
// Host names: UTS-46, and how long suffixes divide them.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct UIDNA;

namespace repute::canon::detail {

/// Names as DNS sees them, over ICU. Immutable, one object serves all threads.
class name_table {
 public:
  /// Throws std::runtime_error if ICU has no IDNA data.
  name_table();

  /// The canonical form of a host name: lower-case ASCII letters, digits, '-', '_' in labels of 1
  /// to 63 bytes, at most 253 bytes, no trailing dot. Nothing if it has none. Numbers are not told
  /// from names here. Plain ASCII names do not go through ICU.
  [[nodiscard]] std::optional<std::string> name(std::string_view text) const;

  /// As name(), always through ICU; for labels, and for tests that compare the two.
  [[nodiscard]] std::optional<std::string> name_by_icu(std::string_view text) const;

  /// What UTS-46 maps a text to, errors disregarded; nothing if it is far too long to be a name.
  [[nodiscard]] std::optional<std::string> mapped(std::string_view text) const;

 private:
  struct closer {
    void operator()(UIDNA* idna) const noexcept;
  };
  std::unique_ptr<UIDNA, closer> idna_;
};

/// Bytes of the name at the front of `text`, up to the first byte that is in no name, if it is
/// canonical as it stands and ICU need not be asked; else 0.
[[nodiscard]] std::size_t plain_name_size(std::string_view text) noexcept;

/// Canonical form of the subject `domain`: a name that is no IPv4 address in disguise.
[[nodiscard]] std::optional<std::string> canonical_domain(const name_table& names,
                                                          std::string_view text);

}  // namespace repute::canon::detail
