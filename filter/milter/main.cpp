// SPDX-License-Identifier: Apache-2.0
// repute-milter: gives each message of an MTA its status.
#include <fmt/format.h>
#include <libmilter/mfapi.h>

#include <CLI/CLI.hpp>
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

/// Signals that main() waits for; SIGUSR2 says that libmilter has ended. SIGTERM and SIGINT are
/// libmilter's.
sigset_t awaited_signals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int number : {SIGHUP, SIGUSR1, SIGUSR2}) {
    sigaddset(&set, number);
  }
  return set;
}

/// In this thread, and in all that it makes: signals are waited for, none interrupts anything.
void block_signals() {
  sigset_t set = awaited_signals();
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
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
    if (!start(*std::move(from))) {
      return exit_unavailable;
    }
    if (!register_callbacks() || smfi_setconn(socket_.data()) != MI_SUCCESS ||
        smfi_opensocket(true) != MI_SUCCESS) {
      log_line(fmt::format("{}: cannot be opened", socket_));
      return exit_unavailable;
    }
    int result = MI_FAILURE;
    std::thread milter([&result, caller = pthread_self()] {
      result = smfi_main();
      pthread_kill(caller, SIGUSR2);
    });
    log_line(fmt::format("{}  ready", socket_));
    attend();
    milter.join();
    return result == MI_SUCCESS ? 0 : exit_software;
  }

 private:
  bool start(settings from) {
    if (from.config.plain && from.config.credentials.empty()) {
      log_line(
          "WARNING: `plain` lets servers of other machines be asked in plain text: whoever sees "
          "their packets can read them and forge answers");
    }
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
    const sigset_t awaited = awaited_signals();
    for (int number = 0; number != SIGUSR2;) {
      number = sigwaitinfo(&awaited, nullptr);
      if (number == SIGHUP) {
        reload();
      } else if (number == SIGUSR1) {
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

/// libmilter waits for SIGHUP, SIGTERM and SIGINT in a thread of its own and stops at each of them.
/// SIGHUP is ours. This definition stands before that of the C library wherever the process calls
/// it, and libmilter alone does; it waits for the others only.
extern "C" int sigwait(const sigset_t* wanted, int* number) {
  sigset_t others = *wanted;
  sigdelset(&others, SIGHUP);
  do {
    *number = sigwaitinfo(&others, nullptr);
  } while (*number < 0 && errno == EINTR);
  return *number < 0 ? errno : 0;
}

int main(int argc, char** argv) {
  using namespace repute::milter;
  arguments given;
  if (const auto code = parse(argc, argv, given); code) {
    return *code;
  }
  block_signals();
  // Never destroyed: threads of libmilter may still be in it when the process ends.
  auto* const running = new class daemon(std::move(given));
  const int code = running->run();
  std::fflush(nullptr);
  std::_Exit(code);
}
