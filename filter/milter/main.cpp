// SPDX-License-Identifier: Apache-2.0
// repute-milter: gives each message of an MTA its status.
#include <fcntl.h>
#include <fmt/format.h>
#include <libmilter/mfapi.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <array>
#include <boost/system/system_error.hpp>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <optional>
#include <string>
#include <thread>

#include "callbacks.hpp"
#include "log.hpp"

namespace repute::milter {
namespace {

// Exit codes, with the numbers of sysexits.h.
constexpr int exit_usage = 64;
constexpr int exit_unavailable = 69;  ///< the socket cannot be opened, a server not be resolved
constexpr int exit_software = 70;     ///< libmilter failed
constexpr int exit_config = 78;

/// What main() is woken for; a byte each.
constexpr char wake_reload = 'r';
constexpr char wake_count = 'c';
constexpr char wake_ended = 'e';
std::array<int, 2> wake_pipe{-1, -1};

void wake(char why) {
  [[maybe_unused]] const auto written = ::write(wake_pipe[1], &why, 1);
}

extern "C" void on_signal(int number) {
  const int kept = errno;
  wake(number == SIGHUP ? wake_reload : wake_count);
  errno = kept;
}

/// libmilter waits for SIGHUP, SIGTERM and SIGINT in a thread of its own and stops at each of them.
/// It may have the last two. SIGHUP is never blocked in this thread, not even while it is handled
/// (SA_NODEFER): Linux gives a signal of the process to its main thread whenever that one takes it,
/// so that libmilter never sees it.
void prepare_signals() {
  struct sigaction handler {};
  handler.sa_handler = on_signal;
  handler.sa_flags = SA_NODEFER | SA_RESTART;
  sigemptyset(&handler.sa_mask);
  sigaction(SIGHUP, &handler, nullptr);
  sigaction(SIGUSR1, &handler, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
}

/// Blocked while threads are made, which inherit it; then main() lets SIGHUP and SIGUSR1 in again.
void block(int how) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGHUP);
  sigaddset(&set, SIGUSR1);
  if (how == SIG_BLOCK) {
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
  }
  pthread_sigmask(how, &set, nullptr);
}

struct arguments {
  std::string config_file;
  std::string socket;
  bool check_config = false;
};

std::optional<int> parse(int argc, char** argv, arguments& out) {
  CLI::App app("repute-milter gives each message of an MTA its status, in X-Spamtest-* fields.",
               "repute-milter");
  app.set_version_flag("--version", "repute-milter " REPUTE_VERSION);
  auto* config = app.add_option("--config", out.config_file, "Configuration file (TOML)");
  config->type_name("FILE");
  app.add_option("--socket", out.socket, "Where the MTA connects, instead of the file's `socket`")
      ->type_name("inet:PORT@ADDRESS|unix:FILE");
  app.add_flag("--check-config", out.check_config,
               "Check the configuration and the policy that it names, and leave")
      ->needs(config);
  app.footer(
      "Signals: HUP reads configuration and policy again, without dropping a connection; a file "
      "with a mistake changes nothing. USR1 writes the counters to standard error. TERM ends it.\n"
      "Exit status: 0 ended, 64 usage, 69 the socket cannot be opened or a server not be resolved, "
      "78 wrong configuration.");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : exit_usage;
  }
  return std::nullopt;
}

std::optional<settings> read_or_complain(const std::string& file) {
  std::vector<std::string> problems;
  auto out = read_settings(file, problems);
  for (const std::string& each : problems) {
    log_line(each);
  }
  return out;
}

class daemon {
 public:
  explicit daemon(arguments given) : given_(std::move(given)) {}

  int run() {
    auto from = read_or_complain(given_.config_file);
    if (!from) {
      return exit_config;
    }
    if (given_.check_config) {
      fmt::print("{}: ok\n", given_.config_file);
      return 0;
    }
    socket_ = given_.socket.empty() ? from->config.socket : given_.socket;
    block(SIG_BLOCK);
    if (!start(*std::move(from))) {
      return exit_unavailable;
    }
    if (!register_callbacks() || smfi_setconn(socket_.data()) != MI_SUCCESS ||
        smfi_opensocket(true) != MI_SUCCESS) {
      log_line(fmt::format("{}: cannot be opened", socket_));
      return exit_unavailable;
    }
    int result = MI_FAILURE;
    std::thread milter([&result] {
      result = smfi_main();
      wake(wake_ended);
    });
    log_line(fmt::format("{}  ready", socket_));
    block(SIG_UNBLOCK);
    attend();
    milter.join();
    return result == MI_SUCCESS ? 0 : exit_software;
  }

 private:
  bool start(settings from) {
    try {
      use_service(std::make_shared<service>(std::move(from), counts_, memory_));
      return true;
    } catch (const boost::system::system_error& failure) {
      log_line(failure.what());
      return false;
    }
  }

  void reload() {
    auto from = read_or_complain(given_.config_file);
    const bool moved = from && given_.socket.empty() && from->config.socket != socket_;
    if (!from || !start(*std::move(from))) {
      ++counts_.failed_reloads;
      return log_line("the configuration stays as it was");
    }
    ++counts_.reloads;
    log_line(moved ? "configuration read again; `socket` holds from the next start"
                   : "configuration read again");
  }

  /// Until libmilter ends; then a moment more for messages on their way.
  void attend() {
    for (char why = 0; why != wake_ended;) {
      if (::read(wake_pipe[0], &why, 1) != 1) {
        continue;
      }
      if (why == wake_reload) {
        reload();
      } else if (why == wake_count) {
        log_line(to_text(counts_));
      }
    }
    constexpr std::chrono::milliseconds step{10};
    constexpr std::chrono::seconds patience{2};
    const auto end = std::chrono::steady_clock::now() + patience;
    while (open_messages() != 0 && std::chrono::steady_clock::now() < end) {
      std::this_thread::sleep_for(step);
    }
    log_line(to_text(counts_));
  }

  arguments given_;
  std::string socket_;
  counters counts_;
  memory_pool memory_;
};

}  // namespace
}  // namespace repute::milter

int main(int argc, char** argv) {
  using namespace repute::milter;
  arguments given;
  if (const auto code = parse(argc, argv, given); code) {
    return *code;
  }
  if (::pipe2(wake_pipe.data(), O_CLOEXEC) != 0) {
    log_line("no pipe");
    return exit_software;
  }
  prepare_signals();
  // Never destroyed: threads of libmilter may still be in it when the process ends.
  auto* const running = new class daemon(std::move(given));
  const int code = running->run();
  std::fflush(nullptr);
  std::_Exit(code);
}
