// SPDX-License-Identifier: Apache-2.0
// Small random worlds: every possible lookup in the resolved tables against the page, written out
// plainly.
#include "load/resolver.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>
#include <set>

#include "support/snapshot_builder.hpp"
#include "support/temporary_directory.hpp"
#include "verdict_model.hpp"

namespace repute::load::test {
namespace {

using repute::test::memory_snapshot;

constexpr std::uint16_t test_feed = 3;
constexpr std::uint32_t now_h = 472222;

// A key or a prefix; `length` is for addresses only.
struct node {
  repute::kind kind{};
  std::string form;  ///< canonical form; raw bytes of addresses, masked
  unsigned length = 0;

  auto operator<=>(const node&) const = default;
};

// --- covering keys by the words of keys.md, for forms whose registrable domain is their last two
// labels ---

std::vector<std::string> parents_of(const std::string& name) {
  std::vector<std::string> parents;
  for (std::size_t dot = name.find('.'); dot != std::string::npos; dot = name.find('.', dot + 1)) {
    const std::string parent = name.substr(dot + 1);
    if (parent.find('.') != std::string::npos) {
      parents.push_back(parent);
    }
  }
  if (parents.size() > 4) {
    parents.erase(parents.begin(), parents.end() - 4);
  }
  return parents;
}

std::vector<std::string> paths_of(const std::string& path_and_query) {
  const std::string path = path_and_query.substr(0, path_and_query.find('?'));
  std::vector<std::string> folders;
  for (std::size_t slash = path.find('/'); slash != std::string::npos && folders.size() < 4;
       slash = path.find('/', slash + 1)) {
    folders.insert(folders.begin(), path.substr(0, slash + 1));
  }
  std::vector<std::string> paths{path_and_query};
  for (const std::string& next : folders) {
    if (paths.size() == 1 && path != path_and_query) {
      paths.push_back(path);
    }
    if (next != path && next != path_and_query) {
      paths.push_back(next);
    }
  }
  return paths;
}

std::vector<node> prefixes_of(kind kind, const std::string& address, unsigned from) {
  std::vector<node> out;
  for (unsigned length = from + 1; length-- > 0;) {
    std::string masked = address;
    for (unsigned bit = length; bit < masked.size() * 8; ++bit) {
      masked[bit / 8] = static_cast<char>(masked[bit / 8] & ~(0x80 >> bit % 8));
    }
    out.push_back({kind, masked, length});
  }
  return out;
}

const std::string url_address("\xc0\x00\x02\x01", 4);  // 192.0.2.1

std::vector<node> covering_of(const node& key) {
  std::vector<node> out{key};
  if (is_ip(key.kind)) {
    return prefixes_of(key.kind, key.form, key.length);
  }
  if (key.kind == kind::host || key.kind == kind::domain) {
    for (const std::string& parent : parents_of(key.form)) {
      out.push_back({kind::domain, parent});
    }
  } else if (key.kind == kind::av_record && !key.form.ends_with('\0')) {
    out.push_back({key.kind, key.form.substr(0, key.form.find('\0') + 1)});
  } else if (key.kind == kind::url) {
    out.clear();
    const std::string host = key.form.substr(0, key.form.find('/'));
    const bool is_address = host == "192.0.2.1";
    std::vector<std::string> hosts = is_address ? std::vector<std::string>() : parents_of(host);
    hosts.insert(hosts.begin(), host);
    for (const std::string& each : hosts) {
      for (const std::string& path : paths_of(key.form.substr(host.size()))) {
        out.push_back({kind::url, each + path});
      }
    }
    const auto rest =
        is_address ? prefixes_of(kind::ip4, url_address, 32) : covering_of({kind::host, host});
    out.insert(out.end(), rest.begin(), rest.end());
  }
  return out;
}

// --- the world ---

std::vector<node> all_keys() {
  std::vector<node> keys;
  for (const char* name : {"example.com", "a.example.com", "b.a.example.com", "c.b.a.example.com",
                           "d.c.b.a.example.com", "e.d.c.b.a.example.com",
                           "f.e.d.c.b.a.example.com", "x.example.com", "single"}) {
    keys.push_back({kind::host, name});
    keys.push_back({kind::domain, name});
  }
  for (const char* url :
       {"b.a.example.com/p/q/r.html?x=1", "b.a.example.com/p/q/r.html", "b.a.example.com/p/q/",
        "b.a.example.com/p/", "b.a.example.com/", "a.example.com/p/q/r.html", "a.example.com/p/",
        "example.com/", "example.com/1/2/3/4/5/", "example.com/1/2/3/4/5/?y", "192.0.2.1/p?q",
        "192.0.2.1/"}) {
    keys.push_back({kind::url, url});
  }
  for (const char* record : {"id", "id 1", "id 2"}) {
    std::string form = record;
    std::replace(form.begin(), form.end(), ' ', '\0');
    keys.push_back({kind::av_record, form.find('\0') == std::string::npos ? form + '\0' : form});
  }
  keys.push_back({kind::file_md5, std::string(16, 'm')});
  return keys;
}

// Addresses around the borders that matter: of the family, of 64 bits, of one listed host.
std::vector<node> all_addresses() {
  std::vector<node> out;
  for (const std::string& net : {std::string("\x0a\0\0\0", 4), std::string("\xff\xff\xff\xf8", 4),
                                 std::string(4, '\0'), url_address}) {
    for (int low = 0; low < 8; ++low) {
      std::string address = net;
      address[3] = static_cast<char>(address[3] ^ low);
      out.push_back({kind::ip4, address, 32});
    }
  }
  for (const char top : {'\x20', '\xff', '\0'}) {
    for (int low = 0; low < 8; ++low) {
      std::string address(16, top);
      address[7] = static_cast<char>(address[7] ^ (low & 4 ? 1 : 0));
      address[8] = static_cast<char>(address[8] ^ (low & 2 ? 0x80 : 0));
      address[15] = static_cast<char>(address[15] ^ (low & 1));
      out.push_back({kind::ip6, address, 128});
    }
  }
  return out;
}

const std::vector<node> keys = all_keys();
const std::vector<node> addresses = all_addresses();

node any_prefix() {
  const node address = *rc::gen::elementOf(addresses);
  const auto lengths = address.kind == kind::ip4
                           ? std::vector<unsigned>{32, 32, 31, 30, 29, 28, 24, 8, 1, 0}
                           : std::vector<unsigned>{128, 128, 127, 65, 64, 63, 60, 8, 1, 0};
  const unsigned length = *rc::gen::elementOf(lengths);
  return prefixes_of(address.kind, address.form, length).front();
}

struct world {
  canon::canonicalizer canon;
  row_compiler compiler{canon, {}, std::uint64_t{now_h} * 3600};
  std::map<node, std::vector<store::record>> rows;
  store::record_set records;
  repute::test::temporary_directory folder;
  resolved last;

