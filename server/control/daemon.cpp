// SPDX-License-Identifier: Apache-2.0
#include "control/daemon.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <csignal>
#include <memory>
#include <random>

#include "control/access_files.hpp"
#include "control/adopter.hpp"
#include "control/control_request.hpp"
#include "control/control_socket.hpp"
#include "control/database_watch.hpp"
#include "control/demo.hpp"
#include "control/exit_codes.hpp"
#include "control/live_commands.hpp"
#include "control/loader.hpp"
#include "control/log.hpp"
#include "control/report.hpp"
#include "control/sandbox.hpp"
#include "control/service_manager.hpp"
#include "control/worker_set.hpp"
#include "repute/schema/test_points.hpp"
#include "repute/seal/fingerprint.hpp"
#include "repute/seal/secret.hpp"
#include "store/serving_store.hpp"

namespace repute::control {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

constexpr std::chrono::seconds drain_time{2};
// In the time that the service manager waits for one.
constexpr int signs_of_life = 8;

std::uint64_t random_number() {
  std::random_device source;
  return std::uint64_t{source()} << 32 | source();
}

std::uint64_t unix_seconds() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::seconds>(now).count());
}

query::allowed_client plain_client_of(const config& from) {
  return query::plain_client(from.plain_networks, plain_rate_of(from));
}

std::uint32_t random_server_id() {
  return static_cast<std::uint32_t>(random_number()) | 1;  // never 0
}

// The control thread: everything that is not a datagram happens here, on the thread of run().
class daemon {
 public:
  daemon(command_line chosen, std::chrono::steady_clock::time_point began);
  int run();

 private:
  void hide_keys() const;
  void open_access();
  void put_in_force(access_reading read);
  void read_access_again();
  void forget_old_access();
  void open_live();
  void log_adoption(const adoption& outcome);
  void adopt_first();
  void warn_about_exposure() const;
  void give_up_other_calls();
  [[nodiscard]] server_facts facts() const;

  void on_line(std::string_view line, control_socket::reply_callback reply);
  [[nodiscard]] std::string answer_live(command asked, std::string_view line);
  void adopt(std::function<void(const adoption&)> then);
  void await_signal();
  void await_changes();
  void give_signs_of_life();
  void tell_status() const;
  void check_config_again() const;
  void stop_or_drain();

  command_line chosen_;
  std::chrono::steady_clock::time_point began_;
  asio::io_context context_{1};
  asio::signal_set signals_{context_, SIGTERM, SIGINT, SIGHUP};
  asio::steady_timer drain_timer_{context_};
  asio::steady_timer forget_timer_{context_};
  asio::steady_timer watchdog_timer_{context_};
  service_manager manager_;
  control_socket control_;
  net::serving serving_;
  const query::access_list* access_ = nullptr;  ///< in force; serving_ owns it
  std::unique_ptr<store::serving_store> live_;
  std::array<std::uint8_t, 2> salt_fp_{};
  bool sandboxed_ = false;
  database_watch watch_;
  asio::posix::stream_descriptor watch_ready_{context_, watch_.native_handle()};
  std::optional<store::snapshot_info> in_force_;
  std::unique_ptr<worker_set> workers_;
  std::unique_ptr<loader> loader_;
};

daemon::daemon(command_line chosen, std::chrono::steady_clock::time_point began)
    : chosen_(std::move(chosen)),
      began_(began),
      control_(context_, chosen_.config.database,
               [this](std::string_view line, control_socket::reply_callback reply) {
                 on_line(line, std::move(reply));
               }),
      serving_(chosen_.config.listen.size() * workers_per_address(chosen_.config),
               chosen_.config.server_id, random_number()),
      watch_(chosen_.config.database) {
  open_access();
  open_live();
  // Watched before CURRENT is read for the first time: no switch is missed in between.
  adopt_first();
  workers_ = std::make_unique<worker_set>(chosen_.config, serving_);
}

void daemon::hide_keys() const {
  std::error_code ignored;
  if (std::filesystem::exists(chosen_.config.database / "access", ignored)) {
    seal::keep_out_of_core_dumps();
  }
}

void daemon::open_access() {
  hide_keys();
  access_reading read =
      read_access(chosen_.config.database, plain_client_of(chosen_.config), nullptr);
  if (!read.list) {
    throw start_failure(read.exit_code, fmt::format("{}", fmt::join(read.problems, "\n")));
  }
  put_in_force(std::move(read));
}

void daemon::put_in_force(access_reading read) {
  for (const std::string& note : read.notes) {
    log_line(note);
  }
  access_ = read.list.get();
  serving_.access.publish(std::move(read.list));
  forget_old_access();
}

// A list that is not in force any more holds keys, too: it goes as soon as no worker reads it.
void daemon::forget_old_access() {
  if (serving_.access.reclaim() == 0) {
    return;
  }
  forget_timer_.expires_after(std::chrono::milliseconds(10));
  forget_timer_.async_wait([this](const error_code& error) {
    if (!error) {
      forget_old_access();
    }
  });
}

