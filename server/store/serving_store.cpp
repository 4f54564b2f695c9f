// SPDX-License-Identifier: Apache-2.0
#include "store/serving_store.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>

#include "store/byte_cursor.hpp"
#include "store/file.hpp"
#include "store/kept_snapshots.hpp"
#include "store/meta.hpp"

namespace repute::store {
namespace {

constexpr unsigned fold_mode = 0640;
constexpr std::string_view fold_prefix = "fold-";

std::filesystem::path overlay_path(const std::filesystem::path& db) {
  return db / "overlay";
}

table_key place_of(const live_key& of, const adopted_snapshot& under) {
  return under.snapshot->view().make_probe(of.kind, of.key.data()).key;
}

void remove_folds(const std::filesystem::path& directory,
                  std::initializer_list<std::string_view> but) {
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(directory, ignored)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with(fold_prefix) && std::ranges::find(but, name) == but.end()) {
      std::filesystem::remove(entry.path(), ignored);
    }
  }
}

// Only what is put about networks needs to be known: taking it back leaves nothing.
void set_network(std::map<live_key, live_said>& networks, const live_entry& entry) {
  if (entry.action == live_action::put) {
    networks[key_of(entry)] = said_by(entry);
  } else {
    networks.erase(key_of(entry));
  }
}

std::shared_ptr<const live_networks> index_of(const std::map<live_key, live_said>& networks) {
  if (networks.empty()) {
    return nullptr;
  }
  const auto of = [&](live_layer layer, kind family) {
    std::vector<live_network> chosen;
    for (const auto& [key, said] : networks) {
      if (key.layer == layer && key.kind == family) {
        chosen.push_back({network_address(family, key.key.data()), key.prefix_length, said});
      }
    }
    return network_index(std::move(chosen));
  };
  return std::make_shared<const live_networks>(
      live_networks{of(live_layer::override, kind::ip4), of(live_layer::override, kind::ip6),
                    of(live_layer::live, kind::ip4), of(live_layer::live, kind::ip6)});
}

}  // namespace

serving_store::serving_store(std::filesystem::path db, overlay opened, std::vector<key> fixed,
                             serving_slot& slot)
    : db_(std::move(db)), fixed_(std::move(fixed)), overlay_(std::move(opened)), slot_(slot) {}

result<std::unique_ptr<serving_store>> serving_store::open(const std::filesystem::path& db,
                                                           std::array<std::uint8_t, 2> salt_fp,
                                                           std::vector<key> fixed,
                                                           serving_slot& slot) {
  const auto kept = read_kept_changes(db, 0);
  if (!kept) {
    return kept.error();
  }
  auto opened = overlay::open(overlay_path(db), salt_fp, kept->greatest_base);
  if (!opened) {
    return opened.error();
  }
  remove_folds(overlay_path(db), {});
  return std::unique_ptr<serving_store>(
      new serving_store(db, std::move(*opened), std::move(fixed), slot));
}

bool serving_store::is_fixed(const live_key& wanted) const {
  return !is_network(wanted) && std::any_of(fixed_.begin(), fixed_.end(), [&](const key& each) {
    return each.kind() == wanted.kind &&
           std::equal(each.bytes().begin(), each.bytes().end(), wanted.key.begin());
  });
}

result<void> serving_store::adopt(std::unique_ptr<const snapshot> next) {
  auto live = live_list::read(next->live());
  if (!live) {
    return failure{store_error::corrupt, next->path().string() + ": its live entries are broken"};
  }
  auto adopted =
      std::make_shared<const adopted_snapshot>(adopted_snapshot{std::move(next), std::move(*live)});
  const std::lock_guard lock(mutex_);
  if (adopted->snapshot->view().info.salt_fp != overlay_.salt_fp()) {
    return failure{store_error::foreign_salt,
                   fmt::format("{}: built under another salt than the server started with; "
                               "restart it",
                               adopted->snapshot->path().string())};
  }
  auto made = build(*adopted);
  if (!made) {
    return made.error();
  }
  overlay_.raise_last_seq(adopted->info().data_seq);
  adopted_ = std::move(adopted);
  live_ = std::move(*made);
  publish(live_);
  return {};
}

std::uint64_t serving_store::base_of(const adopted_snapshot& adopted) const noexcept {
  return adopted.info().base_seq_of(overlay_.id());
}

