// SPDX-License-Identifier: Apache-2.0
#include "load/resolver.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <span>
#include <string>
#include <utility>

#include "load/prefix_ranges.hpp"
#include "load/row_batch.hpp"
#include "load/verdict_memo.hpp"
#include "store/parallel.hpp"
#include "store/record_block.hpp"

namespace repute::load {
namespace {

// Keys whose covering forms are looked for together.
constexpr std::size_t group_size = 16;

// A key that covers another one, perhaps with rows.
struct covering_key {
  repute::kind kind;
  fingerprint key{};
};

// A few keys of a batch and what could cover them. The filters that tell which forms were never
// seen, and the rows of the others, are far larger than a cache: memory is asked for all of a group
// before any of it is read.
class cover_scout {
 public:
  cover_scout(const cover_index& covers, const row_compiler& compiler)
      : covers_(covers), compiler_(compiler) {}

  void begin_group() {
    size_ = 0;
    questions_.clear();
    covering_.clear();
  }
  void add(const stored_row& own);
  void end_group();
  /// What covers key `i` of the group, the most specific first. Each may turn out to have no rows.
  [[nodiscard]] std::span<const covering_key> covering(std::size_t i) const {
    const std::size_t first = i == 0 ? 0 : keys_[i - 1].covering_end;
    return std::span(covering_).subspan(first, keys_[i].covering_end - first);
  }

 private:
  struct question {
    repute::kind kind;
    std::uint64_t hash;
  };
  struct asked_key {
    canonical_key canonical;
    bool askable = false;
    std::size_t questions_end = 0;
    bool in_networks = false;  // those are no matter of filters
    std::size_t covering_end = 0;
  };

  [[nodiscard]] bool perhaps_covered(std::size_t i) const;
  void find_covering(const canonical_key& own);

  const cover_index& covers_;
  const row_compiler& compiler_;
  std::array<asked_key, group_size> keys_;  // whose strings keep their room
  std::size_t size_ = 0;
  std::vector<question> questions_;
  std::vector<covering_key> covering_;
};

void cover_scout::add(const stored_row& own) {
  asked_key& key = keys_[size_++];
  key.in_networks = false;
  // Nothing covers other kinds.
  key.askable =
      !is_ip(own.kind) && may_cover(own.kind) && compiler_.canonical_of(own, key.canonical);
  if (key.askable) {
    // Whoever wants nothing is asked about everything.
    const auto unwanted = compiler_.canon().covering_among(
        key.canonical, [this, &key](kind kind, std::string_view form) {
          if (is_ip(kind)) {
            key.in_networks = true;
          } else {
            questions_.push_back({kind, store::hash_of(kind, form)});
            covers_.prefetch(kind, questions_.back().hash);
          }
          return false;
        });
    assert(unwanted.empty());
  }
  key.questions_end = questions_.size();
}

bool cover_scout::perhaps_covered(std::size_t i) const {
  const asked_key& key = keys_[i];
  const auto first =
      questions_.begin() + static_cast<std::ptrdiff_t>(i == 0 ? 0 : keys_[i - 1].questions_end);
  const auto last = questions_.begin() + static_cast<std::ptrdiff_t>(key.questions_end);
  return key.askable && (key.in_networks || std::any_of(first, last, [this](const question& each) {
                           return covers_.may_hold(each.kind, each.hash);
                         }));
}

void cover_scout::end_group() {
  for (std::size_t i = 0; i < size_; ++i) {
    if (perhaps_covered(i)) {
      find_covering(keys_[i].canonical);
    }
    keys_[i].covering_end = covering_.size();
  }
}

void cover_scout::find_covering(const canonical_key& own) {
  for (const canonical_key& found :
       compiler_.canon().covering_among(own, [this](kind kind, std::string_view form) {
         return is_ip(kind) || covers_.may_hold(kind, store::hash_of(kind, form));
       })) {
    covering_key& added = covering_.emplace_back(covering_key{found.kind});
    if (is_ip(found.kind)) {
      std::copy(found.canonical.begin(), found.canonical.end(), added.key.begin());
    } else {
      added.key = compiler_.fingerprint_of(found);
    }
    covers_.prefetch_rows(added.kind, added.key);
  }
}

// What all workers read.
struct resolver {
  const attribute_pool& pool;
  const cover_index& covers;
  const row_compiler& compiler;
  const resolve_settings& settings;
  bool blocks;  // are wanted

