// SPDX-License-Identifier: Apache-2.0
// Whatever a field says, what it proves is a few words that stand in it, and something passed.
#include <algorithm>
#include <cstdlib>

#include "repute/mail/authentication_results.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto proved = repute::mail::proved_domains(text);
  const auto has = [text](char c) { return text.find(c) != text.npos; };
  if (proved.size() > repute::mail::proved_domains_max ||
      (!proved.empty() && !(has('=') && has(';') && (has('s') || has('S'))))) {
    std::abort();
  }
  for (const std::string& each : proved) {
    if (each.empty() || each.size() > size || each.find('@') != each.npos) {
      std::abort();
    }
  }
  if (repute::mail::authserv_id_of(text).size() > size) {
    std::abort();
  }
  return 0;
}
