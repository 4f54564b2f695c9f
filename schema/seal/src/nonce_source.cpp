// SPDX-License-Identifier: Apache-2.0
#include "repute/seal/nonce_source.hpp"

#include <sys/mman.h>

#include <cstring>
#include <stdexcept>

#include "repute/seal/secret.hpp"

namespace repute::seal {

namespace {

constexpr std::uint64_t random_lasts_ns = 1'000'000'000;
constexpr std::size_t page_bytes = 4096;

}  // namespace

nonce mix_nonce(const nonce& random, std::uint64_t unix_ns, std::uint32_t mark) noexcept {
  nonce out;
  store_le(out.data(), load_le<std::uint64_t>(random.data()) ^ unix_ns);
  store_le(out.data() + 8, load_le<std::uint32_t>(random.data() + 8) ^ mark);
  return out;
}

// The kernel gives a forked child this page full of zeros (MADV_WIPEONFORK, Linux 4.14), so that
// nothing is left in it there.
struct nonce_source::page {
  std::uint64_t left = 0;
  std::uint64_t filled_unix_ns = 0;
  std::array<nonce, 340> random;

  void fill(std::uint64_t unix_ns) {
    fill_random({random.front().data(), sizeof random});
    left = random.size();
    filled_unix_ns = unix_ns;
  }
};

nonce_source::nonce_source(std::uint32_t mark) : mark_(mark) {
  static_assert(sizeof(page) <= page_bytes);
  void* const made =
      ::mmap(nullptr, page_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (made == MAP_FAILED || ::madvise(made, page_bytes, MADV_WIPEONFORK) != 0 ||
      ::madvise(made, page_bytes, MADV_DONTDUMP) != 0) {
    throw std::runtime_error("no page for random numbers");
  }
  page_ = new (made) page;
}

nonce_source::~nonce_source() {
  wipe({page_->random.front().data(), sizeof page_->random});
  ::munmap(page_, page_bytes);
}

nonce nonce_source::next(std::uint64_t unix_ns) noexcept {
  const bool fresh =
      unix_ns >= page_->filled_unix_ns && unix_ns - page_->filled_unix_ns < random_lasts_ns;
  if (page_->left == 0 || !fresh) {
    page_->fill(unix_ns);
  }
  return mix_nonce(page_->random[--page_->left], unix_ns, mark_);
}

}  // namespace repute::seal
