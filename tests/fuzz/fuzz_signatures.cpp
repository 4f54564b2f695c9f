// SPDX-License-Identifier: Apache-2.0
// Keys, signature files and lists of servers have one form: what is accepted is exactly what would
// be written for it.

#include "fuzz/require.hpp"
#include "repute/seal/server_list.hpp"
#include "repute/seal/signature.hpp"

using repute::fuzz::require;
using repute::fuzz::text_of;

namespace {

void check_server_list(std::string_view text) {
  using namespace repute::seal;
  static const signing_key key = signing_key::from_seed(std::array<std::uint8_t, 32>{});
  std::string problem;
  const auto read = decode_server_list(text, problem);
  require(read.has_value() == problem.empty());
  if (read) {
    require(!problem_of(read->list));
    (void)verify_server_list(text, *read);
    const auto again = sign_server_list(read->list, key);
    require(again && decode_server_list(*again, problem)->list == read->list);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace repute::seal;
  const std::string_view text = text_of(data, size);
  if (const auto key = parse_public_key(text)) {
    require(to_string(*key) == text);
  }
  if (const auto read = decode_signature_file(text)) {
    require(encode_signature_file(*read) == text);
  }
  std::string problem;
  if (const auto key = parse_secret_key(text, problem)) {
    require(secret_text(*key).view() == text);
  }
  check_server_list(text);
  return 0;
}
