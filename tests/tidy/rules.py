# SPDX-License-Identifier: Apache-2.0
"""The house rules as data: what is banned where, and what to write instead."""

COLUMNS_MAX = 100
FUNCTION_LINES_MAX = 70
FILE_LINES_MAX = 500

# Functions that read better whole: "file: function" -> reason.
LONG_FUNCTIONS = {}

SERVER_SHELL = ("server/net", "server/control", "server/main.cpp")
PRODUCT = ("schema", "client-lib", "server", "filter", "tools")

# Banned in C++ code: (pattern, folders or () for everywhere, what to do instead).
BANNED = [
    (r"\b(?:sprintf|vsprintf)\s*\(", (), "fmt::format_to_n or std::snprintf, which know the size"),
    (r"\b(?:strcpy|strcat|strncpy|strncat|gets)\s*\(", (), "std::string, or std::copy_n"),
    (r"\bstrtok\s*\(", (), "std::string_view::find"),
    (r"\balloca\s*\(", (), "a std::array of the stated bound"),
    (r"\b(?:atoi|atol|atoll|atof)\s*\(", (), "std::from_chars, which tells errors"),
    (r"\bsto(?:i|l|ll|ul|ull|f|d)\s*\(", PRODUCT, "std::from_chars: no exception, no locale"),
    (r"\bstrto(?:l|ll|ul|ull|f|d)\s*\(", PRODUCT, "std::from_chars: no locale, no errno"),
    (r"\b(?:malloc|calloc|realloc)\s*\(", PRODUCT, "std::vector or std::unique_ptr"),
    (r"\bstd::endl\b", (), r"'\n': endl flushes each time"),
    (r"\bstd::w?regex\b", (), "a hand-written parser: std::regex recurses on its input"),
    (r"\bs?rand\s*\(\s*(?:\)|time|[0-9])", (), "std::mt19937_64 with a given seed, or getrandom"),
    (r"\busing\s+namespace\s+std\s*;", (), "std:: where it is used"),
    (
        r"\breinterpret_cast\s*<\s*(?:const\s+)?(?:std::)?u?int(?:16|32|64)_t\b",
        ("schema", "client-lib", "server/net", "server/query"),
        "load_le() / store_le() of bytes.hpp: a cast assumes alignment and byte order",
    ),
    (
        r"\b(?:system|steady|high_resolution)_clock::now\b|\bclock_gettime\s*\("
        r"|\btime\s*\(\s*(?:nullptr|NULL|0)\s*\)",
        ("schema", "server/query"),
        "a time passed in: only shells read clocks",
    ),
    (
        r"\bstd::(?:cout|cerr|clog)\b|\b(?:printf|puts|perror)\s*\(",
        ("schema", "client-lib", "server/query", "server/store", "filter"),
        "a result that says it: libraries do not print",
    ),
    (
        r"\bsleep_(?:for|until)\s*\(|\bu?sleep\s*\(|\bnanosleep\s*\(",
        ("tests/unit", "tests/sim"),
        "a condition, latch or future: a sleep is no synchronisation",
    ),
]

# Who may include what: (pattern of the include, folders that may, why nobody else). Tests and
# benches join everything and are free.
INCLUDES = [
    (r"lmdb\.h", ("server/store",), "only the store sees LMDB"),
    (r"zstd\.h", ("server/store", "tools/load/format"), "only the store and feeds are compressed"),
    (r"zlib\.h|sqlite3\.h", ("tools/load/format",), "only feeds come as archives and databases"),
    (r"xxh(?:ash|3)\.h", ("server/store",), "only the store hashes without a key"),
    (r"openssl/.*|intel-ipsec-mb\.h", ("schema/seal",), "only repute_seal sees ciphers"),
    (r"gmime/.*|glib.*", ("filter/src",), "only repute_mail sees GMime"),
    (r"unicode/.*|libpsl\.h", ("schema/canon",), "only repute_canon sees ICU and libpsl"),
    (r"simdjson.*|CLI/.*", ("tools", "server/control", "server/main.cpp", "filter/milter"),
     "programs parse files"),
    (r"libmilter/.*", ("filter/milter",), "only the filter of an MTA sees libmilter"),
    (r"toml\+\+/.*|toml/.*",
     ("schema/toml", "tools", "server/access", "server/control", "filter"),
     "programs parse files"),
    (r"repute/canon/.*", ("schema/canon", "client-lib/src/c", "filter", "tools"),
     "server and client take ready keys; only C programs get theirs made"),
    (r"repute/textsig/.*", ("filter", "tools"), "the server takes ready signatures"),
    (r"repute/mail/.*", ("filter", "tools"), "the server links none of the mail stack"),
    (r"repute/client/.*", ("client-lib", "filter", "tools"), "the server never links the client"),
    (r"store/.*", ("server", "tools"), "clients never link the store"),
    (r"(?:net|control)/.*", SERVER_SHELL, "query and store know no sockets"),
    (r"access/.*", ("server/access", "server/control", "tools"), "the rest gets the list made"),
    (r"query/.*", ("server/query", "server/access", *SERVER_SHELL),
     "the store does not know the protocol"),
    (r"boost/asio.*", ("client-lib", "filter/src", "tools", *SERVER_SHELL),
     "query and store are pure"),
    (r"gtest/.*|rapidcheck.*|support/.*", (), "product code does not see test code"),
]

# Other people's headers, and C's in repute.h, that a public header may name, by folder.
PUBLIC_THIRD_PARTY = {"client-lib": r"boost/(?:asio|system)(?:/.*|\.hpp)|std(?:def|int)\.h"}
