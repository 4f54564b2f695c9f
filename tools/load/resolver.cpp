// SPDX-License-Identifier: Apache-2.0
#include "load/resolver.hpp"

#include <boost/unordered/unordered_flat_map.hpp>

#include <algorithm>
#include <bitset>
#include <cstring>
#include <string>
#include <tuple>

namespace repute::load {
namespace {

using store::record;
using store::record_set;

// Which records say something about one key (or one prefix).
struct group_id {
  repute::kind kind{};
  std::uint8_t prefix_length = 0;
  fingerprint key{};

  bool operator==(const group_id&) const = default;
};
struct group_hash {
  std::size_t operator()(const group_id& id) const noexcept {
    // Fingerprints are uniform; addresses are not, so all bytes are mixed (splitmix64 finaliser).
    std::uint64_t x = load_le<std::uint64_t>(id.key.data()) ^
                      (load_le<std::uint64_t>(id.key.data() + 8) * 0x9e3779b97f4a7c15U) ^
                      (std::uint64_t{static_cast<std::uint8_t>(id.kind)} << 8 | id.prefix_length);
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9U;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebU;
    return static_cast<std::size_t>(x ^ (x >> 31));
  }
};
struct group {
  std::size_t first = 0;  ///< in the resolver's representatives
  std::size_t count = 0;
};

group_id id_of(const record& r) {
  return {r.kind, r.prefix_length, r.key};
}

// True if two rows of one group differ in nothing that a verdict depends on, except when they end.
bool says_the_same(const record& a, const record& b) {
  const auto said = [](const record& r) {
    return std::tie(r.feed, r.exclusion, r.verdict, r.score, r.category, r.cache_ttl_s);
  };
  return said(a) == said(b);
}

// Clears all bits of `key` beyond `length`.
fingerprint masked(fingerprint key, unsigned length) {
  for (unsigned byte = 0; byte < key.size(); ++byte) {
    const unsigned kept = length > byte * 8 ? std::min(8U, length - byte * 8) : 0;
    key[byte] = static_cast<std::uint8_t>(key[byte] & (0xff00U >> kept));
  }
  return key;
}

unsigned full_length(kind kind) {
  return kind == kind::ip4 ? 32 : 128;
}

// Millions of keys share few verdicts: each distinct one is kept once.
class verdict_pool {
 public:
  explicit verdict_pool(std::vector<store::resolved_verdict>& verdicts) : verdicts_(verdicts) {}

  std::uint32_t index_of(const store::resolved_verdict& verdict) {
    key_.clear();
    for (const auto& step : verdict.steps) {
      std::array<std::uint8_t, answer_size + 4> bytes{};
      encode_answer(step.value, bytes.data());
      store_le(bytes.data() + answer_size, step.expires_h);
      key_.append(bytes.begin(), bytes.end());
    }
    key_ += '|';
    for (const std::uint16_t feed : verdict.feeds) {
      key_ += static_cast<char>(feed & 0xff);
      key_ += static_cast<char>(feed >> 8);
    }
    const auto [found, added] =
        known_.try_emplace(key_, static_cast<std::uint32_t>(verdicts_.size()));
    if (added) {
      verdicts_.push_back(verdict);
    }
    return found->second;
  }

 private:
  std::vector<store::resolved_verdict>& verdicts_;
  boost::unordered_flat_map<std::string, std::uint32_t> known_;
  std::string key_;
};

class resolver {
 public:
  resolver(const record_set& records, row_compiler& compiler, std::uint16_t fixed_feed,
           std::uint64_t ip_seed, std::uint32_t now_h)
      : records_(records),
        compiler_(compiler),
        fixed_feed_(fixed_feed),
        ip_seed_(ip_seed),
        now_h_(now_h),
        pool_(out_.verdicts) {
    index_records();
  }

  resolved_rows run(const store::progress_callback& progress);

