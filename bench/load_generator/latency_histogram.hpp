// SPDX-License-Identifier: Apache-2.0
// How long things took, in buckets that are fine for short and coarse for long times.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace repute::bench {

/// Counts of durations in nanoseconds. Below 256 ns each value has its own bucket; above, 128
/// buckets for every doubling, so that a bucket is narrower than 1 % of its values (the layout of
/// HdrHistogram, G. Tene). Values above 2^40 ns (18 minutes) count as that. 34 KiB, no allocation.
/// Not thread-safe: one for each thread, merged afterwards.
class latency_histogram {
 public:
  void add(std::uint64_t ns) noexcept;

  /// Adds all that `other` has counted.
  void merge(const latency_histogram& other) noexcept;

  [[nodiscard]] std::uint64_t count() const noexcept { return count_; }
  /// Exact; 0 if nothing was counted.
  [[nodiscard]] std::uint64_t min_ns() const noexcept { return count_ == 0 ? 0 : min_; }
  [[nodiscard]] std::uint64_t max_ns() const noexcept { return max_; }
  [[nodiscard]] double mean_ns() const noexcept;

  /// The duration that `share` (0..1) of all counted ones do not exceed: the middle of its bucket,
  /// within 0.5 % of the true one and never outside min..max. 0 if nothing was counted.
  [[nodiscard]] std::uint64_t at_share(double share) const noexcept;

 private:
  static constexpr unsigned sub_bits = 7;
  static constexpr std::uint64_t sub_count = 1U << sub_bits;
  static constexpr unsigned value_bits = 40;
  static constexpr std::uint64_t value_max = std::uint64_t{1} << value_bits;
  static constexpr std::size_t bucket_count = (value_bits - sub_bits + 2) * sub_count;

  [[nodiscard]] static std::size_t bucket_of(std::uint64_t ns) noexcept;
  [[nodiscard]] static std::uint64_t middle_of(std::size_t bucket) noexcept;

  std::array<std::uint64_t, bucket_count> buckets_{};
  std::uint64_t count_ = 0;
  std::uint64_t min_ = UINT64_MAX;
  std::uint64_t max_ = 0;
  double sum_ = 0;
};

}  // namespace repute::bench
