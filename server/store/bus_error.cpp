// SPDX-License-Identifier: Apache-2.0
#include "store/bus_error.hpp"

#include <csignal>
#include <cstring>

#include <array>
#include <atomic>
#include <mutex>

#include <unistd.h>

#include "store/snapshot.hpp"

namespace repute::store {
namespace {

constexpr int exit_io_error = 74;
constexpr std::size_t path_bytes = 1024;

// A handler may touch nothing but lock-free atomics and plain memory that no one changes meanwhile:
// `begin` is published last and withdrawn first.
struct mapped_file {
  std::atomic<std::uintptr_t> begin{0};
  std::atomic<std::uint64_t> bytes{0};
  std::array<char, path_bytes> path{};
};

std::array<mapped_file, 16> mapped_files;
std::mutex mapped_files_mutex;

void write_text(const char* text) noexcept {
  [[maybe_unused]] const auto written = ::write(STDERR_FILENO, text, std::strlen(text));
}

void on_bus_error(int signal, siginfo_t* info, void*) {
  const auto address = reinterpret_cast<std::uintptr_t>(info->si_addr);
  for (const mapped_file& file : mapped_files) {
    const std::uintptr_t begin = file.begin.load(std::memory_order_acquire);
    if (begin != 0 && address - begin < file.bytes.load(std::memory_order_relaxed)) {
      write_text("repute: ");
      write_text(file.path.data());
      write_text(
          ": a page of the served snapshot can no longer be read (file cut or disk failure); "
          "stopping rather than answering wrongly\n");
      ::_exit(exit_io_error);
    }
  }
  std::signal(signal, SIG_DFL);  // not ours: the fault happens again and ends the process as usual
}

}  // namespace

void remember_mapped_file(const void* begin, std::uint64_t bytes,
                          const std::filesystem::path& path) {
  const std::lock_guard lock(mapped_files_mutex);
  for (mapped_file& file : mapped_files) {
    if (file.begin.load(std::memory_order_relaxed) == 0) {
      const std::string text = path.string().substr(0, path_bytes - 1);
      std::memcpy(file.path.data(), text.c_str(), text.size() + 1);
      file.bytes.store(bytes, std::memory_order_relaxed);
      file.begin.store(reinterpret_cast<std::uintptr_t>(begin), std::memory_order_release);
      return;
    }
  }
}

void forget_mapped_file(const void* begin) noexcept {
  const std::lock_guard lock(mapped_files_mutex);
  for (mapped_file& file : mapped_files) {
    if (file.begin.load(std::memory_order_relaxed) == reinterpret_cast<std::uintptr_t>(begin)) {
      file.begin.store(0, std::memory_order_release);
    }
  }
}

void install_bus_error_handler() noexcept {
  struct sigaction action {};
  action.sa_sigaction = on_bus_error;
  action.sa_flags = SA_SIGINFO;
  sigemptyset(&action.sa_mask);
  sigaction(SIGBUS, &action, nullptr);
}

}  // namespace repute::store
