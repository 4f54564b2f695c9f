// SPDX-License-Identifier: Apache-2.0
#include "store/lmdb_pages.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <limits>
#include <vector>

namespace repute::store {
namespace {

// The layout is that of lmdb's mdb.c, release 0.9: MDB_page, MDB_node, MDB_db, MDB_meta.
constexpr std::uint32_t magic = 0xBEEFC0DE;
constexpr std::uint32_t data_version = 1;
constexpr std::uint64_t no_page = std::numeric_limits<std::uint64_t>::max();
constexpr std::uint64_t heads = 2;  // pages 0 and 1, by turns
constexpr std::size_t page_bytes_min = 4096;
constexpr std::size_t page_bytes_max = 32768;
constexpr std::size_t page_header = 16;  // number, then:
constexpr std::size_t flags_at = 10;
constexpr std::size_t lower_at = 12;       // where the free room begins
constexpr std::size_t upper_at = 14;       // and ends
constexpr std::size_t overflow_at = 12;    // in their place: how many pages a long value takes
constexpr std::size_t head_trees_at = 24;  // in a head, behind its page header
constexpr std::size_t node_header = 8;
constexpr std::size_t key_bytes_max = 511;
constexpr std::size_t depth_max = 32;
constexpr std::size_t number_bytes = 8;  // of a page, or a transaction
constexpr std::uint64_t pages_to_forget = 4096;

enum page_flags : std::uint16_t { branch = 1, leaf = 2, overflow = 4, head = 8 };
enum node_flags : std::uint16_t { in_place = 0, in_overflow = 1, database = 2 };
constexpr std::uint16_t integer_keys = 0x08;    // the list of free pages alone has them
constexpr std::uint16_t no_subfolder = 0x4000;  // how the environment was opened

// What a database says of itself.
struct tree {
  static constexpr std::size_t size = 48;
  std::uint32_t pad = 0;
  std::uint16_t flags = 0;
  std::uint16_t depth = 0;
  std::uint64_t branch_pages = 0;
  std::uint64_t leaf_pages = 0;
  std::uint64_t overflow_pages = 0;
  std::uint64_t entries = 0;
  std::uint64_t root = no_page;

  static tree at(const std::uint8_t* from) noexcept {
    return {load_le<std::uint32_t>(from),      load_le<std::uint16_t>(from + 4),
            load_le<std::uint16_t>(from + 6),  load_le<std::uint64_t>(from + 8),
            load_le<std::uint64_t>(from + 16), load_le<std::uint64_t>(from + 24),
            load_le<std::uint64_t>(from + 32), load_le<std::uint64_t>(from + 40)};
  }
};

struct file_head {
  tree free;
  tree main;
  std::uint64_t last_page = 0;
  std::uint64_t transaction = 0;
};

struct node {
  std::uint16_t flags = 0;  // of a leaf
  std::uint64_t child = 0;  // of a branch
  std::uint32_t bytes = 0;  // of a leaf's value
  byte_view key;
  byte_view value;  // what is in the page itself
};

// Thrown within this file alone: the check ends at the first finding, deep in a tree.
struct finding {
  std::string what;
};

template <class... Args>
[[noreturn]] void found(std::uint64_t page, fmt::format_string<Args...> what, Args&&... args) {
  throw finding{fmt::format("page {}: {}", page, fmt::format(what, std::forward<Args>(args)...))};
}

enum class tree_kind : std::uint8_t { free, main, named };

class checker {
 public:
  checker(byte_view file, const std::function<void()>& forget) : file_(file), forget_(forget) {}

  void run();

 private:
  // Keys of a page are in [low, high); no high for the last one.
  struct range {
    byte_view low;
    std::optional<byte_view> high;
  };
  struct counts {
    std::uint64_t branch_pages = 0;
    std::uint64_t leaf_pages = 0;
    std::uint64_t overflow_pages = 0;
    std::uint64_t entries = 0;
  };

