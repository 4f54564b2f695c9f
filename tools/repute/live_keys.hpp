// SPDX-License-Identifier: Apache-2.0
// From what a person names to the keys about which something is said at run time.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "load/feed_spec.hpp"
#include "repute/canon/canon.hpp"
#include "repute/schema/kind.hpp"
#include "repute/seal/fingerprint.hpp"
#include "store/live_entry.hpp"

namespace repute::tool {

struct named_key {
  store::live_key key;  ///< its layer means nothing
  std::string shown;    ///< canonical text; a DOMAIN with a leading dot
  std::string text;     ///< as given, without blanks around it; of a URL its canonical form
};

/// Keys of `text`, read as `subject` or as what it most likely is: one, or two of a name with
/// `both`. A sentence says why there is none.
[[nodiscard]] std::variant<std::vector<named_key>, std::string> keys_of(
    const canon::canonicalizer& canon, seal::fingerprinter& fingerprints,
    std::optional<repute::subject> subject, load::name_match match, std::string_view text);

}  // namespace repute::tool
