// SPDX-License-Identifier: Apache-2.0
#include "load/text_arena.hpp"

#include <sys/mman.h>

#include <cstdlib>
#include <new>

namespace repute::load {
namespace {

constexpr std::size_t huge_page = std::size_t{2} << 20;

std::shared_ptr<char[]> new_huge_pages(std::size_t size) {
  const std::size_t whole = (size + huge_page - 1) / huge_page * huge_page;
  auto* const at = static_cast<char*>(std::aligned_alloc(huge_page, whole));
  if (at == nullptr) {
    throw std::bad_alloc();
  }
  ::madvise(at, whole, MADV_HUGEPAGE);  // advice: small pages do as well
  return {at, [](char* from) { std::free(from); }};
}

}  // namespace

// A page goes when the last arena goes that has a piece of it, and its thread took the next one.
std::shared_ptr<char[]> text_arena::take_of_huge_page(std::size_t size) {
  struct current_page {
    std::shared_ptr<char[]> bytes;
    std::size_t taken = huge_page;
  };
  thread_local current_page page;
  if (size > huge_page) {
    return new_huge_pages(size);
  }
  if (size > huge_page - page.taken) {
    page = {new_huge_pages(huge_page), 0};
  }
  char* const at = page.bytes.get() + page.taken;
  page.taken += size;
  return {page.bytes, at};
}

}  // namespace repute::load