 private:
  void index_records();
  void add_claims(const group_id& id, std::uint32_t level, std::vector<claim>& into) const;
  void add_covering_prefixes(kind kind, const fingerprint& address, unsigned below,
                             std::uint32_t& level, std::vector<claim>& into) const;
  std::vector<claim> claims_on(const record& own);
  void resolve_key(const record& own);
  template <class Address, class Load>
  void resolve_prefixes(kind kind, Load load, std::vector<store::resolved_range<Address>>& ranges);
  std::uint32_t verdict_of_prefix(const group_id& id);

  const record_set& records_;
  row_compiler& compiler_;
  std::uint16_t fixed_feed_;
  std::uint64_t ip_seed_;
  std::uint32_t now_h_;
  std::vector<std::size_t> representatives_;  // of records_; those of one group are adjacent
  boost::unordered_flat_map<group_id, group, group_hash> groups_;
  std::bitset<129> lengths4_;
  std::bitset<129> lengths6_;
  resolved_rows out_;
  verdict_pool pool_;
};

// Of rows that say the same of one key (with other reasons, say) only the one that ends last is
// indexed: a network repeated very often must not cost so much for each address in it. Such rows
// are adjacent and sorted by their end, but "never" (0) comes first.
void resolver::index_records() {
  groups_.reserve(records_.size());
  for (std::size_t i = 0; i < records_.size(); ++i) {
    const record r = records_[i];
    const auto [found, added] = groups_.try_emplace(id_of(r), group{representatives_.size(), 0});
    if (!added && says_the_same(records_[representatives_.back()], r)) {
      if (records_[representatives_.back()].expires_h != 0) {
        representatives_.back() = i;
      }
      continue;
    }
    representatives_.push_back(i);
    ++found->second.count;
    if (is_ip(r.kind)) {
      (r.kind == kind::ip4 ? lengths4_ : lengths6_).set(r.prefix_length);
    }
  }
}

void resolver::add_claims(const group_id& id, std::uint32_t level, std::vector<claim>& into) const {
  const auto found = groups_.find(id);
  if (found == groups_.end()) {
    return;
  }
  for (std::size_t i = 0; i < found->second.count; ++i) {
    into.push_back({records_[representatives_[found->second.first + i]], level});
  }
}

// Prefixes shorter than `below` that hold the address, the longest first; each that has rows is a
// level.
void resolver::add_covering_prefixes(kind kind, const fingerprint& address, unsigned below,
                                     std::uint32_t& level, std::vector<claim>& into) const {
  const auto& lengths = kind == kind::ip4 ? lengths4_ : lengths6_;
  for (unsigned length = below; length-- > 0;) {
    if (!lengths.test(length)) {
      continue;
    }
    const std::size_t before = into.size();
    add_claims({kind, static_cast<std::uint8_t>(length), masked(address, length)}, level, into);
    level += into.size() != before ? 1 : 0;
  }
}

std::vector<claim> resolver::claims_on(const record& own) {
  std::vector<claim> claims;
  add_claims(id_of(own), 0, claims);
  std::uint32_t level = 1;
  if (is_ip(own.kind)) {
    add_covering_prefixes(own.kind, own.key, own.prefix_length, level, claims);
    return claims;
  }
  const auto canonical = compiler_.canonical_of(own);
  if (!canonical) {
    return claims;
  }
  const auto covering = compiler_.canon().covering(*canonical);
  for (auto key = covering.begin() + 1; key < covering.end(); ++key, ++level) {
    if (is_ip(key->kind)) {
      fingerprint address{};
      std::copy(key->canonical.begin(), key->canonical.end(), address.begin());
      add_covering_prefixes(key->kind, address, full_length(key->kind) + 1, level, claims);
    } else {
      add_claims({key->kind, 0, compiler_.fingerprint_of(*key)}, level, claims);
    }
  }
  return claims;
}

void resolver::resolve_key(const record& own) {
  const auto resolved = resolve_claims(claims_on(own), fixed_feed_, now_h_);
  if (resolved.steps.empty()) {
    return;
  }
  const std::size_t size = key_size(own.kind);
  const auto key = is_ip(own.kind) ? store::table_key_of_address(
                                         own.kind, byte_view(own.key).first(size), ip_seed_)
                                   : store::table_key_of(own.key.data());
  out_.keys.push_back({key, own.kind, pool_.index_of(resolved)});
}

std::uint32_t resolver::verdict_of_prefix(const group_id& id) {
  record own;
  own.kind = id.kind;
  own.key = id.key;
  own.prefix_length = id.prefix_length;
  auto resolved = resolve_claims(claims_on(own), fixed_feed_, now_h_);
  // An excluded range needs no mark of its own: addresses have no less specific key to ask.
  bool silent = true;
  for (store::verdict_step& step : resolved.steps) {
    const bool excluded = step.value.verdict == verdict::none;
    step.value.status = excluded ? status::not_listed : step.value.status;
    silent = silent && excluded;
  }
  return silent ? store::no_verdict : pool_.index_of(resolved);
}

// First address after a prefix; wraps to zero after the last one of the family.
std::uint32_t end_of(std::uint32_t start, unsigned length) {
  return length == 0 ? 0 : start + (std::uint32_t{1} << (32 - length));
}
store::address6 end_of(store::address6 start, unsigned length) {
  if (length == 0) {
    return {};
  }
  if (length <= 64) {
    return {start.high + (std::uint64_t{1} << (64 - length)), 0};
  }
  const std::uint64_t low = start.low + (std::uint64_t{1} << (128 - length));
  return {start.high + (low == 0 ? 1 : 0), low};
}

// One sweep over prefixes sorted by address, shorter first: the innermost open prefix is in force.
template <class Address, class Load>
void resolver::resolve_prefixes(kind kind, Load load,
                                std::vector<store::resolved_range<Address>>& ranges) {
  struct open_prefix {
    Address end{};  // zero: the end of the family
    std::uint32_t verdict = store::no_verdict;
  };
  std::vector<open_prefix> open;
  const auto begin_range = [&](Address start, std::uint32_t verdict) {
    if (!ranges.empty() && ranges.back().start == start) {
      ranges.back().verdict = verdict;
    } else {
      ranges.push_back({start, verdict});
    }
  };
  const auto close_until = [&](const Address* start) {
    while (!open.empty() &&
           (start == nullptr || (open.back().end != Address{} && open.back().end <= *start))) {
      const Address end = open.back().end;
      open.pop_back();
      if (end != Address{}) {
        begin_range(end, open.empty() ? store::no_verdict : open.back().verdict);
      }
    }
  };
  std::size_t previous = records_.size();
  for (std::size_t i = 0; i < records_.size(); ++i) {
    const record r = records_[i];
    if (r.kind != kind || r.prefix_length == full_length(kind) ||
        (previous != records_.size() && id_of(records_[previous]) == id_of(r))) {
      continue;
    }
    previous = i;
    const Address start = load(r.key.data());
    close_until(&start);
    open.push_back({end_of(start, r.prefix_length), verdict_of_prefix(id_of(r))});
    begin_range(start, open.back().verdict);
  }
  close_until(nullptr);
}

resolved_rows resolver::run(const store::progress_callback& progress) {
  constexpr std::size_t report_every = 1 << 16;
  for (std::size_t i = 0; i < records_.size(); ++i) {
    const record r = records_[i];
    if (progress && i % report_every == 0) {
      progress("resolve", static_cast<double>(i) / static_cast<double>(records_.size()));
    }
    const bool is_key = !is_ip(r.kind) || r.prefix_length == full_length(r.kind);
    if (is_key && (i == 0 || id_of(records_[i - 1]) != id_of(r))) {
      resolve_key(r);
    }
  }
  resolve_prefixes<std::uint32_t>(kind::ip4, store::load_address4, out_.ranges4);
  resolve_prefixes<store::address6>(kind::ip6, store::load_address6, out_.ranges6);
  return std::move(out_);
}

}  // namespace

resolved_rows resolve(const record_set& records, row_compiler& compiler, std::uint16_t fixed_feed,
                      std::uint64_t ip_seed, std::uint32_t now_h,
                      const store::progress_callback& progress) {
  return resolver(records, compiler, fixed_feed, ip_seed, now_h).run(progress);
}

}  // namespace repute::load
