/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Repute for C, and for every language that can call C.
 *
 * A client asks Repute servers about addresses, names, URLs, digests and texts. It measures how
 * fast its servers answer, asks the fastest, and another one when that stays silent. A lookup ends
 * by its deadline. Without an answer its result is an error and never a verdict: go on as if you
 * had not asked.
 *
 * Threads: different objects may be used by different threads at the same time; one object, and a
 * client with the lookups made from it, by one thread at a time. Make one client a thread, and
 * after fork(), not before.
 * Lifetime: what a function ending in _new gives is freed by the function ending in _free, which
 * takes NULL, too. A client outlives its lookups; options may be freed once the client is made.
 * Texts are UTF-8. `const char *` results belong to the library: those of names are for ever, the
 * others as long as their function says.
 * Errors: functions that can fail return a repute_error, 0 being success; repute_problem() then
 * tells more. Arguments must not be NULL unless it is said that they may.
 * Compatibility: numbers and functions of one REPUTE_ABI_VERSION never change. Structures begin
 * with their size, which the caller sets, so that they can grow at their end.
 */
#ifndef REPUTE_H
#define REPUTE_H

#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__)
#define REPUTE_API __attribute__((visibility("default")))
#else
#define REPUTE_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

#define REPUTE_ABI_VERSION 1

/* The REPUTE_ABI_VERSION of the library that runs, to be compared with that of this header. */
REPUTE_API uint32_t repute_abi_version(void);

typedef enum repute_error {
  REPUTE_OK = 0,
  REPUTE_TIMEOUT = 1,        /* nobody answered before the deadline */
  REPUTE_UNREACHABLE = 2,    /* nobody listens at the servers' addresses */
  REPUTE_OVERLOADED = 3,     /* every server asked is busy */
  REPUTE_LOADING = 4,        /* the servers asked have no snapshot yet */
  REPUTE_REFUSED = 5,        /* the servers asked do not serve this client */
  REPUTE_SERVER_FAILURE = 6, /* the servers asked failed inside */
  REPUTE_BAD_REQUEST = 7,    /* nothing was asked, or it was not understood */
  REPUTE_TOO_MANY_KEYS = 8,  /* more than a lookup may have: 1024 keys */
  REPUTE_SALT_MISMATCH = 9,  /* the servers' data was built under another salt */
  REPUTE_BAD_SERVER = 10,    /* a server's text cannot be read or resolved, or none was added */
  REPUTE_BAD_KEY = 11,       /* not a public key */
  REPUTE_BAD_SALT = 12,      /* the salt file cannot be read */
  REPUTE_BAD_SUBJECT = 13,   /* no such word for a subject */
  REPUTE_MALFORMED = 14,     /* the text is not of its subject: no address, no name, ... */
  REPUTE_NO_MEMORY = 15,
  REPUTE_FAILURE = 16,         /* anything else; repute_problem() tells */
  REPUTE_BAD_CREDENTIALS = 17, /* the credentials cannot be read, or others may read them */
  REPUTE_PLAIN_REFUSED = 18    /* a server of another machine needs credentials */
} repute_error;

/* One sentence about an error number; never NULL. */
REPUTE_API const char* repute_error_text(int error);

/* What went wrong in this thread's last call that failed, in words; valid until its next call. */
REPUTE_API const char* repute_problem(void);

/* ---- Options -------------------------------------------------------------------------------- */

typedef struct repute_options repute_options;

/* NULL if there is no memory. */
REPUTE_API repute_options* repute_options_new(void);
REPUTE_API void repute_options_free(repute_options* options);

/* `HOST`, `HOST:PORT`, `ADDRESS` or `[V6ADDRESS]:PORT`; port 7060 when not given. Call it for each
 * server; at least one is needed. Checked by repute_client_new(). */
REPUTE_API repute_error repute_options_add_server(repute_options* options, const char* server);

/* How long a lookup may take, retries included: 1 to 60000 ms, 500 when not set. */
REPUTE_API void repute_options_set_deadline(repute_options* options, uint32_t milliseconds);

/* The deployment's salt: a file with 64 hexadecimal digits. Without it the public salt is used. */
REPUTE_API repute_error repute_options_set_salt_file(repute_options* options, const char* path);

/* Ask in sealed mode, with a credentials file (mode 0600, made by `repute keys client add`), which
 * has the salt, too. Without it servers of other machines are not asked. */
REPUTE_API repute_error repute_options_set_credentials(repute_options* options, const char* path);

/* Ask servers of other machines in plain text where there are no credentials. */
REPUTE_API void repute_options_allow_plain(repute_options* options);

/* Keep at most so many answers for as long as servers allow; 0, the default, keeps none. */
REPUTE_API void repute_options_set_cache(repute_options* options, size_t keys);

/* Follow the servers' list of servers if `public_key` (`ed25519:...`) signed it, and keep it in
 * `file`, which may be NULL. */
REPUTE_API repute_error repute_options_follow_list(repute_options* options, const char* public_key,
                                                   const char* file);

/* ---- Client --------------------------------------------------------------------------------- */

typedef struct repute_client repute_client;