  [[nodiscard]] file_head read_head(std::uint64_t number);
  [[nodiscard]] byte_view page(std::uint64_t number) const noexcept {
    return file_.subspan(static_cast<std::size_t>(number) * page_bytes_, page_bytes_);
  }
  void reach(std::uint64_t number, std::uint64_t from);
  [[nodiscard]] byte_view enter(std::uint64_t number, std::uint64_t from, page_flags flags);
  void walk_tree(const tree& of, tree_kind kind, std::uint64_t from);
  void walk(std::uint64_t number, std::uint64_t from, std::size_t level, const range& keys);
  void walk_branch(std::uint64_t number, std::size_t level, const range& keys);
  void walk_leaf(std::uint64_t number, const range& keys);
  void enter_overflow(const node& at, std::uint64_t from);
  [[nodiscard]] std::vector<node> nodes_of(std::uint64_t number, byte_view bytes, bool of_leaf);
  void check_order(std::uint64_t number, const std::vector<node>& nodes, std::size_t first,
                   const range& keys) const;
  [[nodiscard]] bool less(byte_view a, byte_view b) const noexcept;
  [[nodiscard]] byte_view value_of(const node& at) const;
  void take_free_pages(const node& at, std::uint64_t from);
  void check_free_pages() const;

  byte_view file_;
  const std::function<void()>& forget_;
  std::uint64_t reached_pages_ = 0;
  std::size_t page_bytes_ = page_bytes_min;
  file_head head_;
  std::vector<bool> reached_;
  // Of the tree that is walked: trees do not nest but for databases below the main one.
  tree_kind kind_ = tree_kind::free;
  tree tree_;
  counts counts_;
  std::vector<std::uint64_t> free_;
};

file_head checker::read_head(std::uint64_t number) {
  const byte_view bytes = page(number);
  const std::uint8_t* meta = bytes.data() + page_header;
  if (load_le<std::uint64_t>(bytes.data()) != number ||
      load_le<std::uint16_t>(bytes.data() + flags_at) != page_flags::head ||
      load_le<std::uint32_t>(meta) != magic || load_le<std::uint32_t>(meta + 4) != data_version) {
    found(number, "not a head of LMDB");
  }
  const std::uint8_t* trees = meta + head_trees_at;
  const std::uint8_t* numbers = trees + 2 * tree::size;
  file_head out{tree::at(trees), tree::at(trees + tree::size), load_le<std::uint64_t>(numbers),
                load_le<std::uint64_t>(numbers + number_bytes)};
  if ((out.free.flags & ~no_subfolder) != integer_keys || out.main.flags != 0 ||
      out.main.pad != 0) {
    found(number, "a head with unknown flags");
  }
  if (out.free.pad != page_bytes_) {
    found(number, "another size of pages than the first head says");
  }
  return out;
}

void checker::run() {
  if (file_.size() < heads * page_bytes_min) {
    found(0, "cut short");
  }
  page_bytes_ = load_le<std::uint32_t>(file_.data() + page_header + head_trees_at);
  if (!std::has_single_bit(page_bytes_) || page_bytes_ < page_bytes_min ||
      page_bytes_ > page_bytes_max || file_.size() < heads * page_bytes_) {
    found(0, "no size of pages that LMDB has");
  }
  const std::array<file_head, heads> both{read_head(0), read_head(1)};
  // Transactions write the heads by turns, so the numbers tell which one is the last. Others would
  // bring back what was true before.
  const std::uint64_t last = std::max(both[0].transaction, both[1].transaction);
  const std::uint64_t before = std::min(both[0].transaction, both[1].transaction);
  if (last != 0 && (last - before != 1 || both[last % heads].transaction != last)) {
    found(last % heads, "transactions {} and {} do not follow each other", before, last);
  }
  head_ = both[last % heads];
  if (head_.last_page < heads - 1 || head_.last_page >= file_.size() / page_bytes_) {
    found(last % heads, "{} pages, the file has {}", head_.last_page + 1,
          file_.size() / page_bytes_);
  }
  reached_.assign(static_cast<std::size_t>(head_.last_page) + 1, false);
  reached_[0] = reached_[1] = true;
  walk_tree(head_.free, tree_kind::free, last % heads);
  walk_tree(head_.main, tree_kind::main, last % heads);
  check_free_pages();
}

void checker::walk_tree(const tree& of, tree_kind kind, std::uint64_t from) {
  kind_ = kind;
  tree_ = of;
  counts_ = {};
  if (of.root == no_page) {
    if (of.depth != 0) {
      found(from, "a tree without a root and of depth {}", of.depth);
    }
  } else if (of.depth == 0 || of.depth > depth_max) {
    found(from, "a tree of depth {}", of.depth);
  } else {
    walk(of.root, from, 1, {});
  }
  if (counts_.branch_pages != of.branch_pages || counts_.leaf_pages != of.leaf_pages ||
      counts_.overflow_pages != of.overflow_pages || counts_.entries != of.entries) {
    found(from, "a tree of {}+{}+{} pages and {} entries, where {}+{}+{} pages and {} entries are",
          of.branch_pages, of.leaf_pages, of.overflow_pages, of.entries, counts_.branch_pages,
          counts_.leaf_pages, counts_.overflow_pages, counts_.entries);
  }
}

void checker::reach(std::uint64_t number, std::uint64_t from) {
  if (number < heads || number > head_.last_page) {
    found(from, "names page {} of {}", number, head_.last_page + 1);
  }
  if (reached_[static_cast<std::size_t>(number)]) {
    found(from, "names page {}, which has another use", number);
  }
  reached_[static_cast<std::size_t>(number)] = true;
  if (++reached_pages_ % pages_to_forget == 0 && forget_) {
    forget_();
  }
}

byte_view checker::enter(std::uint64_t number, std::uint64_t from, page_flags flags) {
  reach(number, from);
  const byte_view bytes = page(number);
  if (load_le<std::uint64_t>(bytes.data()) != number ||
      load_le<std::uint16_t>(bytes.data() + flags_at) != flags) {
    found(number, "not the page that page {} names", from);
  }
  return bytes;
}

void checker::walk(std::uint64_t number, std::uint64_t from, std::size_t level, const range& keys) {
  const bool is_leaf = level == tree_.depth;
  static_cast<void>(enter(number, from, is_leaf ? leaf : branch));
  if (is_leaf) {
    walk_leaf(number, keys);
  } else {
    walk_branch(number, level, keys);
  }
}

std::vector<node> checker::nodes_of(std::uint64_t number, byte_view bytes, bool of_leaf) {
  const std::size_t lower = load_le<std::uint16_t>(bytes.data() + lower_at);
  const std::size_t upper = load_le<std::uint16_t>(bytes.data() + upper_at);
  if (lower < page_header || lower % 2 != 0 || lower > upper || upper > page_bytes_) {
    found(number, "free room from {} to {}", lower, upper);
  }
  std::vector<node> out((lower - page_header) / 2);
  std::size_t room = 0;
  for (std::size_t i = 0; i < out.size(); ++i) {
    const std::size_t at = load_le<std::uint16_t>(bytes.data() + page_header + 2 * i);
    if (at < upper || at % 2 != 0 || at + node_header > page_bytes_) {
      found(number, "entry {} at {}", i, at);
    }
    const std::uint8_t* from = bytes.data() + at;
    node& made = out[i];
    made.flags = load_le<std::uint16_t>(from + 4);
    const std::size_t key_bytes = load_le<std::uint16_t>(from + 6);
    std::size_t value_bytes = 0;
    if (of_leaf) {
      made.bytes = load_le<std::uint32_t>(from);
      value_bytes = (made.flags & in_overflow) != 0 ? number_bytes : made.bytes;
    } else {
      made.child = load_le<std::uint32_t>(from) | std::uint64_t{made.flags} << 32;
    }
    const std::size_t size = node_header + key_bytes + value_bytes;
    if (key_bytes > key_bytes_max || size > page_bytes_ - at) {
      found(number, "entry {} is longer than its page", i);
    }
    made.key = bytes.subspan(at + node_header, key_bytes);
    made.value = bytes.subspan(at + node_header + key_bytes, value_bytes);
    room += size + size % 2;
  }
  // Writers move entries by their sizes: they fill the page to its end, and none lies in another.
  if (room != page_bytes_ - upper) {
    found(number, "entries of {} bytes in {}", room, page_bytes_ - upper);
  }
  return out;
}

bool checker::less(byte_view a, byte_view b) const noexcept {
  if (kind_ == tree_kind::free) {
    return load_le<std::uint64_t>(a.data()) < load_le<std::uint64_t>(b.data());
  }
  return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end());
}

void checker::check_order(std::uint64_t number, const std::vector<node>& nodes, std::size_t first,
                          const range& keys) const {
  for (std::size_t i = first; i < nodes.size(); ++i) {
    const byte_view key = nodes[i].key;
    if (key.empty() || (kind_ == tree_kind::free && key.size() != number_bytes)) {
      found(number, "entry {} has a key of {} bytes", i, key.size());
    }
    const bool after_low =
        i == first ? keys.low.empty() || !less(key, keys.low) : less(nodes[i - 1].key, key);
    if (!after_low || (keys.high && !less(key, *keys.high))) {
      found(number, "entry {} is out of order", i);
    }
  }
}

// The first key of a branch stands for everything before the second.
void checker::walk_branch(std::uint64_t number, std::size_t level, const range& keys) {
  const std::vector<node> nodes = nodes_of(number, page(number), false);
  ++counts_.branch_pages;
  if (nodes.size() < (kind_ == tree_kind::free ? 1 : 2)) {
    found(number, "a branch of {} entries", nodes.size());
  }
  check_order(number, nodes, 1, keys);
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const range below{i == 0 ? keys.low : nodes[i].key,
                      i + 1 < nodes.size() ? std::optional(nodes[i + 1].key) : keys.high};
    walk(nodes[i].child, number, level + 1, below);
  }
}

