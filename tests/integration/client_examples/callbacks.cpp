// SPDX-License-Identifier: Apache-2.0
// Several lookups at a time with callbacks. Usage: client_example_callbacks HOST:PORT NAME...
#include <boost/asio/io_context.hpp>
#include <cstdio>
#include <memory>

#include "repute/client/client.hpp"
#include "repute/seal/fingerprint.hpp"

int main(int argc, char** argv) {
  if (argc < 3) {
    return 64;
  }
  boost::asio::io_context context;
  repute::client_options options;
  options.servers = {argv[1]};
  auto client = std::make_unique<repute::client>(context.get_executor(), options);
  repute::seal::fingerprinter fingerprint({});  // the public salt

  // Completions come in any order, so each leaves its line in a place of its own.
  std::vector<std::string> lines(static_cast<std::size_t>(argc - 2));
  std::size_t left = lines.size();
  bool failed = false;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::string name = argv[i + 2];
    const std::vector<repute::key> keys{
        fingerprint.make_key(repute::canonical_key{repute::kind::host, name})};
    client->async_lookup(
        keys, [&, i, name](boost::system::error_code error, const repute::lookup_result& result) {
          failed = failed || error.failed();
          lines[i] = name + " " +
                     (error ? error.message() : std::string(word(result.answers.front().status)));
          if (--left == 0) {
            client.reset();  // nothing is left to wait for, so run() returns
          }
        });
  }
  context.run();
  for (const std::string& line : lines) {
    std::printf("%s\n", line.c_str());
  }
  return failed ? 69 : 0;
}
