// SPDX-License-Identifier: Apache-2.0
// Sorted ranges in lines of memory, with an index that leads to the line: one read of the index and
// one or two of neighbouring lines find the range of an address. A search over bare arrays of
// starts and values touches three distant places, each with a miss of the caches and of the page
// tables.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

namespace repute::store {

/// Starts of consecutive ranges and their values, side by side.
template <std::unsigned_integral Word, std::size_t Slots>
struct alignas(64) range_line {
  std::array<Word, Slots> starts;
  std::array<std::uint32_t, Slots> values;
};
using range_line4 = range_line<std::uint32_t, 8>;
using range_line6 = range_line<std::uint64_t, 5>;
static_assert(sizeof(range_line4) == 64 && sizeof(range_line6) == 64);

/// Where a range is.
struct range_place {
  std::uint32_t line = 0;
  std::uint32_t slot = 0;
};

/// How the index divides the words of all lines: slice i begins at base + (i << shift).
template <std::unsigned_integral Word>
struct range_slices {
  Word base = 0;
  unsigned shift = 0;
  std::uint32_t last = 0;  ///< number of the last slice

  [[nodiscard]] std::uint32_t slice_of(Word word) const noexcept {
    const Word above = word < base ? Word{0} : static_cast<Word>((word - base) >> shift);
    return static_cast<std::uint32_t>(std::min<Word>(above, last));
  }
  [[nodiscard]] Word begin_of(std::uint32_t slice) const noexcept {
    const Word offset = static_cast<Word>(Word{slice} << shift);
    const Word room = std::numeric_limits<Word>::max() - base;
    return static_cast<Word>(base + std::min(offset, room));
  }
};

/// View of lines and their index, which somebody else owns. Whatever the memory holds, nothing
/// outside of it is read, as long as the index ascends and stays below the number of lines.
template <std::unsigned_integral Word, std::size_t Slots>
class range_lines {
 public:
  using line = range_line<Word, Slots>;
  /// Words that are looked for together.
  static constexpr std::size_t group_size = 32;
  [[nodiscard]] static constexpr std::size_t lines_for(std::size_t ranges) noexcept {
    return (ranges + Slots - 1) / Slots;
  }

  range_lines() = default;
  /// `count` ranges, at least 1, in as many lines as they need; `index` has 2^bits + 1 entries.
  range_lines(std::span<const line> lines, std::span<const std::uint32_t> index, unsigned bits,
              std::size_t count) noexcept
      : lines_(lines), index_(index), slices_(slices_of(lines, bits, count)), count_(count) {}

  [[nodiscard]] bool empty() const noexcept { return lines_.empty(); }
  [[nodiscard]] std::size_t count() const noexcept { return count_; }
  [[nodiscard]] Word start(std::size_t range) const noexcept {
    return lines_[range / Slots].starts[range % Slots];
  }
  [[nodiscard]] std::uint32_t value(std::size_t range) const noexcept {
    return lines_[range / Slots].values[range % Slots];
  }
  [[nodiscard]] std::uint32_t value(range_place at) const noexcept {
    return lines_[at.line].values[at.slot];
  }

  /// The last range that begins at or before each of up to group_size words. Every step is taken
  /// for all of them before the next, so that their memory is fetched side by side.
  void find(std::span<const Word> words, std::span<range_place> out) const noexcept {
    for (const Word word : words) {
      __builtin_prefetch(&index_[slices_.slice_of(word)]);
    }
    std::array<std::uint32_t, group_size> last;
    for (std::size_t i = 0; i < words.size(); ++i) {
      const std::uint32_t slice = slices_.slice_of(words[i]);
      out[i].line = index_[slice];
      last[i] = index_[slice + 1];
      __builtin_prefetch(&lines_[out[i].line]);
      __builtin_prefetch(&lines_[last[i]]);
    }
    for (std::size_t i = 0; i < words.size(); ++i) {
      out[i] = place_between(words[i], out[i].line, last[i]);
    }
  }

  /// Lines of `starts`, which ascend, and their values. Free slots of the last line begin at the
  /// greatest word and repeat the last value.
  [[nodiscard]] static std::vector<line> make_lines(std::span<const Word> starts,
                                                    std::span<const std::uint32_t> values) {
    std::vector<line> lines(lines_for(starts.size()));
    for (std::size_t i = 0; i < lines.size() * Slots; ++i) {
      const bool free = i >= starts.size();
      lines[i / Slots].starts[i % Slots] = free ? std::numeric_limits<Word>::max() : starts[i];
      lines[i / Slots].values[i % Slots] = free ? values.back() : values[i];
    }
    return lines;
  }

  /// What the index of these lines must be.
  [[nodiscard]] static std::vector<std::uint32_t> make_index(std::span<const line> lines,
                                                             unsigned bits, std::size_t count) {
    const range_slices<Word> slices = slices_of(lines, bits, count);
    std::vector<std::uint32_t> index{0};
    std::size_t range = 0;
    for (std::uint32_t slice = 1; slice <= slices.last; ++slice) {
      const Word begin = slices.begin_of(slice);
      while (range + 1 < count && lines[(range + 1) / Slots].starts[(range + 1) % Slots] <= begin) {
        ++range;
      }
      index.push_back(static_cast<std::uint32_t>(range / Slots));
    }
    index.push_back(static_cast<std::uint32_t>(lines.size() - 1));
    return index;
  }

 private:
  // From the start of range 1, since range 0 begins at zero whatever there is, to the last one.
  static range_slices<Word> slices_of(std::span<const line> lines, unsigned bits,
                                      std::size_t count) noexcept {
    range_slices<Word> out;
    out.last = (std::uint32_t{1} << bits) - 1;
    if (count > 1) {
      out.base = lines[1 / Slots].starts[1 % Slots];
      const Word last = lines[(count - 1) / Slots].starts[(count - 1) % Slots];
      const Word spread = last < out.base ? Word{0} : static_cast<Word>(last - out.base);
      const auto width = static_cast<unsigned>(std::bit_width(spread));
      const unsigned wanted = width > bits ? width - bits : 0;
      out.shift = std::min<unsigned>(wanted, std::numeric_limits<Word>::digits - 1);
    }
    return out;
  }

  // Nearly always there are one or two lines to choose from, and no branch says which.
  range_place place_between(Word word, std::uint32_t first, std::uint32_t last) const noexcept {
    for (std::uint32_t more = last - first; more > 1; more = last - first) {
      const std::uint32_t middle = first + more / 2;
      if (lines_[middle].starts[0] <= word) {
        first = middle;
      } else {
        last = middle;
      }
    }
    first += static_cast<std::uint32_t>(lines_[last].starts[0] <= word) * (last - first);
    const line& at = lines_[first];
    std::uint32_t begun = 0;
    for (const Word start : at.starts) {
      begun += start <= word ? 1 : 0;
    }
    return {first, begun - static_cast<std::uint32_t>(begun != 0)};
  }

  std::span<const line> lines_;
  std::span<const std::uint32_t> index_;
  range_slices<Word> slices_;
  std::size_t count_ = 0;
};

}  // namespace repute::store
