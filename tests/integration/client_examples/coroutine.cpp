// SPDX-License-Identifier: Apache-2.0
// Two lookups at a time from one thread. Usage: client_example_coroutine HOST:PORT...
#include <array>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstdio>
#include <exception>
#include <optional>
#include <string>

#include "repute/client/client.hpp"
#include "repute/seal/fingerprint.hpp"

namespace {

namespace asio = boost::asio;

asio::awaitable<void> ask(repute::client& client, std::string name) {
  repute::seal::fingerprinter fingerprint({});
  const std::vector<repute::key> keys{
      fingerprint.make_key(repute::canonical_key{repute::kind::host, name})};
  const repute::lookup_result result = co_await client.async_lookup(keys, asio::use_awaitable);
  std::printf("%s %s\n", name.c_str(), repute::word(result.answers.front().status).data());
}

}  // namespace

int main(int argc, char** argv) {
  asio::io_context context;
  repute::client_options options;
  options.servers.assign(argv + 1, argv + argc);
  std::optional<repute::client> client(std::in_place, context.get_executor(), options);

  std::exception_ptr failure;
  int running = 2;
  for (const char* name : {"test", "invalid"}) {
    asio::co_spawn(context, ask(*client, name), [&](std::exception_ptr error) {
      failure = error ? error : failure;
      if (--running == 0) {
        client.reset();  // nothing is left to wait for, so run() returns
      }
    });
  }
  context.run();
  return failure ? 69 : 0;
}