/* Resolves names, which may block for seconds. On failure *client is NULL. */
REPUTE_API repute_error repute_client_new(const repute_options* options, repute_client** client);
REPUTE_API void repute_client_free(repute_client* client);

/* A server as the client regards it. */
typedef struct repute_server {
  size_t size;      /* set to sizeof(repute_server) in the first element */
  char name[64];    /* ADDRESS:PORT */
  char state[16];   /* up, stale, suspect, draining, loading, down */
  char reason[64];  /* why it is used or not */
  int used;         /* a lookup made now might go there */
  uint32_t srtt_us; /* smoothed response time, 0 = never answered */
  uint32_t rttvar_us;
  uint32_t queue_us; /* the queue delay that it told */
  uint32_t in_flight;
  double share;        /* of the lookups of the last seconds, 0 to 1 */
  uint32_t generation; /* of its snapshot, 0 = not known */
  int32_t data_age_s;  /* of its data, -1 = not known */
  uint64_t sends, answers, timeouts;
} repute_server;

/* Fills at most `capacity` elements and says in *count how many servers there are. With capacity 0
 * `servers` may be NULL. */
REPUTE_API repute_error repute_client_servers(repute_client* client, repute_server* servers,
                                              size_t capacity, size_t* count);

/* ---- Lookups -------------------------------------------------------------------------------- */

/* What is asked in one go: the facts of one mail, for instance. */
typedef struct repute_lookup repute_lookup;

/* NULL if there is no memory. Made from a client, and used with it alone. */
REPUTE_API repute_lookup* repute_lookup_new(repute_client* client);
REPUTE_API void repute_lookup_free(repute_lookup* lookup);

/* Adds one thing to ask about. `subject` is one of ip, domain, url, email, email-md5, sha256, md5,
 * image-md5, name-md5, text, category, topic, heuristic, avrec; `text` is the thing as people write
 * it (digests in hexadecimal), `length` bytes. A name is asked with its parents, a URL with its
 * shorter forms and its host. The thing's index is the number of things added before.
 * REPUTE_BAD_SUBJECT, REPUTE_MALFORMED, REPUTE_TOO_MANY_KEYS: nothing is added. */
REPUTE_API repute_error repute_lookup_add(repute_lookup* lookup, const char* subject,
                                          const char* text, size_t length);

/* Adds a ready key: its kind's number and its bytes as they travel (schema/wire_format.md). */
REPUTE_API repute_error repute_lookup_add_key(repute_lookup* lookup, uint8_t kind,
                                              const void* bytes, size_t length);

/* Asks. Blocks until all is answered, at most until the deadline. On failure there are no answers.
 * The same lookup may be run again. */
REPUTE_API repute_error repute_lookup_run(repute_lookup* lookup);

/* Forgets what was added and answered, so that the object can be used anew. */
REPUTE_API void repute_lookup_clear(repute_lookup* lookup);

typedef struct repute_answer {
  size_t size;       /* set to sizeof(repute_answer) */
  uint8_t status;    /* REPUTE_NOT_LISTED ... */
  uint8_t verdict;   /* REPUTE_NONE ...; counts with REPUTE_LISTED only */
  int16_t score;     /* -1000, best, to 1000, worst */
  uint16_t category; /* its meaning is the deployment's */
  uint8_t flags;     /* 1 set by the organisation itself, 2 the administrator can explain it */
  uint16_t ttl_s;    /* for so long the answer may be kept */
} repute_answer;

enum {
  REPUTE_NOT_LISTED = 0,
  REPUTE_LISTED = 1,
  REPUTE_UNSUPPORTED = 2, /* from here on the thing's reputation is not known */
  REPUTE_ILL_FORMED = 3,
  REPUTE_SKIPPED = 4,
  REPUTE_NEAR = 5,
  REPUTE_NOT_PERMITTED = 6
};
enum {
  REPUTE_NONE = 0,
  REPUTE_SPAM = 1,
  REPUTE_PROBABLE_SPAM = 2,
  REPUTE_FORMAL = 3,
  REPUTE_TRUSTED = 4,
  REPUTE_BLACKLISTED = 5,
  REPUTE_PHISHING = 6,
  REPUTE_MALWARE = 7
};

/* The words of these numbers, `not_listed`, `spam`, ...; never NULL. */
REPUTE_API const char* repute_status_word(uint8_t status);
REPUTE_API const char* repute_verdict_word(uint8_t verdict);

/* Of the run that succeeded last: the answer to a thing, decided among its keys: an override of the
 * organisation, else the most specific key that the server says anything about.
 * REPUTE_BAD_REQUEST: there is no such thing, or no answer. */
REPUTE_API repute_error repute_lookup_answer(const repute_lookup* lookup, size_t index,
                                             repute_answer* answer);

/* Of the last run: the server that answered last (empty if none; valid until the next run), the
 * time that took, and the datagrams that were sent. */
REPUTE_API const char* repute_lookup_server(const repute_lookup* lookup);
REPUTE_API uint32_t repute_lookup_rtt_us(const repute_lookup* lookup);
REPUTE_API uint32_t repute_lookup_sends(const repute_lookup* lookup);

#ifdef __cplusplus
}
#endif
#endif
