/* SPDX-License-Identifier: Apache-2.0 */
/* What is known of these things? One lookup for all of them, then the state of the server.
 * Usage: client_example_c HOST:PORT SUBJECT TEXT [SUBJECT TEXT]... */
#include <repute.h>
#include <stdio.h>
#include <string.h>

static int ask(repute_lookup* lookup, int count, char** things) {
  for (int i = 0; i + 1 < count; i += 2) {
    const repute_error error =
        repute_lookup_add(lookup, things[i], things[i + 1], strlen(things[i + 1]));
    if (error != REPUTE_OK) {
      printf("%s: %s\n", things[i + 1], repute_problem());
      return error == REPUTE_BAD_SUBJECT ? 64 : 65;
    }
  }
  if (repute_lookup_run(lookup) != REPUTE_OK) {
    printf("no answer: %s\n", repute_problem());
    return 69;
  }
  for (int i = 0; i + 1 < count; i += 2) {
    repute_answer answer = {.size = sizeof answer};
    if (repute_lookup_answer(lookup, (size_t)i / 2, &answer) != REPUTE_OK) {
      return 70;
    }
    printf("%s: %s %s\n", things[i + 1], repute_status_word(answer.status),
           repute_verdict_word(answer.verdict));
  }
  return 0;
}

int main(int argc, char** argv) {
  if (argc < 4 || repute_abi_version() != REPUTE_ABI_VERSION) {
    return 64;
  }
  repute_options* options = repute_options_new();
  repute_client* client = NULL;
  if (options == NULL || repute_options_add_server(options, argv[1]) != REPUTE_OK ||
      repute_client_new(options, &client) != REPUTE_OK) {
    printf("%s\n", repute_problem());
    repute_options_free(options);
    return 64;
  }
  repute_options_free(options);

  repute_lookup* lookup = repute_lookup_new(client);
  const int status = lookup == NULL ? 70 : ask(lookup, argc - 2, argv + 2);
  repute_lookup_free(lookup);

  repute_server server = {.size = sizeof server};
  size_t count = 0;
  if (status == 0 && repute_client_servers(client, &server, 1, &count) == REPUTE_OK) {
    printf("%s %s %s\n", server.name, server.state, server.used ? "used" : "not used");
  }
  repute_client_free(client);
  return status;
}
