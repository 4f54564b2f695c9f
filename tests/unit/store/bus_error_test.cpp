// SPDX-License-Identifier: Apache-2.0
// A snapshot file cut while it is served: `memory` answers on, `mmap` ends the process and says
// why.
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <csignal>

#include "published_database.hpp"

namespace repute::store {
namespace {

using test::content_builder;
using test::published_database;

constexpr std::uint32_t count = 50000;

fingerprint numbered(std::uint32_t i) {
  fingerprint key{};
  store_le<std::uint64_t>(key.data(), i * 0x9e3779b97f4a7c15U);
  store_le<std::uint64_t>(key.data() + 8, (i + 1) * 0xd6e8feb86659fd93U);
  return key;
}

snapshot_content many_keys() {
  content_builder builder;
  const auto verdict = builder.verdict_of(test::listing(5));
  for (std::uint32_t i = 0; i < count; ++i) {
    builder.add_key(kind::host, numbered(i), verdict);
  }
  return std::move(builder.content());
}

// Number of keys that do not answer as published.
std::uint32_t wrong_answers(const snapshot& opened) {
  std::uint32_t wrong = 0;
  for (std::uint32_t i = 0; i < count; ++i) {
    const fingerprint key = numbered(i);
    const probe asked = opened.view().make_probe(kind::host, key.data());
    answer got;
    opened.view().lookup({&asked, 1}, test::load_time_unix_s, {&got, 1});
    wrong += got == test::listing(5) ? 0 : 1;
  }
  return wrong;
}

void cut(const std::filesystem::path& file, off_t size) {
  std::filesystem::permissions(file, std::filesystem::perms::owner_all);
  ASSERT_EQ(::truncate(file.c_str(), size), 0);
}

TEST(cut_file, memory_mode_answers_on) {
  published_database database(many_keys());
  const auto opened = snapshot::open(database.path(), 1, storage_mode::memory);
  ASSERT_TRUE(opened);
  cut(database.snapshot_file(), 0);
  EXPECT_EQ(wrong_answers(**opened), 0U);
}

TEST(cut_file_death_test, mmap_mode_ends_with_74_and_a_message) {
  published_database database(many_keys());
  EXPECT_EXIT(
      {
        install_bus_error_handler();
        const auto opened = snapshot::open(database.path(), 1, storage_mode::mmap);
        cut(database.snapshot_file(), 8192);
        ::_exit(opened && wrong_answers(**opened) == 0 ? 0 : 1);
      },
      testing::ExitedWithCode(74), "00000001\\.mdb: a page of the served snapshot can no longer");
}

// A fault that is not a snapshot's must look like what it is.
TEST(cut_file_death_test, other_bus_errors_end_as_usual) {
  published_database database(many_keys());
  const auto path = database.path() / "other";
  std::ofstream(path) << std::string(4096, 'x');
  EXPECT_EXIT(
      {
        install_bus_error_handler();
        const auto opened = snapshot::open(database.path(), 1, storage_mode::mmap);
        const auto file = std::fopen(path.c_str(), "r");
        const void* map = ::mmap(nullptr, 4096, PROT_READ, MAP_SHARED, ::fileno(file), 0);
        cut(path, 0);
        const volatile char byte = *static_cast<const volatile char*>(map);
        ::_exit(byte);
      },
      testing::KilledBySignal(SIGBUS), "");
}

// The memory of a snapshot that is gone may belong to anybody.
TEST(cut_file_death_test, a_closed_snapshot_is_forgotten) {
  published_database database(many_keys());
  EXPECT_EXIT(
      {
        install_bus_error_handler();
        for (int i = 0; i < 40; ++i) {
          const auto opened = snapshot::open(database.path(), 1, storage_mode::mmap);
        }
        const auto opened = snapshot::open(database.path(), 1, storage_mode::mmap);
        cut(database.snapshot_file(), 8192);
        ::_exit(opened && wrong_answers(**opened) == 0 ? 0 : 1);
      },
      testing::ExitedWithCode(74), "00000001\\.mdb");
}

}  // namespace
}  // namespace repute::store
