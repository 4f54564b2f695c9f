// SPDX-License-Identifier: Apache-2.0
// Small files of a database directory: its salt, CURRENT and HISTORY. What is accepted, written
// again, is the same; a refusal of a salt tells nothing but its size; and a switch mends the other
// two, whatever they held. The input is the text of all three; its first byte says how much of the
// rest is in CURRENT, with HISTORY behind it.
#include <algorithm>
#include <cctype>
#include <string>

#include "fuzz/memory_folder.hpp"
#include "fuzz/require.hpp"
#include "repute/seal/digest.hpp"
#include "repute/seal/fingerprint.hpp"
#include "store/history.hpp"
#include "support/temporary_directory.hpp"

using repute::fuzz::require;
using repute::fuzz::text_of;

namespace {

using namespace repute;
using repute::test::temporary_directory;

void check_salt(const temporary_directory& db, std::string text) {
  const std::string path = db.write("salt", text).string();
  std::string problem;
  const auto salt = seal::read_database_salt(db.path().string(), problem);
  require(salt.has_value() == problem.empty());
  if (salt) {
    std::ranges::transform(text, text.begin(), [](unsigned char c) { return std::tolower(c); });
    const std::string digits = seal::to_hex(salt->bytes);
    require(text == digits || text == digits + "\n");
    return;
  }
  std::ranges::replace_if(
      text, [](char c) { return c != '\n'; }, '?');
  db.write("salt", text);
  std::string again;
  require(!seal::read_salt_file(path, again) && again == problem);
}

std::string lines_of(const std::vector<std::uint32_t>& generations) {
  std::string out;
  for (const std::uint32_t each : generations) {
    out += std::to_string(each) + "\n";
  }
  return out;
}

void check_texts(std::string_view text) {
  if (const auto generation = store::decode_generation(text)) {
    require(*generation != 0 && store::decode_generation(lines_of({*generation})) == generation);
  }
  if (const auto history = store::decode_history(text)) {
    require(std::ranges::adjacent_find(*history) == history->end());
    require(store::decode_history(lines_of(*history)) == history);
  }
}

void check_switch(const temporary_directory& db, std::string_view current,
                  std::string_view history) {
  db.write("CURRENT", current);
  db.write("HISTORY", history);
  const auto before = store::read_current(db.path());
  constexpr std::uint32_t next = 7;
  require(store::put_in_force(db.path(), next).has_value());
  require(*store::read_current(db.path()) == next);
  const auto known = store::read_history(db.path());
  require(known && known->size() <= store::history_max);
  if (before && *before != next) {
    require(known->back() == *before && *store::generation_before(db.path()) == *before);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const temporary_directory db(fuzz::memory_folder());
  const std::string_view text = text_of(data, size);
  check_salt(db, std::string(text));
  check_texts(text);
  if (!text.empty()) {
    const std::string_view rest = text.substr(1);
    const std::size_t in_current = std::min(rest.size(), std::size_t{data[0] % 20U});
    check_switch(db, rest.substr(0, in_current), rest.substr(in_current));
  }
  return 0;
}