void daemon::read_access_again() {
  hide_keys();
  access_reading read =
      read_access(chosen_.config.database, plain_client_of(chosen_.config), access_);
  for (const std::string& problem : read.problems) {
    log_line(problem);
  }
  if (!read.list) {
    log_line("the allow list stays as it was");
    return;
  }
  put_in_force(std::move(read));
  const auto may_ask = std::ranges::count_if(access_->clients(), [](const auto& each) {
    return each.not_after_unix_s == 0 || each.not_after_unix_s >= unix_seconds();
  });
  log_line(fmt::format("clients that may ask: {}", may_ask));
}

// What was said at run time must be there before anything is answered.
void daemon::open_live() {
  std::string problem;
  const auto salt = seal::read_database_salt(chosen_.config.database.string(), problem);
  if (!salt) {
    throw start_failure(exit_io, problem);
  }
  salt_fp_ = seal::salt_fingerprint(*salt);
  seal::fingerprinter fingerprints(*salt);
  std::vector<key> fixed;
  for (const test_point& point : test_points()) {
    fixed.push_back(fingerprints.make_key({point.kind, canonical_of(point)}));
  }
  auto opened = store::serving_store::open(chosen_.config.database, salt_fp_, std::move(fixed),
                                           serving_.states);
  if (!opened) {
    throw start_failure(store::exit_code(opened.error().code), opened.error().message);
  }
  live_ = std::move(*opened);
}

void daemon::adopt_first() {
  adopter first(chosen_.config.database, chosen_.config.store, *live_, chosen_.config.trusted_keys);
  const adoption outcome = first.adopt();
  std::error_code ignored;
  const bool none_yet = !std::filesystem::exists(chosen_.config.database / "CURRENT", ignored);
  if (outcome.refusal && !none_yet) {
    // Nothing to serve on with: better no server, which clients see at once, than an empty one.
    throw start_failure(store::exit_code(outcome.refusal->code), outcome.refusal->message);
  }
  in_force_ = outcome.in_force;
  loader_ = std::make_unique<loader>(std::move(first));
}

int daemon::run() {
  await_signal();
  await_changes();
  warn_about_exposure();
  give_up_other_calls();
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began_;
  write_line(ready_line(facts(), took.count()));
  tell_status();
  manager_.ready();
  give_signs_of_life();
  context_.run();
  // The loader posts into context_ and publishes into serving_: it goes first, then the readers.
  loader_.reset();
  workers_.reset();
  watch_ready_.release();  // watch_ owns the descriptor
  log_line("stopped");
  return 0;
}

void daemon::warn_about_exposure() const {
  namespace fs = std::filesystem;
  std::error_code ignored;
  const fs::file_status salt = fs::status(chosen_.config.database / "salt", ignored);
  if (!fs::exists(salt)) {
    if (!chosen_.demo) {
      log_line("no salt file in the database directory: the public salt is in force");
    }
  } else if ((salt.permissions() & fs::perms::others_read) != fs::perms::none) {
    log_line(
        "WARNING: the mode of DIR/salt lets anybody read it, and test with it what is asked: chmod "
        "640 it");
  }
  const bool open_to_others = !is_plain_for_loopback_alone(chosen_.config);
  bool reachable = false;
  for (const net::socket_address& address : workers_->addresses()) {
    reachable |= !address.is_loopback();
  }
  if (open_to_others) {
    log_line(
        fmt::format("WARNING: plain_networks lets others than this machine ask in plain text{}: "
                    "whoever sees their packets can read and forge answers",
                    plain_rate_of(chosen_.config) == 0 ? ", at any rate" : ""));
  } else if (reachable && access_->clients().empty()) {
    log_line(
        "nobody outside this machine may ask yet: see `repute keys client add`, or plain_networks");
  }
}

// Sockets are bound and threads run: what serving does not need is given up for good.
void daemon::give_up_other_calls() {
  if (!chosen_.sandbox) {
    log_line("WARNING: --no-sandbox: all system calls stay allowed");
    return;
  }
  const auto problem = enter_sandbox();
  sandboxed_ = !problem;
  if (problem) {
    log_line(fmt::format("WARNING: no sandbox, all system calls stay allowed: {}", *problem));
  }
}

server_facts daemon::facts() const {
  const auto uptime = std::chrono::steady_clock::now() - began_;
  return {.listen = workers_->addresses(),
          .in_force = in_force_,
          .store = chosen_.config.store,
          .workers = workers_->size(),
          .server_id = serving_.server_id,
          .uptime_s = static_cast<std::uint64_t>(
              std::chrono::duration_cast<std::chrono::seconds>(uptime).count()),
          .draining = serving_.draining.load(),
          .sandboxed = sandboxed_};
}

