// SPDX-License-Identifier: Apache-2.0
// The part of serving_store that tells what was said and what is answered.
#include <memory>

#include "store/serving_store.hpp"

namespace repute::store {
namespace {

constexpr std::size_t scanned_max = 10'000;
constexpr std::size_t page_bytes_max = 48 << 10;

std::size_t text_bytes(const live_entry& entry) noexcept {
  return entry.who.size() + entry.text.size() + entry.reason.size();
}

}  // namespace

result<std::optional<live_entry>> serving_store::find(const live_key& wanted) const {
  auto found = overlay_.find(wanted);
  if (!found || adopted_ == nullptr || (*found && (*found)->seq > base_of(*adopted_))) {
    return found;
  }
  return adopted_->live.find(wanted);
}

std::optional<answer> serving_store::answer_now(const live_key& about,
                                                std::uint64_t now_unix_s) const {
  if (state_ == nullptr) {
    return std::nullopt;
  }
  if (about.kind == kind::text_sig) {
    return answer_about_text(about, now_unix_s);
  }
  const snapshot_view& view = state_->view();
  const live_view live = state_->live();
  const probe wanted = view.make_probe(about.kind, about.key.data());
  answer out;
  if (!is_network(about)) {
    live.lookup(view, {&wanted, 1}, now_unix_s, {&out, 1});
    return out;
  }
  // Of the network as a whole: nothing longer than it counts.
  for (const live_layer layer : {live_layer::override, live_layer::live}) {
    const live_said* said = live.networks == nullptr
                                ? nullptr
                                : live.networks->of(layer, about.kind)
                                      .find(network_address(about.kind, about.key.data()),
                                            now_unix_s, about.prefix_length);
    if (said != nullptr) {
      return said->bounded(said->answer, now_unix_s);
    }
  }
  return view.resolve(view.find_network(wanted), about.kind, now_unix_s);
}

// What a client hears who asks about the very text; nothing is known of one that nobody spoke of.
answer serving_store::answer_about_text(const live_key& about, std::uint64_t now_unix_s) const {
  live_key of_layer = about;
  for (const live_layer layer : {live_layer::override, live_layer::live}) {
    of_layer.layer = layer;
    const auto said = find(of_layer);
    if (const auto signature = said && *said ? signature_of(**said) : std::nullopt) {
      const auto scratch = std::make_unique<campaign_scratch>();
      return state_->live().about_text(encode_text_signature(*signature), now_unix_s, *scratch);
    }
  }
  return {.ttl_s = negative_ttl_s};
}

result<live_words> serving_store::words_about(kind kind, const fingerprint& key,
                                              std::uint8_t prefix_length,
                                              std::uint64_t now_unix_s) const {
  const std::lock_guard lock(mutex_);
  live_words out;
  live_key about{live_layer::override, kind, key, prefix_length};
  auto override = find(about);
  if (!override) {
    return override.error();
  }
  about.layer = live_layer::live;
  auto live = find(about);
  if (!live) {
    return live.error();
  }
  out.override = std::move(*override);
  out.live = std::move(*live);
  out.now = answer_now(about, now_unix_s);
  return out;
}

text_counts serving_store::texts(std::uint64_t now_unix_s) const {
  const std::lock_guard lock(mutex_);
  if (live_.texts == nullptr) {
    return {};
  }
  const campaign_index& index = *live_.texts->index();
  return {index.campaigns(), index.count_in_force(now_unix_s)};
}

// Two sorted lists at once: the overlay's entry stands for the snapshot's of the same key.
result<void> serving_store::visit_after(const std::optional<live_key>& after,
                                        const overlay::visitor& visit) const {
  const live_list none;
  const live_list& old = adopted_ == nullptr ? none : adopted_->live;
  const std::uint64_t base = adopted_ == nullptr ? 0 : base_of(*adopted_);
  std::size_t at = after ? old.first_after(*after) : 0;
  bool more = true;
  const auto done = overlay_.visit_after(after, [&](const live_entry& entry) {
    if (entry.seq <= base) {
      return true;
    }
    for (; more && at < old.size(); ++at) {
      const live_entry before = old[at];
      if (!live_less(before, entry)) {
        at += live_less(entry, before) ? 0 : 1;
        break;
      }
      more = visit(before);
    }
    more = more && visit(entry);
    return more;
  });
  for (; done && more && at < old.size(); ++at) {
    more = visit(old[at]);
  }
  return done;
}

result<live_page> serving_store::list(live_layer layer, const std::optional<live_key>& after,
                                      std::size_t count, std::uint64_t now_unix_s) const {
  const std::lock_guard lock(mutex_);
  live_page out;
  std::size_t scanned = 0;
  std::size_t bytes = 0;
  std::optional<live_key> last;
  const live_key before_layer{.layer = layer};  // no entry has kind 0
  const auto visited = visit_after(after ? *after : before_layer, [&](const live_entry& entry) {
    if (entry.layer != layer) {
      return false;
    }
    if (out.entries.size() == count || bytes > page_bytes_max || scanned == scanned_max) {
      out.next = last;
      return false;
    }
    ++scanned;
    last = key_of(entry);
    const bool gone = layer == live_layer::override && entry.action == live_action::remove;
    if (in_force(entry, now_unix_s) && !gone) {
      bytes += text_bytes(entry);
      out.entries.push_back(entry);
    }
    return true;
  });
  if (!visited) {
    return visited.error();
  }
  return out;
}

}  // namespace repute::store
