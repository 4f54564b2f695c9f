// SPDX-License-Identifier: Apache-2.0
#include "spread.hpp"

namespace repute::mail::detail {
namespace {

/// splitmix64.
std::uint64_t draw(std::uint64_t& seed) noexcept {
  seed += 0x9e3779b97f4a7c15U;
  std::uint64_t x = seed;
  x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9U;
  x = (x ^ x >> 27) * 0x94d049bb133111ebU;
  return x ^ x >> 31;
}

}  // namespace

std::vector<std::size_t> spread(std::size_t size, std::uint64_t& seed) {
  std::vector<std::size_t> out;
  out.reserve(size);
  std::vector<bool> taken(size);
  std::size_t front = 0;
  std::size_t back = size;
  while (front < back) {
    const std::size_t turn = out.size() % 4;
    std::size_t place = turn == 1 ? back - 1 : front;
    if (turn == 3) {
      place = front + draw(seed) % (back - front);
      place = taken[place] ? front : place;
    }
    taken[place] = true;
    out.push_back(place);
    while (front < back && taken[front]) {
      ++front;
    }
    while (front < back && taken[back - 1]) {
      --back;
    }
  }
  return out;
}

}  // namespace repute::mail::detail