  void process(row_batch& batch) const;
  void encode(row_batch& batch) const;
  void resolve_key(row_batch& batch, std::size_t key, std::span<const covering_key> covering,
                   verdict_memo& memo, std::vector<said>& claims) const;
  void add_covering(std::span<const covering_key> covering, std::vector<said>& claims) const;
  void add_rows(kind kind, const fingerprint& key, std::uint32_t level,
                std::vector<said>& claims) const;
  void add_networks(kind family, const fingerprint& address, std::uint32_t level,
                    std::vector<said>& claims) const;

  [[nodiscard]] bool is_removed(kind kind, const fingerprint& key) const {
    return !settings.removed.empty() && settings.removed.contains({kind, key});
  }
  [[nodiscard]] bool counts(std::uint32_t attributes, bool removed) const {
    return !removed || pool[attributes].feed == settings.fixed_feed;
  }
};

void resolver::add_rows(kind kind, const fingerprint& key, std::uint32_t level,
                        std::vector<said>& claims) const {
  const bool removed = is_removed(kind, key);
  for (const cover_row& row : covers.rows_of(kind, key)) {
    if (counts(row.attributes, removed)) {
      claims.push_back({row.attributes, level});
    }
  }
}

// Networks around an address, the longest first; each is a level.
void resolver::add_networks(kind family, const fingerprint& address, std::uint32_t level,
                            std::vector<said>& claims) const {
  const auto& prefixes = covers.prefixes(family);
  for (auto at = covers.innermost(family, address); at != covering_prefix::none;
       at = prefixes[at].parent, ++level) {
    for (const cover_row& row : prefixes[at].rows) {
      claims.push_back({row.attributes, level});
    }
  }
}

// Levels only have to ascend: those without rows need no number.
void resolver::add_covering(std::span<const covering_key> covering,
                            std::vector<said>& claims) const {
  std::uint32_t level = 1;
  for (const covering_key& each : covering) {
    add_rows(each.kind, each.key, level++, claims);
    if (is_ip(each.kind)) {
      add_networks(each.kind, each.key, level, claims);
    }
  }
}

void resolver::encode(row_batch& batch) const {
  std::vector<store::record> rows;
  std::size_t at = 0;
  for (const std::uint32_t end : batch.block_ends) {
    rows.clear();
    for (; at < end; ++at) {
      rows.push_back(to_record(batch.rows[at], pool[batch.rows[at].attributes]));
    }
    batch.blocks.push_back(store::encode_block(rows));
  }
}

void resolver::process(row_batch& batch) const {
  if (blocks) {
    encode(batch);
  }
  verdict_memo memo(pool, settings.fixed_feed, settings.now_h, batch.verdicts);
  cover_scout scout(covers, compiler);
  std::vector<said> claims;
  for (std::size_t begin = 0; begin < batch.keys.size(); begin += group_size) {
    const std::size_t end = std::min(begin + group_size, batch.keys.size());
    for (std::size_t next = end; next < std::min(end + group_size, batch.keys.size()); ++next) {
      __builtin_prefetch(batch.row_of(batch.keys[next]).texts);  // they lie anywhere
    }
    scout.begin_group();
    for (std::size_t i = begin; i < end; ++i) {
      scout.add(batch.row_of(batch.keys[i]));
    }
    scout.end_group();
    for (std::size_t i = begin; i < end; ++i) {
      resolve_key(batch, i, scout.covering(i - begin), memo, claims);
    }
  }
}

// Appends what a key's claims come to. `claims` is room to work in.
void resolver::resolve_key(row_batch& batch, std::size_t key,
                           std::span<const covering_key> covering, verdict_memo& memo,
                           std::vector<said>& claims) const {
  const stored_row& own = batch.row_of(batch.keys[key]);
  if (is_ip(own.kind) && own.prefix_length != full_length(own.kind)) {
    return;
  }
  claims.clear();
  for (const std::uint32_t attributes : batch.claims_of(key)) {
    claims.push_back({attributes, 0});
  }
  if (is_ip(own.kind)) {
    add_networks(own.kind, own.key, 1, claims);
  } else {
    add_covering(covering, claims);
  }
  if (claims.empty()) {
    return;
  }
  const auto place = is_ip(own.kind) ? store::table_key_of_address(
                                           own.kind, byte_view(own.key).first(key_size(own.kind)),
                                           settings.ip_seed)
                                     : store::table_key_of(own.key.data());
  batch.resolved.push_back({place, own.kind, memo.index_of(own.kind, claims)});
}

// The batches' results put together, in order.
class collector {
 public:
  collector(const resolver& of, std::uint64_t rows, const resolved_sink& sink,
            const store::progress_callback& progress, resolved& out)
      : of_(of), rows_(rows), sink_(sink), progress_(progress), out_(out), pool_(out.verdicts) {}