void checker::walk_leaf(std::uint64_t number, const range& keys) {
  const std::vector<node> nodes = nodes_of(number, page(number), true);
  ++counts_.leaf_pages;
  counts_.entries += nodes.size();
  if (nodes.empty()) {
    found(number, "a leaf without entries");
  }
  check_order(number, nodes, 0, keys);
  for (const node& each : nodes) {
    const bool of_database = each.flags == database;
    if (each.flags == in_overflow) {
      enter_overflow(each, number);
    } else if (each.flags != in_place && !(of_database && kind_ == tree_kind::main)) {
      found(number, "an entry with flags {}", each.flags);
    }
    if (kind_ == tree_kind::free) {
      take_free_pages(each, number);
    }
    if (of_database) {
      if (each.value.size() != tree::size) {
        found(number, "a database of {} bytes", each.value.size());
      }
      const tree named = tree::at(each.value.data());
      if (named.flags != 0 || named.pad != 0) {
        found(number, "a database with unknown flags");
      }
      const tree outer = tree_;
      const counts so_far = counts_;
      walk_tree(named, tree_kind::named, number);
      kind_ = tree_kind::main;
      tree_ = outer;
      counts_ = so_far;
    }
  }
}

byte_view checker::value_of(const node& at) const {
  if (at.flags != in_overflow) {
    return at.value;
  }
  const auto first = static_cast<std::size_t>(load_le<std::uint64_t>(at.value.data()));
  return file_.subspan(first * page_bytes_ + page_header, at.bytes);
}