// Everything said since the snapshot was built lies over what it knew: an entry of the overlay up
// to its base is in the snapshot, or was left out of it on purpose. A snapshot from elsewhere knows
// nothing of what was said here.
result<serving_store::built> serving_store::build(const adopted_snapshot& from) const {
  const auto entries = overlay_.size();
  if (!entries) {
    return entries.error();
  }
  built out;
  const std::size_t count = *entries + from.live.size();
  if (count == 0) {
    out.texts = std::make_shared<text_reports>(std::vector<live_entry>());
    return out;
  }
  // Room for half as many changes again, until an index twice as large is made beside this one.
  constexpr std::size_t spare = 1024;
  out.index = std::make_shared<live_index>(count + count / 2 + fixed_.size() + spare);
  std::vector<live_entry> texts;
  const auto add = [&](const live_entry& entry) {
    if (entry.kind == kind::text_sig) {
      texts.push_back(entry);
      return true;
    }
    if (is_network(key_of(entry))) {
      set_network(out.networks, entry);
      return true;
    }
    return out.index->set(place_of(key_of(entry), from), entry.layer, said_by(entry));
  };
  bool room = true;
  for (std::size_t i = 0; i < from.live.size(); ++i) {
    room = add(from.live[i]) && room;
  }
  const auto visited = overlay_.visit_after({}, [&](const live_entry& entry) {
    room = (entry.seq <= base_of(from) || add(entry)) && room;
    return true;
  });
  if (!visited) {
    return visited.error();
  }
  for (const key& each : fixed_) {
    fingerprint bytes{};
    std::copy(each.bytes().begin(), each.bytes().end(), bytes.begin());
    room = out.index->fix(place_of({.kind = each.kind(), .key = bytes}, from)) && room;
  }
  assert(room);
  out.texts = std::make_shared<text_reports>(texts);
  return out;
}

void serving_store::publish(const built& from) {
  auto next = std::make_unique<const serving_state>(
      adopted_, from.index, index_of(from.networks), from.texts->index(),
      std::max(overlay_.last_seq(), adopted_->info().data_seq));
  const serving_state* published = next.get();
  slot_.publish(std::move(next));
  state_ = published;
}

std::size_t serving_store::reclaim() {
  const std::lock_guard lock(mutex_);
  return slot_.reclaim();
}

result<change_outcome> serving_store::change(std::vector<live_entry> changes,
                                             std::uint64_t now_unix_s) {
  const std::lock_guard lock(mutex_);
  change_outcome out;
  for (live_entry& each : changes) {
    if (each.time_unix_s == 0) {
      each.time_unix_s = now_unix_s;
    }
    const auto before = find(key_of(each));
    if (!before) {
      return before.error();
    }
    const bool was =
        *before && (*before)->action == live_action::put && in_force(**before, now_unix_s);
    if (const auto checked = check(each, was, now_unix_s); !checked) {
      return checked.error();
    }
    out.was_in_force.push_back(was);
  }
  if (const auto checked = check_reports(changes, now_unix_s); !checked) {
    return checked.error();
  }
  if (const auto committed = overlay_.commit(changes); !committed) {
    return committed.error();
  }
  out.seq = overlay_.last_seq();
  if (adopted_ == nullptr) {
    return out;
  }
  if (const auto done = put_in_force(changes, out.published); !done) {
    return done.error();
  }
  for (const live_entry& each : changes) {
    out.now.push_back(answer_now(key_of(each), now_unix_s).value());
  }
  return out;
}

result<void> serving_store::check(const live_entry& change, bool was_in_force,
                                  std::uint64_t now_unix_s) const {
  const live_key about = key_of(change);
  if (is_fixed(about)) {
    return failure{store_error::bad_rows, change.text + ": a test point, which never changes"};
  }
  const bool takes_back =
      change.action == live_action::remove && is_network(about) && change.layer == live_layer::live;
  if (!takes_back || was_in_force) {
    return {};
  }
  if (adopted_ == nullptr) {
    return {};
  }
  const snapshot_view& view = adopted_->snapshot->view();
  if (view.lists_in_network(view.make_probe(about.kind, about.key.data()), about.prefix_length,
                            now_unix_s)) {
    return failure{store_error::bad_rows,
                   fmt::format("{}: feeds list addresses of this network, which a removal cannot "
                               "hide; use: repute override add {} --verdict none --reason ...",
                               change.text, change.text)};
  }
  return {};
}

