// SPDX-License-Identifier: Apache-2.0
// The C interface: a thin skin over blocking_client, canon and seal that lets no exception out.
#include <algorithm>
#include <boost/system/system_error.hpp>
#include <chrono>
#include <cstring>
#include <exception>
#include <new>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "repute.h"
#include "repute/canon/canon.hpp"
#include "repute/client/blocking_client.hpp"
#include "repute/schema/verdict.hpp"
#include "repute/seal/credentials.hpp"
#include "repute/seal/fingerprint.hpp"

struct repute_options {
  repute::client_options client;
  repute::seal::deployment_salt salt{};
};

struct repute_client {
  explicit repute_client(const repute_options& options)
      : fingerprint(options.salt), client(with_salt(options)) {}

  static repute::client_options with_salt(const repute_options& options) {
    repute::client_options made = options.client;
    made.salt_fp = repute::seal::salt_fingerprint(options.salt);
    return made;
  }

  repute::canon::canonicalizer canon;
  repute::seal::fingerprinter fingerprint;
  repute::blocking_client client;
};

struct repute_lookup {
  struct thing {
    std::size_t first = 0;  ///< into keys
    std::size_t count = 0;
  };

  repute_client* client = nullptr;
  std::vector<repute::key> keys;
  std::vector<thing> things;
  bool answered = false;
  repute::lookup_result result;
};

namespace {

using repute::errc;

static_assert(REPUTE_TIMEOUT == static_cast<int>(errc::timeout));
static_assert(REPUTE_SALT_MISMATCH == static_cast<int>(errc::salt_mismatch));
static_assert(REPUTE_BAD_KEY == static_cast<int>(errc::bad_key));
static_assert(REPUTE_BAD_CREDENTIALS == static_cast<int>(errc::bad_credentials));
static_assert(REPUTE_PLAIN_REFUSED == static_cast<int>(errc::plain_refused));
static_assert(REPUTE_NOT_PERMITTED == static_cast<int>(repute::status::refused));
static_assert(REPUTE_MALWARE == static_cast<int>(repute::verdict::malware));

thread_local std::string problem_text;

repute_error failed(repute_error error, std::string_view more = {}) {
  problem_text = repute_error_text(error);
  if (!more.empty()) {
    problem_text += ": ";
    problem_text += more;
  }
  return error;
}

repute_error error_of(const boost::system::error_code& code) {
  return code.category() == repute::client_category() ? static_cast<repute_error>(code.value())
                                                      : REPUTE_BAD_SERVER;
}

/// Runs `f`, which returns a repute_error, and turns whatever it throws into one.
template <class F>
repute_error guarded(const F& f) noexcept {
  try {
    try {
      return f();
    } catch (const std::bad_alloc&) {
      return REPUTE_NO_MEMORY;
    } catch (const boost::system::system_error& error) {
      return failed(error_of(error.code()), error.what());
    } catch (const std::exception& error) {
      return failed(REPUTE_FAILURE, error.what());
    }
  } catch (...) {
    return REPUTE_NO_MEMORY;  // not even room for the sentence
  }
}

repute_error add_keys(repute_lookup& lookup, std::span<const repute::key> keys) {
  if (lookup.keys.size() + keys.size() > repute::lookup_keys_max) {
    return failed(REPUTE_TOO_MANY_KEYS);
  }
  lookup.answered = false;
  lookup.things.push_back({lookup.keys.size(), keys.size()});
  lookup.keys.insert(lookup.keys.end(), keys.begin(), keys.end());
  return REPUTE_OK;
}

/// Copies as much as fits, and always ends it.
template <std::size_t Size>
void copy_text(std::string_view from, char (&to)[Size]) {
  const std::size_t length = std::min(from.size(), Size - 1);
  std::copy_n(from.begin(), length, to);
  to[length] = '\0';
}

std::uint32_t microseconds_of(std::chrono::microseconds time) {
  return static_cast<std::uint32_t>(std::clamp<std::int64_t>(time.count(), 0, UINT32_MAX));
}

repute_server server_of(const repute::server_report& from) {
  repute_server out{};
  out.size = sizeof out;
  copy_text(from.server, out.name);
  copy_text(repute::word(from.tier), out.state);
  copy_text(from.reason, out.reason);
  out.used = from.used ? 1 : 0;
  out.srtt_us = microseconds_of(from.srtt);
  out.rttvar_us = microseconds_of(from.rttvar);
  out.queue_us = microseconds_of(from.queue);
  out.in_flight = from.in_flight;
  out.share = from.share;
  out.generation = from.status ? from.status->generation : 0;
  const bool aged = from.status && from.status->data_age_s != repute::wire::data_age_none;
  out.data_age_s = aged ? from.status->data_age_s : -1;
  out.sends = from.sends;
  out.answers = from.answers;
  out.timeouts = from.timeouts;
  return out;
}

}  // namespace

