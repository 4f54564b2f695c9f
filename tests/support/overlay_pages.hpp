// SPDX-License-Identifier: Apache-2.0
// An overlay whose file has every kind of page that LMDB makes: branches, leaves, long values in
// pages of their own, and a list of free pages.
#pragma once

#include <stdexcept>
#include <vector>

#include "store/overlay.hpp"
#include "support/temporary_directory.hpp"

namespace repute::test {

inline constexpr std::array<std::uint8_t, 2> overlay_pages_salt_fp{0xaa, 0xbb};

inline store::overlay open_overlay_pages(const temporary_directory& folder) {
  auto opened = store::overlay::open(folder.path() / "overlay", overlay_pages_salt_fp, 0);
  if (!opened) {
    throw std::runtime_error(opened.error().message);
  }
  return std::move(*opened);
}

/// Makes folder/overlay with 300 entries.
inline void make_overlay_pages(const temporary_directory& folder) {
  store::overlay made = open_overlay_pages(folder);
  constexpr std::uint32_t count = 400;
  for (const std::uint32_t first : {0U, count / 2}) {
    std::vector<store::live_entry> entries(count / 2);
    for (std::uint32_t i = 0; i < entries.size(); ++i) {
      const std::uint32_t number = first + i;
      entries[i].kind = kind::host;
      store_le(entries[i].key.data(), number * 2654435761U);  // in no order of their numbers
      entries[i].verdict = verdict::phishing;
      entries[i].text = "key.example";
      entries[i].reason = std::string(number % 40 == 0 ? 1024 : 40, 'r');
      if (number % 50 == 0) {
        entries[i].text.resize(store::live_text_max, 't');
      }
    }
    if (!made.commit(entries)) {
      throw std::runtime_error("an overlay takes no entries");
    }
  }
  const auto dropped =
      made.drop([](const store::live_entry& entry) { return entry.seq > count / 2 + count / 4; });
  if (!dropped || *dropped != count / 4) {
    throw std::runtime_error("an overlay drops no entries");
  }
}

inline std::vector<store::live_entry> entries_of(const store::overlay& from) {
  std::vector<store::live_entry> out;
  const auto visited = from.visit_after({}, [&](const store::live_entry& entry) {
    out.push_back(entry);
    return true;
  });
  if (!visited) {
    throw std::runtime_error(visited.error().message);
  }
  return out;
}

}  // namespace repute::test
