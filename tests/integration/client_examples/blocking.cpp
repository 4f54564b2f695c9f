// SPDX-License-Identifier: Apache-2.0
// Is this name listed? One server, one call. Usage: client_example_blocking HOST:PORT NAME
#include <cstdio>
#include <variant>

#include "repute/canon/canon.hpp"
#include "repute/client/blocking_client.hpp"
#include "repute/seal/fingerprint.hpp"

int main(int argc, char** argv) {
  if (argc != 3) {
    return 64;
  }
  const repute::canon::canonicalizer canon;
  const auto name = canon.canonical(repute::subject::domain, argv[2]);
  if (const auto* problem = std::get_if<repute::canon::error>(&name)) {
    std::puts(repute::canon::message(*problem).data());
    return 65;
  }
  const repute::seal::deployment_salt salt;  // the public one
  repute::seal::fingerprinter fingerprint(salt);

  repute::client_options options;
  options.servers = {argv[1]};
  options.salt_fp = repute::seal::salt_fingerprint(salt);
  repute::blocking_client client(options);
  const auto result = client.lookup({fingerprint.make_key(std::get<repute::canonical_key>(name))});
  if (!result) {
    std::printf("no answer: %s\n", result.error().message().c_str());
    return 69;
  }
  const repute::answer& answer = result->answers.front();
  std::printf("%s %d\n", repute::word(answer.verdict).data(), answer.score);
}
