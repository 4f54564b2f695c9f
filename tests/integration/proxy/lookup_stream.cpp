// SPDX-License-Identifier: Apache-2.0
// A filter's day: lookups at a steady rate until standard input ends, a line for each as it
// completes. Usage: lookup_stream RATE DEADLINE_MS HOST:PORT...
// Sealed if REPUTE_CREDENTIALS names a file.
// Lines: `lookup BEGUN_US TOOK_US ok|ERROR SENDS SERVER`, at the end `server NAME STATE TIMEOUTS`.
#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>

#include "repute/client/client.hpp"
#include "repute/schema/bytes.hpp"

namespace {

namespace asio = boost::asio;
using clock_type = std::chrono::steady_clock;
using std::chrono::microseconds;

/// CLOCK_MONOTONIC, so that other programs can compare.
long long stamp(clock_type::time_point at) {
  return std::chrono::duration_cast<microseconds>(at.time_since_epoch()).count();
}

class stream {
 public:
  stream(asio::io_context& context, const repute::client_options& options, unsigned rate)
      : client_(std::make_unique<repute::client>(context.get_executor(), options)),
        timer_(context),
        input_(context, 0),
        interval_(1'000'000 / rate) {
    timer_.expires_after(microseconds{0});
    next();
    wait_for_end();
  }

 private:
  void next() {
    timer_.expires_at(timer_.expiry() + interval_);
    timer_.async_wait([this](boost::system::error_code error) {
      if (!error && !ended_) {
        ask();
        next();
      }
    });
  }

  void ask() {
    std::array<std::uint8_t, repute::fingerprint_size> bytes{};
    repute::store_le(bytes.data(), ++asked_);
    const auto begun = clock_type::now();
    client_->async_lookup(
        {repute::key(repute::kind::host, bytes)},
        [this, begun](boost::system::error_code error, const repute::lookup_result& result) {
          tell(begun, error, result);
        });
  }

  void tell(clock_type::time_point begun, boost::system::error_code error,
            const repute::lookup_result& result) {
    std::string word = error ? error.message() : "ok";
    for (char& c : word) {
      c = c == ' ' ? '_' : c;
    }
    std::printf("lookup %lld %lld %s %u %s\n", stamp(begun),
                stamp(clock_type::now()) - stamp(begun), word.c_str(), result.sends,
                result.server.empty() ? "-" : result.server.c_str());
    ++told_;
    finish();
  }

  void wait_for_end() {
    input_.async_read_some(asio::buffer(buffer_),
                           [this](boost::system::error_code error, std::size_t) {
                             if (!error) {
                               return wait_for_end();
                             }
                             ended_ = true;
                             timer_.cancel();
                             finish();
                           });
  }

  void finish() {
    if (!ended_ || told_ < asked_ || reporting_) {
      return;
    }
    reporting_ = true;
    client_->async_report([this](boost::system::error_code, const repute::client_report& seen) {
      for (const repute::server_report& it : seen.servers) {
        std::printf("server %s %s %llu\n", it.server.c_str(), word(it.tier).data(),
                    static_cast<unsigned long long>(it.timeouts));
      }
      client_.reset();
    });
  }

  std::unique_ptr<repute::client> client_;
  asio::steady_timer timer_;
  asio::posix::stream_descriptor input_;
  microseconds interval_;
  std::array<char, 64> buffer_{};
  std::uint64_t asked_ = 0;
  std::uint64_t told_ = 0;
  bool ended_ = false;
  bool reporting_ = false;
};

unsigned number(const char* text) {
  unsigned value = 0;
  std::from_chars(text, text + std::strlen(text), value);
  return value;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4 || number(argv[1]) == 0) {
    return 64;
  }
  std::setvbuf(stdout, nullptr, _IOLBF, 1 << 16);
  asio::io_context context;
  repute::client_options options;
  options.deadline = std::chrono::milliseconds{number(argv[2])};
  options.servers.assign(argv + 3, argv + argc);
  options.sockets_per_server = 4;
  if (const char* credentials = std::getenv("REPUTE_CREDENTIALS")) {
    options.credentials = credentials;
  }
  const stream running(context, options, number(argv[1]));
  context.run();
}
