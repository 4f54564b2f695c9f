// SPDX-License-Identifier: Apache-2.0
// A real reputed on a port of its own, for tests that want the whole thing.
#pragma once

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>
#include <csignal>

#include <array>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

extern char** environ;

namespace repute::test {

/// Starts `reputed --db DB --listen 127.0.0.1:0 ...` and waits for its ready line. The destructor
/// ends it.
class server_process {
 public:
  server_process(const std::string& program, const std::filesystem::path& db,
                 const std::vector<std::string>& more = {}) {
    std::vector<std::string> words{program, "--db", db.string(), "--listen", "127.0.0.1:0"};
    words.insert(words.end(), more.begin(), more.end());
    std::vector<char*> arguments;
    for (std::string& word : words) {
      arguments.push_back(word.data());
    }
    arguments.push_back(nullptr);
    std::array<int, 2> pipe_ends{};
    if (::pipe2(pipe_ends.data(), O_CLOEXEC) != 0) {
      throw std::runtime_error("pipe2");
    }
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, pipe_ends[1], STDERR_FILENO);
    const int error =
        ::posix_spawn(&pid_, program.c_str(), &actions, nullptr, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    ::close(pipe_ends[1]);
    stderr_ = pipe_ends[0];
    if (error != 0) {
      throw std::runtime_error("cannot start " + program);
    }
    read_ready_line();
  }
  ~server_process() {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    ::close(stderr_);
  }
  server_process(const server_process&) = delete;
  server_process& operator=(const server_process&) = delete;

  /// `127.0.0.1:PORT`
  [[nodiscard]] const std::string& address() const noexcept { return address_; }
  [[nodiscard]] pid_t pid() const noexcept { return pid_; }

 private:
  void read_ready_line() {
    const std::string mark = "udp ";
    std::string text;
    std::array<char, 512> buffer{};
    for (;;) {
      const ssize_t got = ::read(stderr_, buffer.data(), buffer.size());
      if (got <= 0) {
        throw std::runtime_error("reputed ended: " + text);
      }
      text.append(buffer.data(), static_cast<std::size_t>(got));
      const std::size_t at = text.find(mark);
      if (at != std::string::npos && text.find("ready in", at) != std::string::npos) {
        const std::size_t begin = at + mark.size();
        address_ = text.substr(begin, text.find(' ', begin) - begin);
        return;
      }
    }
  }

  pid_t pid_ = -1;
  int stderr_ = -1;
  std::string address_;
};

}  // namespace repute::test
