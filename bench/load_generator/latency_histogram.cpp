// SPDX-License-Identifier: Apache-2.0
#include "load_generator/latency_histogram.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace repute::bench {

std::size_t latency_histogram::bucket_of(std::uint64_t ns) noexcept {
  if (ns < 2 * sub_count) {
    return ns;
  }
  const auto shift = static_cast<unsigned>(std::bit_width(ns)) - sub_bits - 1;
  return shift * sub_count + (ns >> shift);
}

std::uint64_t latency_histogram::middle_of(std::size_t bucket) noexcept {
  if (bucket < 2 * sub_count) {
    return bucket;
  }
  const std::size_t shift = bucket / sub_count - 1;
  const std::uint64_t low = (bucket - shift * sub_count) << shift;
  return low + (std::uint64_t{1} << shift) / 2;
}

void latency_histogram::add(std::uint64_t ns) noexcept {
  const std::uint64_t value = std::min(ns, value_max);
  ++buckets_[bucket_of(value)];
  ++count_;
  min_ = std::min(min_, value);
  max_ = std::max(max_, value);
  sum_ += static_cast<double>(value);
}

void latency_histogram::merge(const latency_histogram& other) noexcept {
  for (std::size_t i = 0; i < bucket_count; ++i) {
    buckets_[i] += other.buckets_[i];
  }
  count_ += other.count_;
  min_ = std::min(min_, other.min_);
  max_ = std::max(max_, other.max_);
  sum_ += other.sum_;
}

double latency_histogram::mean_ns() const noexcept {
  return count_ == 0 ? 0 : sum_ / static_cast<double>(count_);
}

std::uint64_t latency_histogram::at_share(double share) const noexcept {
  const double wanted = std::ceil(std::clamp(share, 0.0, 1.0) * static_cast<double>(count_));
  const std::uint64_t rank = std::max<std::uint64_t>(1, static_cast<std::uint64_t>(wanted));
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < bucket_count; ++i) {
    seen += buckets_[i];
    if (seen >= rank) {
      return std::clamp(middle_of(i), min_, max_);
    }
  }
  return 0;
}

}  // namespace repute::bench
