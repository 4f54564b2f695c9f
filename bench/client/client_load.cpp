// SPDX-License-Identifier: Apache-2.0
// How many lookups one client gets through on one core, and what a mail costs it in processor time
// when its keys are ready: `--outstanding` lookups of `--keys` keys each, a new one as soon as one
// completes. `--bare` sends and receives the same datagrams without a client: what of the cost is
// the kernel's. bench_client.py starts it beside a server.
#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/udp.hpp>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "load_generator/made_up_keys.hpp"
#include "repute/client/client.hpp"
#include "repute/schema/message.hpp"

namespace repute::bench {
namespace {

using clock_type = std::chrono::steady_clock;

struct settings {
  std::string server;
  bool bare = false;
  std::size_t keys = 20;
  std::size_t outstanding = 32;
  double seconds = 5;
};

/// Processor time of this process, user and system.
double cpu_s() {
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  const auto seconds = [](const timeval& of) {
    return static_cast<double>(of.tv_sec) + static_cast<double>(of.tv_usec) * 1e-6;
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

/// Mails whose keys are different, made before the clock runs: as many as are needed so that no two
/// outstanding lookups are the same, and few enough to stay in a near cache, as a filter's are.
std::vector<std::vector<key>> make_mails(std::size_t keys, std::size_t outstanding) {
  std::vector<std::vector<key>> mails(std::max<std::size_t>(128, 2 * outstanding));
  std::uint64_t number = 0;
  for (std::vector<key>& mail : mails) {
    for (std::size_t i = 0; i < keys; ++i) {
      const kind of = i % 8 == 0 ? kind::ip4 : kind::host;
      std::array<std::uint8_t, fingerprint_size> bytes{};
      write_made_up_key(of, number++, bytes.data());
      mail.emplace_back(of, byte_view(bytes).first(key_size(of)));
    }
  }
  return mails;
}

void tell(const settings& chosen, std::uint64_t mails, double seconds, double cpu,
          std::uint64_t failed) {
  const auto count = static_cast<double>(mails);
  std::printf(
      "{\"keys\":%zu,\"outstanding\":%zu,\"mails_per_s\":%.0f,\"lookups_per_s\":%.0f,"
      "\"cpu_us_per_mail\":%.2f,\"cores\":%.2f,\"failed\":%llu}\n",
      chosen.keys, chosen.outstanding, count / seconds,
      count * static_cast<double>(chosen.keys) / seconds, cpu * 1e6 / count, cpu / seconds,
      static_cast<unsigned long long>(failed));
}

class load {
 public:
  load(boost::asio::io_context& context, const settings& chosen)
      : chosen_(chosen), mails_(make_mails(chosen.keys, chosen.outstanding)) {
    client_options options;
    options.servers = {chosen.server};
    options.deadline = std::chrono::seconds(10);  // a machine that is held up loses no lookup
    client_ = std::make_unique<client>(context.get_executor(), options);
  }

  void run(boost::asio::io_context& context) {
    for (std::size_t i = 0; i < chosen_.outstanding; ++i) {
      ask();
    }
    constexpr std::chrono::milliseconds warm_up{300};  // until response times are known
    context.run_for(warm_up);
    const std::uint64_t before = answered_;
    const double cpu_before = cpu_s();
    const auto begun = clock_type::now();
    context.run_for(std::chrono::duration_cast<clock_type::duration>(
        std::chrono::duration<double>(chosen_.seconds)));
    const std::chrono::duration<double> took = clock_type::now() - begun;
    tell(chosen_, answered_ - before, took.count(), cpu_s() - cpu_before, failed_);
    client_.reset();
    context.run();
  }

  [[nodiscard]] std::uint64_t failed() const noexcept { return failed_; }

 private:
  // The copy of the keys is part of what a filter pays.
  void ask() {
    client_->async_lookup(mails_[asked_++ % mails_.size()], [this](boost::system::error_code error,
                                                                   const lookup_result& result) {
      if (client_ == nullptr) {  // measured; what is still outstanding completes
        return;
      }
      ++answered_;
      failed_ += error || result.answers.size() != chosen_.keys ? 1U : 0U;
      ask();
    });
  }

  settings chosen_;
  std::vector<std::vector<key>> mails_;
  std::unique_ptr<client> client_;
  std::uint64_t asked_ = 0;
  std::uint64_t answered_ = 0;
  std::uint64_t failed_ = 0;
};

// Loopback loses nothing as long as no more is outstanding than a socket's buffer holds.
void run_bare(boost::asio::io_context& context, const settings& chosen) {
  using boost::asio::ip::udp;
  const std::vector<key> keys = make_mails(chosen.keys, 1).front();
  std::vector<std::uint8_t> request(wire::request_size(keys).value());
  (void)wire::encode_request(wire::type::query, 1, 500, keys, request);
  const std::size_t colon = chosen.server.rfind(':');
  udp::socket socket(context);
  socket.connect(*udp::resolver(context)
                      .resolve(chosen.server.substr(0, colon), chosen.server.substr(colon + 1))
                      .begin());
  const auto send = [&] { socket.send(boost::asio::buffer(request)); };
  for (std::size_t i = 0; i < chosen.outstanding; ++i) {
    send();
  }
  std::array<std::uint8_t, wire::request_size_max> reply{};
  std::uint64_t answered = 0;
  const double cpu_before = cpu_s();
  const auto begun = clock_type::now();
  const auto end = begun + std::chrono::duration<double>(chosen.seconds);
  while (clock_type::now() < end) {
    socket.receive(boost::asio::buffer(reply));
    ++answered;
    send();
  }
  const std::chrono::duration<double> took = clock_type::now() - begun;
  tell(chosen, answered, took.count(), cpu_s() - cpu_before, 0);
}

}  // namespace
}  // namespace repute::bench

int main(int argc, char** argv) {
  repute::bench::settings chosen;
  CLI::App app("Loads a server through one client and tells what a mail costs the client.");
  app.add_option("--server", chosen.server, "HOST:PORT")->required();
  app.add_option("--keys", chosen.keys, "keys of a mail")->check(CLI::Range(1, 64));
  app.add_option("--outstanding", chosen.outstanding, "lookups at a time")
      ->check(CLI::Range(1, 10000));
  app.add_option("--seconds", chosen.seconds)->check(CLI::Range(0.01, 3600.0));
  app.add_flag("--bare", chosen.bare, "the same datagrams without a client");
  CLI11_PARSE(app, argc, argv);
  boost::asio::io_context context(1);
  if (chosen.bare) {
    repute::bench::run_bare(context, chosen);
    return 0;
  }
  repute::bench::load running(context, chosen);
  running.run(context);
  return running.failed() == 0 ? 0 : 1;
}