uint32_t repute_abi_version(void) {
  return REPUTE_ABI_VERSION;
}

const char* repute_error_text(int error) {
  switch (static_cast<repute_error>(error)) {
    case REPUTE_OK:
      return "no error";
    case REPUTE_TIMEOUT:
      return "no server answered before the deadline";
    case REPUTE_UNREACHABLE:
      return "no server listens at the given addresses";
    case REPUTE_OVERLOADED:
      return "all servers are busy";
    case REPUTE_LOADING:
      return "the servers have no snapshot yet";
    case REPUTE_REFUSED:
      return "the servers do not serve this client";
    case REPUTE_SERVER_FAILURE:
      return "the servers failed inside";
    case REPUTE_BAD_REQUEST:
      return "nothing was asked, or it was not understood";
    case REPUTE_TOO_MANY_KEYS:
      return "too many keys in one lookup";
    case REPUTE_SALT_MISMATCH:
      return "the servers' data was built under another salt";
    case REPUTE_BAD_SERVER:
      return "a server cannot be understood or resolved, or none is given";
    case REPUTE_BAD_KEY:
      return "not a public key";
    case REPUTE_BAD_SALT:
      return "the salt file cannot be read";
    case REPUTE_BAD_SUBJECT:
      return "no such subject";
    case REPUTE_MALFORMED:
      return "the text is not of its subject";
    case REPUTE_NO_MEMORY:
      return "no memory";
    case REPUTE_FAILURE:
      return "failure";
    case REPUTE_BAD_CREDENTIALS:
      return "the credentials cannot be read, or others may read them";
    case REPUTE_PLAIN_REFUSED:
      return "a server of another machine needs credentials";
  }
  return "unknown error";
}

const char* repute_problem(void) {
  return problem_text.c_str();
}

repute_options* repute_options_new(void) {
  return new (std::nothrow) repute_options;
}

void repute_options_free(repute_options* options) {
  delete options;
}

repute_error repute_options_add_server(repute_options* options, const char* server) {
  return guarded([&] {
    options->client.servers.emplace_back(server);
    return REPUTE_OK;
  });
}

void repute_options_set_deadline(repute_options* options, uint32_t milliseconds) {
  options->client.deadline = std::chrono::milliseconds{milliseconds};
}

repute_error repute_options_set_salt_file(repute_options* options, const char* path) {
  return guarded([&] {
    std::string problem;
    const auto salt = repute::seal::read_salt_file(path, problem);
    if (!salt) {
      return failed(REPUTE_BAD_SALT, problem);
    }
    options->salt = *salt;
    return REPUTE_OK;
  });
}

repute_error repute_options_set_credentials(repute_options* options, const char* path) {
  return guarded([&] {
    auto read = repute::seal::read_credentials(path);
    if (const auto* refused = std::get_if<repute::seal::secret_file_failure>(&read)) {
      return failed(REPUTE_BAD_CREDENTIALS, refused->message);
    }
    options->salt = std::get<repute::seal::credentials>(read).salt;
    options->client.credentials = path;
    return REPUTE_OK;
  });
}

void repute_options_allow_plain(repute_options* options) {
  options->client.plain = true;
}

void repute_options_set_cache(repute_options* options, size_t keys) {
  options->client.cache_keys = keys;
}

repute_error repute_options_follow_list(repute_options* options, const char* public_key,
                                        const char* file) {
  return guarded([&] {
    options->client.list_key = public_key;
    options->client.list_file = file == nullptr ? "" : file;
    return REPUTE_OK;
  });
}

repute_error repute_client_new(const repute_options* options, repute_client** client) {
  *client = nullptr;
  return guarded([&] {
    *client = new repute_client(*options);
    return REPUTE_OK;
  });
}

void repute_client_free(repute_client* client) {
  delete client;
}