// Those of one batch count together, as if each opened a campaign.
result<void> serving_store::check_reports(std::span<const live_entry> changes,
                                          std::uint64_t now_unix_s) const {
  std::map<std::string_view, std::size_t> reports;
  for (const live_entry& each : changes) {
    if (each.kind == kind::text_sig && live_.texts != nullptr &&
        !live_.texts->may_report(each, reports[each.who]++, now_unix_s)) {
      return failure{store_error::bad_rows,
                     fmt::format("{} opens more than {} campaigns within a day; an administrator's "
                                 "word (override) has no such limit",
                                 each.who, campaigns_a_day_max)};
    }
  }
  return {};
}

// In place where that is possible. What is committed is true whatever happens here: a restart
// finds it.
result<void> serving_store::put_in_force(std::span<const live_entry> changes, bool& published) {
  const bool placed = set_keys(changes);
  bool networks = false;
  for (const live_entry& each : changes) {
    if (is_network(key_of(each))) {
      set_network(live_.networks, each);
      networks = true;
    }
  }
  if (!placed) {
    auto made = build(*adopted_);
    if (!made) {
      return made.error();
    }
    live_ = std::move(*made);
  }
  published = !placed || networks;
  if (published) {
    publish(live_);
    slot_.reclaim();
  } else {
    state_->advance(overlay_.last_seq());
  }
  return {};
}

// False if the index has no room for all changes.
bool serving_store::set_keys(std::span<const live_entry> changes) {
  if (live_.index == nullptr || live_.index->room() < changes.size()) {
    return false;
  }
  bool placed = true;
  for (const live_entry& each : changes) {
    if (each.kind == kind::text_sig) {
      placed = set_text(key_of(each)) && placed;
    } else if (!is_network(key_of(each))) {
      placed =
          live_.index->set(place_of(key_of(each), *adopted_), each.layer, said_by(each)) && placed;
    }
  }
  return placed;
}

// False if there is no room, or what is said cannot be read: then all is built anew.
bool serving_store::set_text(const live_key& about) {
  live_key of_layer = about;
  of_layer.layer = live_layer::live;
  const auto live = find(of_layer);
  of_layer.layer = live_layer::override;
  const auto override = find(of_layer);
  return live && override && (*live || *override) && live_.texts->set(*live, *override);
}

result<fold_file> serving_store::fold() {
  const std::lock_guard lock(mutex_);
  byte_writer payload;
  payload.number(std::uint32_t{0});
  std::uint32_t count = 0;
  const auto visited = overlay_.visit_after({}, [&](const live_entry& entry) {
    encode_live_entry(entry, payload);
    ++count;
    return payload.bytes().size() <= part_size_max;
  });
  if (!visited) {
    return visited.error();
  }
  if (payload_offset + payload.bytes().size() > part_size_max) {
    return failure{store_error::io, "more live entries than a snapshot can hold"};
  }
  store_le(payload.bytes().data(), count);
  fold_file made{fmt::format("{}{}", fold_prefix, overlay_.last_seq()), overlay_.last_seq(),
                 overlay_.id(), overlay_.salt_fp()};
  const std::string_view text(reinterpret_cast<const char*>(payload.bytes().data()),
                              payload.bytes().size());
  if (const auto done = replace_file(overlay_path(db_) / made.name, text, fold_mode); !done) {
    return done.error();
  }
  if (made.name != last_fold_) {
    // Whoever asked just before may be about to read the last one.
    remove_folds(overlay_path(db_), {made.name, last_fold_});
    last_fold_ = made.name;
  }
  return made;
}

result<std::size_t> serving_store::compact() {
  const auto kept = read_kept_changes(db_, overlay_.id());
  if (!kept) {
    return kept.error();
  }
  const std::lock_guard lock(mutex_);
  if (adopted_ == nullptr) {
    return std::size_t{0};
  }
  const std::uint64_t known = std::min(kept->smallest_base, base_of(*adopted_));
  if (known <= compacted_) {
    return std::size_t{0};
  }
  // What the snapshot took in stays here as well: the next one may come from elsewhere.
  auto dropped = overlay_.drop([&](const live_entry& entry) {
    return entry.seq <= known && !adopted_->live.find(key_of(entry));
  });
  compacted_ = dropped ? known : compacted_;
  return dropped;
}

}  // namespace repute::store
