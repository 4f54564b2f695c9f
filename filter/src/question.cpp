// SPDX-License-Identifier: Apache-2.0
#include "repute/mail/question.hpp"

#include <algorithm>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "spread.hpp"

namespace repute::mail {
namespace {

using key_list = std::vector<canonical_key>;
using places = std::vector<std::size_t>;  ///< of facts

/// A text signature is as long as eleven other keys.
constexpr int signature_surplus = 10;

struct hash_of_key {
  std::size_t operator()(const canonical_key* key) const noexcept {
    return std::hash<std::string>()(key->canonical) * 31 + static_cast<std::size_t>(key->kind);
  }
};
struct same_key {
  bool operator()(const canonical_key* a, const canonical_key* b) const noexcept {
    return *a == *b;
  }
};

/// Keys about one host, whoever names it: its name and parents, or its address.
struct host_keys {
  key_list keys;      ///< the most specific first
  std::string owner;  ///< registrable domain or address: what one sender pays for
};

std::string_view host_in(const canonical_key& key) noexcept {
  const std::string_view form = key.canonical;
  return key.kind == kind::url ? form.substr(0, form.find('/')) : form;
}

class chooser {
 public:
  chooser(const message_facts& from, const canon::canonicalizer& canon, std::uint64_t seed)
      : facts_(from.facts), canon_(canon), seed_(seed), own_keys_(from.facts.size()) {}

  question choose(const seal::fingerprinter& fingerprints) {
    ask_addresses();
    ask_digests();
    ask_texts();
    ask_names();
    ask_urls();
    return written(fingerprints);
  }

 private:
  void ask_addresses();
  void ask_digests();
  void ask_texts();
  void ask_names();
  void ask_urls();
  question written(const seal::fingerprinter& fingerprints);

  template <class Test>
  places facts_where(Test test) const {
    places out;
    for (std::size_t i = 0; i < facts_.size(); ++i) {
      if (test(facts_[i])) {
        out.push_back(i);
      }
    }
    return out;
  }

  /// What the quotas before left is added to this one.
  void open_quota(int keys) { room_ += keys; }

  void ask(const canonical_key& key) {
    if (asked_.contains(&key)) {
      return;
    }
    if (room_ <= 0) {
      quota_reached_ = true;
      return;
    }
    --room_;
    asked_.insert(&key);
    chosen_.push_back(&key);
  }

  const host_keys& host_of(std::size_t fact);
  const key_list& own_keys_of(std::size_t fact);
  places by_owner(const places& wanted);

