// SPDX-License-Identifier: Apache-2.0
// Anonymous memory on pages of a chosen size: what a random read costs depends on it.
#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <new>

namespace repute::bench {

enum class page_size { small, huge };  // 4 KiB; 2 MiB, where the kernel has them

// At least `bytes` bytes, aligned to 2 MiB, all written, so that no first touch is measured.
class paged_memory {
 public:
  static constexpr std::size_t huge_bytes = std::size_t{2} << 20;

  paged_memory(std::size_t bytes, page_size pages)
      : bytes_((bytes + huge_bytes - 1) / huge_bytes * huge_bytes) {
    mapped_ = bytes_ + huge_bytes;
    map_ = ::mmap(nullptr, mapped_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (map_ == MAP_FAILED) {
      throw std::bad_alloc();
    }
    const auto at = reinterpret_cast<std::uintptr_t>(map_);
    data_ = static_cast<std::uint8_t*>(map_) + (huge_bytes - at % huge_bytes) % huge_bytes;
    ::madvise(data_, bytes_, pages == page_size::huge ? MADV_HUGEPAGE : MADV_NOHUGEPAGE);
    std::memset(data_, 0, bytes_);
  }
  ~paged_memory() { ::munmap(map_, mapped_); }
  paged_memory(const paged_memory&) = delete;
  paged_memory& operator=(const paged_memory&) = delete;

  [[nodiscard]] std::uint8_t* data() const noexcept { return data_; }
  [[nodiscard]] std::size_t size() const noexcept { return bytes_; }

 private:
  std::size_t bytes_;
  std::size_t mapped_ = 0;
  void* map_ = nullptr;
  std::uint8_t* data_ = nullptr;
};

}  // namespace repute::bench