repute_error repute_client_servers(repute_client* client, repute_server* servers, size_t capacity,
                                   size_t* count) {
  return guarded([&] {
    const repute::client_report report = client->client.report();
    *count = report.servers.size();
    // The caller's structure may be shorter or longer than ours: it says which it knows.
    const std::size_t stride = capacity > 0 ? servers->size : 0;
    for (std::size_t i = 0; i < std::min(capacity, *count); ++i) {
      repute_server filled = server_of(report.servers[i]);
      filled.size = stride;
      std::memcpy(reinterpret_cast<char*>(servers) + i * stride, &filled,
                  std::min(stride, sizeof filled));
    }
    return REPUTE_OK;
  });
}

repute_lookup* repute_lookup_new(repute_client* client) {
  auto* made = new (std::nothrow) repute_lookup;
  if (made != nullptr) {
    made->client = client;
  }
  return made;
}

void repute_lookup_free(repute_lookup* lookup) {
  delete lookup;
}

repute_error repute_lookup_add(repute_lookup* lookup, const char* subject, const char* text,
                               size_t length) {
  return guarded([&] {
    const auto known = repute::subject_from_word(subject);
    if (!known || known == repute::subject::textsig) {
      return failed(REPUTE_BAD_SUBJECT);
    }
    repute_client& client = *lookup->client;
    const auto read = client.canon.canonical(*known, {text, length});
    if (const auto* wrong = std::get_if<repute::canon::error>(&read)) {
      return failed(REPUTE_MALFORMED, repute::canon::message(*wrong));
    }
    std::vector<repute::key> keys;
    for (const auto& level : client.canon.covering(std::get<repute::canonical_key>(read))) {
      keys.push_back(client.fingerprint.make_key(level));
    }
    return add_keys(*lookup, keys);
  });
}

repute_error repute_lookup_add_key(repute_lookup* lookup, uint8_t kind, const void* bytes,
                                   size_t length) {
  return guarded([&] {
    const auto number = static_cast<repute::kind>(kind);
    if (!repute::is_known(number) || length != repute::key_size(number)) {
      return failed(REPUTE_MALFORMED);
    }
    const repute::key made(number, {static_cast<const std::uint8_t*>(bytes), length});
    return add_keys(*lookup, {&made, 1});
  });
}

repute_error repute_lookup_run(repute_lookup* lookup) {
  return guarded([&] {
    lookup->answered = false;
    lookup->result = {};
    auto done = lookup->client->client.lookup(lookup->keys);
    if (!done) {
      return failed(error_of(done.error()));
    }
    lookup->result = *std::move(done);
    lookup->answered = true;
    return REPUTE_OK;
  });
}

void repute_lookup_clear(repute_lookup* lookup) {
  lookup->keys.clear();
  lookup->things.clear();
  lookup->answered = false;
  lookup->result = {};
}

const char* repute_status_word(uint8_t status) {
  return status <= REPUTE_NOT_PERMITTED ? repute::word(static_cast<repute::status>(status)).data()
                                        : "unknown";
}

const char* repute_verdict_word(uint8_t verdict) {
  return verdict <= REPUTE_MALWARE ? repute::word(static_cast<repute::verdict>(verdict)).data()
                                   : "unknown";
}

repute_error repute_lookup_answer(const repute_lookup* lookup, size_t index,
                                  repute_answer* answer) {
  return guarded([&] {
    if (!lookup->answered || index >= lookup->things.size()) {
      return failed(REPUTE_BAD_REQUEST);
    }
    const repute_lookup::thing& thing = lookup->things[index];
    const auto answers = std::span(lookup->result.answers).subspan(thing.first, thing.count);
    const auto level = repute::deciding_level(answers);
    repute_answer out{};
    out.size = answer->size;
    if (level) {
      const repute::answer& decided = answers[*level];
      out.status = repute::is_exclusion(decided) ? std::uint8_t{REPUTE_NOT_LISTED}
                                                 : static_cast<std::uint8_t>(decided.status);
      out.verdict = static_cast<std::uint8_t>(decided.verdict);
      out.score = decided.score;
      out.category = decided.category;
      out.flags = decided.vflags;
      out.ttl_s = decided.ttl_s;
    }
    std::memcpy(answer, &out, std::min(answer->size, sizeof out));
    return REPUTE_OK;
  });
}

const char* repute_lookup_server(const repute_lookup* lookup) {
  return lookup->result.server.c_str();
}

uint32_t repute_lookup_rtt_us(const repute_lookup* lookup) {
  return microseconds_of(lookup->result.rtt);
}

uint32_t repute_lookup_sends(const repute_lookup* lookup) {
  return lookup->result.sends;
}