  void take(row_batch& batch) {
    std::size_t first = 0;
    for (std::size_t i = 0; i < batch.blocks.size(); ++i) {
      const stored_row& row = batch.rows[first];
      sink_.block(to_record(row, of_.pool[row.attributes]), batch.blocks[i]);
      first = batch.block_ends[i];
    }
    std::vector<std::uint32_t> number;
    for (const store::resolved_verdict& verdict : batch.verdicts) {
      number.push_back(pool_.index_of(verdict));
    }
    for (store::resolved_key& key : batch.resolved) {
      key.verdict = number[key.verdict];
      if (sink_.key) {
        sink_.key(key);
      }
    }
    out_.keys += batch.resolved.size();
    count_rows(batch);
    note_removed(batch);
    seen_ += batch.rows.size();
    if (progress_) {
      progress_("resolve", static_cast<double>(seen_) / static_cast<double>(rows_));
    }
  }

  verdict_pool& verdicts() noexcept { return pool_; }

 private:
  void count_rows(const row_batch& batch) {
    for (const stored_row& row : batch.rows) {
      const std::size_t feed = of_.pool[row.attributes].feed;
      if (feed >= out_.rows_by_feed.size()) {
        out_.rows_by_feed.resize(feed + 1);
      }
      ++out_.rows_by_feed[feed];
    }
  }

  void note_removed(const row_batch& batch) {
    if (of_.settings.removed.empty()) {
      return;
    }
    for (const key_rows& key : batch.keys) {
      const stored_row& row = batch.row_of(key);
      const bool network = is_ip(row.kind) && row.prefix_length != full_length(row.kind);
      if (!network && of_.is_removed(row.kind, row.key)) {
        out_.removed_seen.insert({row.kind, row.key});
      }
    }
  }

  const resolver& of_;
  std::uint64_t rows_;
  const resolved_sink& sink_;
  const store::progress_callback& progress_;
  resolved& out_;
  verdict_pool pool_;
  std::uint64_t seen_ = 0;
};

}  // namespace

resolved resolve(row_pile& rows, const row_compiler& compiler, const resolve_settings& settings,
                 const resolved_sink& sink, const store::progress_callback& progress) {
  const cover_index covers(rows);
  const resolver workers{rows.attributes(), covers, compiler, settings, sink.block != nullptr};
  resolved out;
  collector results(workers, rows.size(), sink, progress, out);
  store::ordered_batches<row_batch> batches(
      settings.threads, [&workers](row_batch& batch) { workers.process(batch); },
      [&results](row_batch& batch) { results.take(batch); });
  row_batcher(rows, [&batches](row_batch batch) { batches.push(std::move(batch)); }).run();
  batches.finish();
  const prefix_resolver prefixes(covers, rows.attributes(), settings.fixed_feed, settings.now_h,
                                 results.verdicts());
  out.ranges4 = prefixes.ranges4();
  out.ranges6 = prefixes.ranges6();
  return out;
}

}  // namespace repute::load
