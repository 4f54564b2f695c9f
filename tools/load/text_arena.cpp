// SPDX-License-Identifier: Apache-2.0
#include "load/text_arena.hpp"

#include <sys/mman.h>

#include <cstdint>
#include <new>

namespace repute::load {
namespace {

constexpr std::size_t huge_page = std::size_t{2} << 20;

// Mapped, not allocated: what goes must be gone, however many pieces lie around it.
std::shared_ptr<char[]> new_huge_pages(std::size_t size) {
  const std::size_t whole = (size + huge_page - 1) / huge_page * huge_page;
  void* const got = ::mmap(nullptr, whole + huge_page, PROT_READ | PROT_WRITE,
                           MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (got == MAP_FAILED) {
    throw std::bad_alloc();
  }
  auto* const from = static_cast<char*>(got);
  const std::size_t before = -reinterpret_cast<std::uintptr_t>(from) % huge_page;
  if (before != 0) {
    ::munmap(from, before);
  }
  char* const at = from + before;
  ::munmap(at + whole, huge_page - before);
  ::madvise(at, whole, MADV_HUGEPAGE);  // advice: small pages do as well
  return {at, [whole](char* pages) { ::munmap(pages, whole); }};
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