  const std::vector<fact>& facts_;
  const canon::canonicalizer& canon_;
  std::uint64_t seed_;
  int room_ = 0;
  bool quota_reached_ = false;
  std::unordered_map<std::string_view, host_keys> hosts_;
  std::vector<key_list> own_keys_;  ///< of each fact, without those of its host; made when needed
  std::unordered_set<const canonical_key*, hash_of_key, same_key> asked_;
  std::vector<const canonical_key*> chosen_;
};

bool has_host(const fact& each) noexcept {
  return each.subject == subject::domain || each.subject == subject::url;
}

const host_keys& chooser::host_of(std::size_t fact) {
  const canonical_key& key = facts_[fact].canonical;
  const auto [at, is_new] = hosts_.try_emplace(host_in(key));
  host_keys& host = at->second;
  if (is_new) {
    const std::string name(at->first);
    host.keys = canon_.covering(key.kind == kind::url ? canonical_key{kind::url, name + "/"} : key);
    std::erase_if(host.keys, [](const canonical_key& each) { return each.kind == kind::url; });
    host.owner = host.keys.empty() ? name : host.keys.back().canonical;
  }
  return host;
}

/// Expressions of a URL; for all else what covers it.
const key_list& chooser::own_keys_of(std::size_t fact) {
  key_list& keys = own_keys_[fact];
  if (keys.empty()) {
    keys = canon_.covering(facts_[fact].canonical);
    if (facts_[fact].subject == subject::url) {
      std::erase_if(keys, [](const canonical_key& each) { return each.kind != kind::url; });
    }
  }
  return keys;
}

/// The client and the sender, then one fact of each owner, then the others.
places chooser::by_owner(const places& wanted) {
  places out;
  places first;
  places others;
  std::unordered_set<std::string_view> owners;
  std::unordered_set<role> senders;
  for (const std::size_t i : wanted) {
    const role where = facts_[i].role;
    const bool is_sender = where == role::client || where == role::mail_from || where == role::from;
    const std::string& owner =
        has_host(facts_[i]) ? host_of(i).owner : facts_[i].canonical.canonical;
    const bool is_new = owners.insert(owner).second;
    const bool before_all = is_sender && senders.insert(where).second;
    (before_all ? out : is_new ? first : others).push_back(i);
  }
  for (const places& each : {first, others}) {
    for (const std::size_t place : detail::spread(each.size(), seed_)) {
      out.push_back(each[place]);
    }
  }
  return out;
}

void chooser::ask_addresses() {
  open_quota(16);
  const auto wanted =
      facts_where([](const fact& each) { return each.subject == subject::ip || has_host(each); });
  for (const std::size_t i : by_owner(wanted)) {
    for (const canonical_key& key : has_host(facts_[i]) ? host_of(i).keys : own_keys_of(i)) {
      if (is_ip(key.kind)) {
        ask(key);
      }
    }
  }
}

/// First what the caller says and who the sender is; then the content of each file, its MD5 and its
/// name, so that many files leave each of them one key; then further addresses of mail.
void chooser::ask_digests() {
  open_quota(32);
  const auto rank = [](const fact& each) {
    switch (each.subject) {
      case subject::email:
      case subject::email_md5:
        return 4;
      case subject::sha256:
      case subject::image_md5:
        return 1;
      case subject::md5:
        return 2;
      case subject::name_md5:
        return 3;
      default:
        return 0;
    }
  };
  places wanted = facts_where([](const fact& each) {
    return each.subject != subject::ip && each.subject != subject::text &&
           each.subject != subject::textsig && !has_host(each);
  });
  std::unordered_set<int> senders;
  std::vector<int> ranks(facts_.size());
  for (const std::size_t i : wanted) {
    const int sender = static_cast<int>(facts_[i].role) * 256 + static_cast<int>(facts_[i].subject);
    ranks[i] = rank(facts_[i]);
    ranks[i] = ranks[i] == 4 && senders.insert(sender).second ? 0 : ranks[i];
  }
  std::ranges::stable_sort(wanted, [&](std::size_t a, std::size_t b) {
    return std::pair(ranks[a], facts_[b].size) < std::pair(ranks[b], facts_[a].size);
  });
  for (const std::size_t i : wanted) {
    std::ranges::for_each(own_keys_of(i), [this](const canonical_key& key) { ask(key); });
  }
}

void chooser::ask_texts() {
  open_quota(4);
  int surplus = 0;
  for (const subject what : {subject::textsig, subject::text}) {
    for (const std::size_t i :
         facts_where([what](const fact& each) { return each.subject == what; })) {
      const std::size_t before = chosen_.size();
      ask(own_keys_of(i).front());
      surplus += what == subject::textsig && chosen_.size() > before ? signature_surplus : 0;
    }
  }
  room_ -= surplus;
}

void chooser::ask_names() {
  open_quota(48);
  const places order = by_owner(facts_where(has_host));
  for (const bool first_round : {true, false}) {
    for (const std::size_t i : order) {
      const key_list& keys = host_of(i).keys;
      for (std::size_t level = 0; level < keys.size(); ++level) {
        const bool most_valuable = level == 0 || level + 1 == keys.size();
        if (!is_ip(keys[level].kind) && most_valuable == first_round) {
          ask(keys[level]);
        }
      }
    }
  }
}

void chooser::ask_urls() {
  open_quota(28);
  const places order =
      by_owner(facts_where([](const fact& each) { return each.subject == subject::url; }));
  for (const bool first_round : {true, false}) {
    for (const std::size_t i : order) {
      if (room_ <= 0) {
        quota_reached_ = true;
        return;
      }
      const std::size_t host_size = host_in(facts_[i].canonical).size();
      const key_list& keys = own_keys_of(i);
      for (std::size_t level = 0; level < keys.size(); ++level) {
        // With query, without it, and the whole host are worth more than the folders between.
        const bool most_valuable = level < 2 || keys[level].canonical.size() == host_size + 1;
        if (most_valuable == first_round) {
          ask(keys[level]);
        }
      }
    }
  }
}

question chooser::written(const seal::fingerprinter& fingerprints) {
  question out;
  out.quota_reached = quota_reached_;
  std::stable_partition(chosen_.begin(), chosen_.end(),
                        [](const canonical_key* key) { return key->kind == kind::text_sig; });
  std::unordered_map<const canonical_key*, std::uint16_t, hash_of_key, same_key> place_of;
  for (const canonical_key* key : chosen_) {
    place_of.emplace(key, static_cast<std::uint16_t>(out.keys.size()));
    out.keys.push_back(fingerprints.make_key(*key));
  }
  out.levels.resize(facts_.size());
  const auto add_levels = [&](const key_list& keys, std::vector<std::uint16_t>& to) {
    for (const canonical_key& key : keys) {
      if (const auto at = place_of.find(&key); at != place_of.end()) {
        to.push_back(at->second);
      }
    }
  };
  for (std::size_t i = 0; i < facts_.size(); ++i) {
    add_levels(own_keys_[i], out.levels[i]);
    if (has_host(facts_[i])) {
      add_levels(host_of(i).keys, out.levels[i]);
    }
  }
  return out;
}

}  // namespace

question ask_about(const message_facts& from, const canon::canonicalizer& canon,
                   const seal::fingerprinter& fingerprints, std::uint64_t seed) {
  return chooser(from, canon, seed).choose(fingerprints);
}

}  // namespace repute::mail
