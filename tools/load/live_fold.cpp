// SPDX-License-Identifier: Apache-2.0
#include "load/live_fold.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <tuple>

#include "load/load_failure.hpp"
#include "store/file.hpp"
#include "store/meta.hpp"

namespace repute::load {

using store::live_action;
using store::live_entry;
using store::live_layer;

namespace {

bool is_removal(const live_entry& entry) noexcept {
  return entry.layer == live_layer::live && entry.action == live_action::remove;
}

// A removed override or network leaves nothing behind that would have to be remembered.
bool has_effect(const live_entry& entry, std::uint64_t now_unix_s) noexcept {
  return in_force(entry, now_unix_s) &&
         (entry.action == live_action::put || (is_removal(entry) && !is_network(key_of(entry))));
}

}  // namespace

live_state read_fold(const std::string& db, const fold_place& place) {
  const std::filesystem::path path = std::filesystem::path(db) / "overlay" / place.file;
  const auto text = store::read_small_file(path, store::part_size_max);
  if (!text) {
    fail(text.error());
  }
  auto entries =
      store::decode_live({reinterpret_cast<const std::uint8_t*>(text->data()), text->size()});
  if (!entries) {
    fail({store::store_error::corrupt, path.string() + ": not the entries of a server"});
  }
  return {std::move(*entries), place.seq, place.overlay_id};
}

live_state merge_live(const live_state& before, const std::optional<live_state>& since,
                      std::uint64_t now_unix_s) {
  live_state out;
  const bool same_numbers = !since || since->overlay_id == before.overlay_id;
  const std::uint64_t known = same_numbers ? before.seq : 0;
  out.seq = std::max(known, since ? since->seq : 0);
  out.overlay_id = since ? since->overlay_id : before.overlay_id;
  auto old = before.entries.begin();
  const auto take = [&](const live_entry& entry) {
    if (has_effect(entry, now_unix_s)) {
      out.entries.push_back(entry);
    }
  };
  if (since) {
    for (const live_entry& entry : since->entries) {
      if (entry.seq <= known) {
        continue;  // the snapshot before has it, or left it out on purpose
      }
      for (; old != before.entries.end() && live_less(*old, entry); ++old) {
        take(*old);
      }
      if (old != before.entries.end() && key_of(*old) == key_of(entry)) {
        ++old;
      }
      take(entry);
    }
  }
  std::for_each(old, before.entries.end(), take);
  return out;
}

void make_keys_anew(std::vector<live_entry>& entries, const row_compiler& compiler) {
  for (live_entry& each : entries) {
    if (is_ip(each.kind) || each.kind == kind::text_sig) {
      continue;  // of a text the signature is all that there is; other forms make others
    }
    const auto canonical = compiler.canonical_of(each.kind, each.text);
    if (!canonical) {
      throw load_error{
          exit_bad_data,
          fmt::format("{}: said at run time, and has no canonical form any more", each.text)};
    }
    each.key = compiler.fingerprint_of(*canonical);
  }
  std::ranges::sort(entries, [](const live_entry& a, const live_entry& b) {
    return std::tuple(key_of(a), b.seq) < std::tuple(key_of(b), a.seq);
  });
  const auto same_key = [](const live_entry& a, const live_entry& b) {
    return key_of(a) == key_of(b);
  };
  entries.erase(std::unique(entries.begin(), entries.end(), same_key), entries.end());
}

std::set<removed_key> removed_keys(const live_state& live) {
  std::set<removed_key> out;
  for (const live_entry& entry : live.entries) {
    if (is_removal(entry)) {
      out.insert({entry.kind, entry.key});
    }
  }
  return out;
}

void drop_idle_removals(live_state& live, const std::set<removed_key>& seen) {
  std::erase_if(live.entries, [&](const live_entry& entry) {
    return is_removal(entry) && !seen.contains({entry.kind, entry.key});
  });
}

}  // namespace repute::load
