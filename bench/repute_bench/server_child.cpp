// SPDX-License-Identifier: Apache-2.0
#include "repute_bench/server_child.hpp"

#include <fcntl.h>
#include <sched.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <stdexcept>
#include <utility>

#include "load_generator/engine.hpp"

extern char** environ;

namespace repute::bench {

namespace {

// A child inherits the CPUs of its parent: this thread takes the child's for the moment.
class borrowed_cpu {
 public:
  explicit borrowed_cpu(unsigned cpu) {
    ::sched_getaffinity(0, sizeof before_, &before_);
    if (!pin_to_cpu(cpu)) {
      throw std::runtime_error("there is no CPU " + std::to_string(cpu));
    }
  }
  ~borrowed_cpu() { ::sched_setaffinity(0, sizeof before_, &before_); }
  borrowed_cpu(const borrowed_cpu&) = delete;
  borrowed_cpu& operator=(const borrowed_cpu&) = delete;

 private:
  cpu_set_t before_;
};

}  // namespace

server_child::server_child(const std::string& program, const std::vector<std::string>& arguments,
                           unsigned cpu) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
    throw std::runtime_error(std::string("pipe: ") + std::strerror(errno));
  }
  errors_ = ends[0];
  {
    const borrowed_cpu borrowed(cpu);
    start(program, arguments, ends[1]);
  }
  ::close(ends[1]);
  await_ready(program);
}

void server_child::start(const std::string& program, const std::vector<std::string>& arguments,
                         int error_end) {
  std::vector<std::string> words{program};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> pointers;
  for (std::string& word : words) {
    pointers.push_back(word.data());
  }
  pointers.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, error_end, STDERR_FILENO);
  const int error =
      ::posix_spawn(&pid_, program.c_str(), &actions, nullptr, pointers.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) {
    pid_ = -1;
    throw std::runtime_error(program + ": " + std::strerror(error));
  }
}

void server_child::await_ready(const std::string& program) {
  const std::string mark = "udp ";
  std::string text;
  std::array<char, 512> bytes{};
  for (;;) {
    const ssize_t got = ::read(errors_, bytes.data(), bytes.size());
    if (got <= 0) {
      throw std::runtime_error(program + " ended: " + text);
    }
    text.append(bytes.data(), static_cast<std::size_t>(got));
    const std::size_t at = text.find(mark);
    if (at != std::string::npos && text.find("ready in", at) != std::string::npos) {
      address_ = text.substr(at + mark.size());
      address_.resize(address_.find(' '));
      return;
    }
  }
}

server_child::~server_child() {
  if (pid_ > 0) {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  if (errors_ >= 0) {
    ::close(errors_);
  }
}

server_child::server_child(server_child&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)),
      errors_(std::exchange(other.errors_, -1)),
      address_(std::move(other.address_)) {}

std::string sibling_program(const std::string& name) {
  return std::filesystem::read_symlink("/proc/self/exe").parent_path() / name;
}

}  // namespace repute::bench
