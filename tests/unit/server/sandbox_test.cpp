// SPDX-License-Identifier: Apache-2.0
#include "control/sandbox.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <thread>

#include "support/temporary_directory.hpp"

namespace repute::control {
namespace {

constexpr int kept = 0;
constexpr int broken = 1;
constexpr int impossible = 2;

// Runs `check` in a child: what is forbidden there is forbidden for good.
template <class Check>
int in_child(Check check) {
  const pid_t child = ::fork();
  if (child == 0) {
    ::_exit(check());
  }
  int state = 0;
  ::waitpid(child, &state, 0);
  return WIFEXITED(state) ? WEXITSTATUS(state) : broken;
}

template <class Check>
int in_sandbox(Check holds) {
  return in_child([&] { return enter_sandbox() ? impossible : holds() ? kept : broken; });
}

#define EXPECT_IN_SANDBOX(check)                                               \
  if (const int outcome = in_sandbox([] { return check; }); outcome != kept) { \
    if (outcome == impossible) {                                               \
      GTEST_SKIP() << "no seccomp here, or a build with sanitizers";           \
    }                                                                          \
    ADD_FAILURE() << #check;                                                   \
  }

template <class Call>
bool is_forbidden(Call call) {
  errno = 0;
  return call() < 0 && errno == EPERM;
}

int run_true() {
  char* const arguments[] = {nullptr};
  return ::execve("/bin/true", arguments, arguments);
}

int map_executable() {
  void* const at = ::mmap(nullptr, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return at == MAP_FAILED ? -1 : 0;
}

int make_executable() {
  void* const at =
      ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return at == MAP_FAILED ? 0 : ::mprotect(at, 4096, PROT_READ | PROT_EXEC);
}

bool can_use_files() {
  const test::temporary_directory directory;
  const std::string name = (directory.path() / "file").string();
  const int file = ::open(name.c_str(), O_CREAT | O_WRONLY, 0600);
  return file >= 0 && ::write(file, "x", 1) == 1 && ::fsync(file) == 0 && ::close(file) == 0 &&
         ::unlink(name.c_str()) == 0;
}

bool can_start_threads() {
  std::atomic<bool> ran = false;
  std::thread([&ran] { ran = true; }).join();
  return ran;
}

TEST(sandbox, runs_no_program) {
  EXPECT_IN_SANDBOX(is_forbidden(run_true));
}

TEST(sandbox, makes_no_process) {
  EXPECT_IN_SANDBOX(is_forbidden([] { return ::fork(); }));
}

TEST(sandbox, opens_no_socket) {
  EXPECT_IN_SANDBOX(is_forbidden([] { return ::socket(AF_INET, SOCK_DGRAM, 0); }));
}

TEST(sandbox, connects_to_nothing) {
  EXPECT_IN_SANDBOX(is_forbidden([] { return ::connect(0, nullptr, 0); }));
}

TEST(sandbox, makes_no_memory_executable) {
  EXPECT_IN_SANDBOX(is_forbidden(map_executable));
  EXPECT_IN_SANDBOX(is_forbidden(make_executable));
}

TEST(sandbox, looks_into_no_other_process) {
  EXPECT_IN_SANDBOX(is_forbidden([] { return ::kill(::getppid(), 0); }));
}

TEST(sandbox, leaves_files_and_threads) {
  EXPECT_IN_SANDBOX(can_use_files());
  EXPECT_IN_SANDBOX(can_start_threads());
}

// A thread that ran before is in it, too.
TEST(sandbox, holds_for_all_threads) {
  const int outcome = in_child([] {
    std::atomic<bool> entered = false;
    std::atomic<bool> forbidden = false;
    std::thread older([&] {
      entered.wait(false);
      forbidden = is_forbidden([] { return ::socket(AF_INET, SOCK_DGRAM, 0); });
    });
    const bool refused = enter_sandbox().has_value();
    entered = true;
    entered.notify_one();
    older.join();
    return refused ? impossible : forbidden ? kept : broken;
  });
  if (outcome == impossible) {
    GTEST_SKIP() << "no seccomp here, or a build with sanitizers";
  }
  EXPECT_EQ(outcome, kept);
}

}  // namespace
}  // namespace repute::control