  // The record's text is what canonical_of() reads.
  static std::string text_of(const node& from) {
    return is_ip(from.kind) ? "address" : canon::show({from.kind, from.form});
  }
  fingerprint key_of(const node& from) {
    fingerprint key{};
    if (is_ip(from.kind)) {
      std::copy(from.form.begin(), from.form.end(), key.begin());
      return key;
    }
    return compiler.fingerprint_of({from.kind, from.form});
  }
  void add(const node& to, store::record row) {
    const std::string text = text_of(to);
    row.kind = to.kind;
    row.prefix_length = static_cast<std::uint8_t>(is_ip(to.kind) ? to.length : 0);
    row.key = key_of(to);
    row.text = text;
    records.add(row);
    row.text = {};
    rows[to].push_back(row);
  }
  [[nodiscard]] std::vector<claim> claims_on(const node& key) const {
    std::vector<claim> claims;
    std::uint32_t level = 0;
    for (const node& covering : covering_of(key)) {
      if (const auto found = rows.find(covering); found != rows.end()) {
        for (const store::record& row : found->second) {
          claims.push_back({row, level});
        }
      }
      ++level;
    }
    return claims;
  }
  // What the page says is answered for one key at one hour.
  [[nodiscard]] model_verdict expected(const node& key, std::uint32_t hour) const {
    if (!is_ip(key.kind) || rows.contains(key)) {
      return rows.contains(key) ? model_at(claims_on(key), test_feed, hour) : model_verdict{};
    }
    for (const node& prefix : prefixes_of(key.kind, key.form, key.length)) {
      if (rows.contains(prefix)) {
        const model_verdict range = model_at(claims_on(prefix), test_feed, hour);
        return range.verdict == verdict::none ? model_verdict{} : range;
      }
    }
    return {};
  }
  // Everything resolved, with the keys; `memory_bytes` small: by way of files.
  store::snapshot_content content(std::size_t memory_bytes = std::size_t{1} << 30,
                                  std::set<removed_key> removed = {}) {
    repute::test::content_builder builder;
    store::snapshot_content& out = builder.content();
    row_pile pile(folder.path(), memory_bytes, 2);
    for (std::size_t i = 0; i < records.size(); ++i) {
      compiled_rows one;
      EXPECT_TRUE(compiler.adopt(records[i], false, one));
      pile.add(std::move(one));
    }
    pile.sort();
    resolved_sink sink;
    sink.key = [&out](const store::resolved_key& key) { out.keys.push_back(key); };
    last = resolve(pile, compiler,
                   {.fixed_feed = test_feed,
                    .ip_seed = out.ip_seed,
                    .now_h = now_h,
                    .threads = 2,
                    .removed = std::move(removed)},
                   sink, {});
    out.verdicts = last.verdicts;
    out.ranges4 = last.ranges4;
    out.ranges6 = last.ranges6;
    return std::move(out);
  }
  memory_snapshot resolved_snapshot() { return memory_snapshot(content()); }
};

store::record any_row() {
  store::record row;
  row.feed = static_cast<std::uint16_t>(*rc::gen::inRange(0, 3));
  row.exclusion = *rc::gen::inRange(0, 4) == 0;
  row.verdict = *rc::gen::elementOf(std::vector<verdict>{
      verdict::spam, verdict::formal, verdict::trusted, verdict::trusted, verdict::malware});
  row.score = static_cast<std::int16_t>(*rc::gen::inRange(-2, 3));
  row.cache_ttl_s = static_cast<std::uint16_t>(*rc::gen::inRange(10, 12));
  const auto ends = *rc::gen::inRange<std::uint32_t>(0, 4);
  row.expires_h = ends == 0 ? 0 : now_h + ends;
  return row;
}

void check_every_lookup(world& made) {
  const memory_snapshot snapshot = made.resolved_snapshot();
  for (std::uint32_t hour = now_h; hour < now_h + 5; ++hour) {
    const std::uint64_t now_s = std::uint64_t{hour} * 3600;
    const auto ask = [&](const node& key) {
      return said_by(snapshot.ask(key.kind, made.key_of(key), now_s));
    };
    for (const auto& universe : {keys, addresses}) {
      for (const node& key : universe) {
        const auto wanted = made.expected(key, hour);
        const auto got = ask(key);
        if (!(got == wanted)) {
          RC_LOG() << name(key.kind) << " " << world::text_of(key) << " hour +" << hour - now_h
                   << " got " << got.listed << word(got.verdict) << got.score << " wanted "
                   << wanted.listed << word(wanted.verdict) << wanted.score << "\n";
        }
        RC_ASSERT(got == wanted);
      }
    }
  }
}

RC_GTEST_PROP(resolver, every_lookup_of_a_small_world_is_the_page_s, ()) {
  world made;
  for (int i = *rc::gen::inRange(1, 25); i > 0; --i) {
    made.add(*rc::gen::elementOf(keys), any_row());
  }
  for (int i = *rc::gen::inRange(0, 25); i > 0; --i) {
    made.add(any_prefix(), any_row());
  }
  std::set<node> fixed;
  for (int i = *rc::gen::inRange(0, 4); i > 0; --i) {
    const node point = *rc::gen::elementOf(*rc::gen::element(keys, addresses));
    if (fixed.insert(point).second) {
      store::record row;
      row.feed = test_feed;
      row.verdict = *rc::gen::element(verdict::none, verdict::spam);
      made.add(point, row);
    }
  }
  check_every_lookup(made);
}

// Many prefixes inside each other: the sweep over their borders.
RC_GTEST_PROP(resolver, every_address_under_many_prefixes_is_the_page_s, ()) {
  world made;
  for (int i = *rc::gen::inRange(1, 60); i > 0; --i) {
    made.add(any_prefix(), any_row());
  }
  check_every_lookup(made);
}

// The never-hit address inside a listed network whose listing ends: servers would seem broken.
TEST(resolver, a_never_hit_address_stays_so_inside_a_listed_network) {
  world made;
  store::record never;
  never.feed = test_feed;
  made.add({kind::ip4, std::string("\x7f\0\0\x01", 4), 32}, never);
  store::record listed;
  listed.verdict = verdict::spam;
  listed.expires_h = now_h + 3;
  made.add({kind::ip4, std::string("\x7f\0\0\0", 4), 8}, listed);
  const memory_snapshot snapshot = made.resolved_snapshot();
  EXPECT_EQ(snapshot.ask(kind::ip4, {127, 0, 0, 1}, std::uint64_t{now_h} * 3600).status,
            status::not_listed);
  EXPECT_EQ(snapshot.ask(kind::ip4, {127, 0, 0, 3}, std::uint64_t{now_h} * 3600).status,
            status::listed);
}

// With all rows as claims on each address this takes minutes; it is done in well under a second.
TEST(resolver, a_network_repeated_with_many_reasons_costs_no_more_for_its_addresses) {
  constexpr std::uint32_t count = 20000;
  world made;
  store::record row;
  row.kind = kind::ip4;
  row.key = {10};
  row.prefix_length = 8;
  row.verdict = verdict::spam;
  std::string reason;
  for (std::uint32_t i = 0; i < count; ++i) {
    reason = "reason " + std::to_string(i);
    row.reason = reason;
    row.expires_h = now_h + 1 + i % 500;
    made.records.add(row);
  }
  row.feed = 1;
  row.verdict = verdict::formal;
  row.reason = {};
  row.expires_h = 0;
  row.prefix_length = 32;
  for (std::uint32_t i = 0; i < count; ++i) {
    row.key = {10, static_cast<std::uint8_t>(i >> 16), static_cast<std::uint8_t>(i >> 8),
               static_cast<std::uint8_t>(i)};
    made.records.add(row);
  }
  const memory_snapshot snapshot = made.resolved_snapshot();
  const auto verdict_after = [&](std::uint32_t hours) {
    return snapshot.ask(kind::ip4, {10, 0, 1, 2}, std::uint64_t{now_h + hours} * 3600).verdict;
  };
  EXPECT_EQ(verdict_after(0), verdict::spam);
  EXPECT_EQ(verdict_after(499), verdict::spam) << "the row that ends last stands for all";
  EXPECT_EQ(verdict_after(500), verdict::formal);
}

TEST(resolver, equal_verdicts_are_kept_once) {
  world made;
  store::record row;
  row.verdict = verdict::spam;
  for (const node& key : keys) {
    made.add(key, row);
  }
  EXPECT_EQ(made.content().keys.size(), keys.size());
  EXPECT_EQ(made.last.verdicts.size(), 1U);
}

// Rows that go by way of files, in many runs, give the same keys, verdicts and ranges.
RC_GTEST_PROP(resolver, the_memory_for_rows_changes_nothing, ()) {
  world made;
  for (int i = *rc::gen::inRange(1, 40); i > 0; --i) {
    made.add(*rc::gen::elementOf(keys), any_row());
    made.add(any_prefix(), any_row());
  }
  const auto roomy = made.content();
  const auto tight = made.content(*rc::gen::inRange<std::size_t>(1, 200'000));
  RC_ASSERT(tight.verdicts == roomy.verdicts);
  RC_ASSERT(tight.keys == roomy.keys);
  RC_ASSERT(tight.ranges4 == roomy.ranges4);
  RC_ASSERT(tight.ranges6 == roomy.ranges6);
}

// The key itself keeps its verdict in the table: the removal lies over it.
TEST(resolver, rows_of_a_removed_key_cover_nothing_and_are_seen) {
  world made;
  store::record row;
  row.verdict = verdict::malware;
  const node parent{kind::domain, "example.com"};
  const node name{kind::host, "a.example.com"};
  made.add(parent, row);
  row.verdict = verdict::spam;
  made.add(name, row);
  const auto verdict_of_name = [&](std::set<removed_key> removed) {
    return memory_snapshot(made.content(std::size_t{1} << 30, std::move(removed)))
        .ask(name.kind, made.key_of(name), std::uint64_t{now_h} * 3600)
        .verdict;
  };
  EXPECT_EQ(verdict_of_name({}), verdict::malware);
  const removed_key gone{parent.kind, made.key_of(parent)};
  const removed_key unknown{kind::host, made.key_of(parent)};
  EXPECT_EQ(verdict_of_name({gone, unknown}), verdict::spam) << "it covers nothing any more";
  EXPECT_EQ(made.last.removed_seen, std::set<removed_key>{gone});
  EXPECT_EQ(made.last.keys, 2U);
  EXPECT_EQ(verdict_of_name({{name.kind, made.key_of(name)}}), verdict::malware);
}

TEST(resolver, rows_of_a_removed_test_point_stay) {
  world made;
  store::record row;
  row.verdict = verdict::spam;
  row.feed = test_feed;
  const node point{kind::host, "a.example.com"};
  made.add(point, row);
  EXPECT_EQ(made.content(1, {{point.kind, made.key_of(point)}}).keys.size(), 1U);
}

}  // namespace
}  // namespace repute::load::test