void checker::enter_overflow(const node& at, std::uint64_t from) {
  const auto first = load_le<std::uint64_t>(at.value.data());
  const byte_view bytes = enter(first, from, overflow);
  const std::uint64_t pages = load_le<std::uint32_t>(bytes.data() + overflow_at);
  const std::uint64_t needed =
      (page_header + std::uint64_t{at.bytes} + page_bytes_ - 1) / page_bytes_;
  if (pages < needed) {
    found(first, "{} pages for a value of {} bytes", pages, at.bytes);
  }
  for (std::uint64_t i = 1; i < pages; ++i) {
    reach(first + i, first);
  }
  counts_.overflow_pages += pages;
}

// By the transaction that freed them: a count, and as many numbers, the greatest first.
void checker::take_free_pages(const node& at, std::uint64_t from) {
  const byte_view list = value_of(at);
  if (load_le<std::uint64_t>(at.key.data()) > head_.transaction) {
    found(from, "pages freed by a transaction that has not been");
  }
  const std::uint64_t numbers = list.size() / number_bytes;
  if (numbers == 0 || list.size() % number_bytes != 0 ||
      load_le<std::uint64_t>(list.data()) >= numbers) {
    found(from, "a broken list of free pages");
  }
  const std::uint64_t count = load_le<std::uint64_t>(list.data());
  std::uint64_t last = head_.last_page + 1;
  for (std::size_t i = 1; i <= count; ++i) {
    const auto each = load_le<std::uint64_t>(list.data() + i * number_bytes);
    if (each < heads || each >= last) {
      found(from, "page {} in the list of free pages", each);
    }
    last = each;
    free_.push_back(each);
  }
}

// A page that is in use and free would be written over.
void checker::check_free_pages() const {
  std::vector<bool> used = reached_;
  for (const std::uint64_t each : free_) {
    if (used[static_cast<std::size_t>(each)]) {
      found(each, "free, and in use");
    }
    used[static_cast<std::size_t>(each)] = true;
  }
}

}  // namespace

std::optional<std::string> damage_in_pages(byte_view file, const std::function<void()>& forget) {
  try {
    checker(file, forget).run();
  } catch (const finding& found) {
    return found.what;
  }
  return std::nullopt;
}

}  // namespace repute::store
