// SPDX-License-Identifier: Apache-2.0
// A stranger's program: everything that is installed links and works, and a lookup without a server
// ends in an error and not in a verdict.
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdio>
#include <repute/canon/canon.hpp>
#include <repute/client/blocking_client.hpp>
#include <repute/client/client.hpp>
#include <repute/seal/fingerprint.hpp>

int main() {
  const repute::canon::canonicalizer canon;
  const auto read = canon.canonical(repute::subject::domain, "WWW.Example.COM");
  if (std::get<repute::canonical_key>(read).canonical != "www.example.com") {
    std::puts("canon: not the canonical form");
    return 1;
  }
  const repute::seal::deployment_salt salt;
  repute::seal::fingerprinter fingerprint(salt);
  std::vector<repute::key> keys;
  for (const auto& level : canon.covering(std::get<repute::canonical_key>(read))) {
    keys.push_back(fingerprint.make_key(level));
  }

  repute::client_options options;
  options.servers = {"127.0.0.1:1"};
  options.deadline = std::chrono::milliseconds{50};
  options.salt_fp = repute::seal::salt_fingerprint(salt);
  repute::blocking_client blocking(options);
  const auto answer = blocking.lookup(keys);
  std::printf("%zu keys asked: %s\n", keys.size(), answer.error().message().c_str());

  boost::asio::io_context context;
  bool failed = false;
  {
    repute::client client(context.get_executor(), options);
    client.async_lookup(keys, [&](boost::system::error_code error, const repute::lookup_result&) {
      failed = error.failed();
      context.stop();
    });
    context.run();
  }
  return answer.has_error() && failed ? 0 : 1;
}