void daemon::log_adoption(const adoption& outcome) {
  if (outcome.refusal) {
    log_line(fmt::format("refused: {}; {}", outcome.refusal->message,
                         in_force_ ? fmt::format("generation {} serves on", in_force_->generation)
                                   : std::string("nothing to serve yet")));
  } else if (outcome.changed) {
    log_line(fmt::format("adopted generation {}, {} keys, in {:.2f} s",
                         outcome.in_force->generation, outcome.in_force->keys, outcome.seconds));
  }
  if (outcome.not_compacted) {
    log_line(
        fmt::format("old live entries stay in the overlay: {}", outcome.not_compacted->message));
  }
}

void daemon::adopt(std::function<void(const adoption&)> then) {
  loader_->request([this, then = std::move(then)](const adoption& outcome) {
    asio::post(context_, [this, then, outcome] {
      in_force_ = outcome.in_force;
      tell_status();
      if (then) {
        then(outcome);
      }
    });
  });
}

void daemon::on_line(std::string_view line, control_socket::reply_callback reply) {
  const control_request request = parse_control_request(line);
  if (!request.command) {
    reply(json_error(request.error));
    return;
  }
  switch (*request.command) {
    case command::status:
      reply(status_json(facts()));
      break;
    case command::stats:
      reply(stats_json(*workers_, live_->texts(unix_seconds())));
      break;
    case command::adopt:
      adopt([this, reply = std::move(reply)](const adoption& outcome) {
        log_adoption(outcome);
        reply(adoption_json(outcome));
      });
      break;
    default:
      reply(answer_live(*request.command, line));
  }
}

std::string daemon::answer_live(command asked, std::string_view line) {
  live_reply made = answer_live_command(asked, line, *live_, unix_seconds(), salt_fp_);
  if (made.published) {
    loader_->reclaim_soon();
  }
  return std::move(made.line);
}

void daemon::await_changes() {
  watch_ready_.async_wait(asio::posix::stream_descriptor::wait_read,
                          [this](const error_code& error) {
                            if (error) {
                              return;
                            }
                            const auto changed = watch_.take_events();
                            if (changed.access) {
                              read_access_again();
                            }
                            if (changed.current) {
                              adopt([this](const adoption& outcome) { log_adoption(outcome); });
                            }
                            await_changes();
                          });
}

// While every worker turns: a server that hangs is ended by its service manager and begun again. A
// lookup of its own would show more, but not where its access rules refuse just that.
void daemon::give_signs_of_life() {
  if (!manager_.watchdog_time()) {
    return;
  }
  if (workers_->are_alive()) {
    manager_.alive();
    workers_->poke();
  }
  watchdog_timer_.expires_after(*manager_.watchdog_time() / signs_of_life);
  watchdog_timer_.async_wait([this](const error_code& error) {
    if (!error) {
      give_signs_of_life();
    }
  });
}

void daemon::tell_status() const {
  manager_.status(in_force_ ? fmt::format("serving generation {}, {} keys", in_force_->generation,
                                          in_force_->keys)
                            : std::string("no snapshot yet, answering LOADING"));
}

void daemon::await_signal() {
  signals_.async_wait([this](const error_code& error, int signal) {
    if (error) {
      return;
    }
    if (signal == SIGHUP) {
      check_config_again();
      read_access_again();
      adopt([this](const adoption& outcome) { log_adoption(outcome); });
    } else {
      stop_or_drain();
    }
    await_signal();
  });
}

void daemon::check_config_again() const {
  if (chosen_.config_file.empty()) {
    return;
  }
  config ignored;
  const auto problems = read_config_file(chosen_.config_file, ignored);
  for (const config_problem& problem : problems) {
    log_line(to_string(chosen_.config_file, problem));
  }
  log_line(problems.empty() ? "configuration is well-formed; changes hold from the next start"
                            : "configuration has mistakes; running on as started");
}

// First signal: tell clients to go elsewhere, and answer while they do. Second: at once.
void daemon::stop_or_drain() {
  if (serving_.draining.exchange(true)) {
    context_.stop();
    return;
  }
  log_line("draining for 2 s");
  manager_.stopping();
  drain_timer_.expires_after(drain_time);
  drain_timer_.async_wait([this](const error_code&) { context_.stop(); });
}

void refuse_missing_directory(const std::filesystem::path& database) {
  std::error_code error;
  if (!std::filesystem::is_directory(database, error)) {
    throw start_failure(exit_no_input,
                        fmt::format("{}: no such database directory", database.string()));
  }
}

}  // namespace

int run_daemon(command_line chosen, std::chrono::steady_clock::time_point began) {
  std::unique_ptr<demo_database> demo;
  if (chosen.demo) {
    demo = std::make_unique<demo_database>();
    chosen.config.database = demo->path();
  }
  refuse_missing_directory(chosen.config.database);
  if (chosen.config.listen.empty()) {
    chosen.config.listen.push_back(net::parse_socket_address(default_listen).value());
  }
  if (chosen.config.server_id == 0) {
    chosen.config.server_id = random_server_id();
  }
  return daemon(std::move(chosen), began).run();
}

}  // namespace repute::control
