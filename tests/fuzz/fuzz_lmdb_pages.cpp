// SPDX-License-Identifier: Apache-2.0
// Changed bytes in the file of an overlay: whatever passes the check of its pages is read and
// written by LMDB without harm, and no entry is lost or another one than was said. The input is a
// list of changes, each u16 page, u16 place in it, u8 bits to turn.
#include <algorithm>

#include "fuzz/require.hpp"
#include "store/lmdb_pages.hpp"
#include "support/overlay_pages.hpp"

using repute::fuzz::require;

namespace {

using namespace repute;

constexpr std::size_t page_bytes = 4096;
constexpr std::size_t change_bytes = 5;

struct original {
  original() {
    test::make_overlay_pages(folder);
    file = test::read_file(folder.path() / "overlay/data.mdb");
    entries = test::entries_of(test::open_overlay_pages(folder));
  }
  test::temporary_directory folder;
  std::string file;
  std::vector<store::live_entry> entries;
};

void use(const original& from, const std::string& file) {
  from.folder.write("overlay/data.mdb", file);
  auto opened =
      store::overlay::open(from.folder.path() / "overlay", test::overlay_pages_salt_fp, 0);
  if (!opened) {
    return;  // a checksum was wrong
  }
  require(test::entries_of(*opened) == from.entries);
  std::vector<store::live_entry> more(20, from.entries.front());
  for (std::size_t i = 0; i < more.size(); ++i) {
    more[i].key.fill(static_cast<std::uint8_t>(i));
    more[i].text.assign(i * 200, 'm');
  }
  require(opened->commit(more).has_value());
  const auto is_new = [&](const store::live_entry& entry) {
    return entry.seq > from.entries.size();
  };
  require(opened->drop(is_new).has_value());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const original from;
  std::string file = from.file;
  bool changed = false;
  for (; size >= change_bytes; data += change_bytes, size -= change_bytes) {
    const std::size_t page = load_le<std::uint16_t>(data) % (file.size() / page_bytes);
    const std::size_t place = load_le<std::uint16_t>(data + 2) % page_bytes;
    char& byte = file[page * page_bytes + place];
    byte = static_cast<char>(static_cast<std::uint8_t>(byte) ^ data[4]);
    changed = changed || data[4] != 0;
  }
  const auto damage =
      store::damage_in_pages({reinterpret_cast<const std::uint8_t*>(file.data()), file.size()});
  require(!damage || changed);
  if (!damage && changed) {
    use(from, file);
  }
  return 0;
}
