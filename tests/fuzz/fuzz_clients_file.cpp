// SPDX-License-Identifier: Apache-2.0
// An allow list without problems can be written again, client by client, and says the same then.

#include "access/clients_file.hpp"
#include "fuzz/require.hpp"
#include "repute/seal/credentials.hpp"

using repute::fuzz::require;
using repute::fuzz::text_of;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace repute::access;
  const std::string_view text = text_of(data, size);
  std::vector<std::string> problems;
  const auto read = read_clients(text, "f", problems);
  if (!problems.empty()) {
    return 0;
  }
  for (const client_entry& each : read) {
    require(repute::seal::is_client_id(each.id) && repute::seal::is_client_name(each.name));
    const auto again = read_clients(write_client(each), "f", problems);
    require(problems.empty() && again.size() == 1);
    require(again[0].id == each.id && again[0].networks == each.networks &&
            again[0].kinds == each.kinds && again[0].rate == each.rate &&
            again[0].not_after_unix_s == each.not_after_unix_s);
  }
  if (!read.empty() && !read[0].revoked) {
    const auto without =
        read_clients(revoke_client(text, read[0].line, "2026-11-22"), "f", problems);
    // An inline table, say, has no line of its own; then nothing was revoked, and it must be said.
    require(!problems.empty() || (without.size() == read.size() && without[0].revoked));
  }
  return 0;
}
