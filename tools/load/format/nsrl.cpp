// SPDX-License-Identifier: Apache-2.0
// Reference data of the NSRL: version 3 is an SQLite database, version 2 a CSV file. Only SHA-256
// may ever be trusted; MD5 is taken if the feed asks for it.
#include <fmt/format.h>
#include <sqlite3.h>

#include <limits>
#include <memory>

#include "load/format/formats.hpp"
#include "load/format/text.hpp"

namespace repute::load {
namespace {

constexpr int value_bytes_max = 1 << 20;

// A path as an SQLite URI: whatever is no plain character is escaped.
std::string uri_of(const std::string& path) {
  std::string uri = "file:";
  for (const char c : path) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '/' || c == '.' || c == '-' || c == '_';
    uri += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return uri + "?mode=ro&immutable=1";
}

struct close_database {
  void operator()(sqlite3* database) const noexcept { sqlite3_close(database); }
};
struct finalize_statement {
  void operator()(sqlite3_stmt* statement) const noexcept { sqlite3_finalize(statement); }
};
using database_handle = std::unique_ptr<sqlite3, close_database>;
using statement_handle = std::unique_ptr<sqlite3_stmt, finalize_statement>;

// Nobody's triggers, views or functions are run: the file is other people's.
void distrust(sqlite3* database) {
  sqlite3_db_config(database, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(database, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  sqlite3_db_config(database, SQLITE_DBCONFIG_ENABLE_VIEW, 0, nullptr);
  sqlite3_db_config(database, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, nullptr);
  sqlite3_limit(database, SQLITE_LIMIT_LENGTH, value_bytes_max);
}

// True if `FILE` is a table: a view of that name could compute for ever.
bool has_file_table(sqlite3* database) {
  sqlite3_stmt* made = nullptr;
  sqlite3_prepare_v2(database,
                     "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'FILE' "
                     "AND sql LIKE 'CREATE TABLE%'",
                     -1, &made, nullptr);
  const statement_handle statement(made);
  return made != nullptr && sqlite3_step(made) == SQLITE_ROW;
}

bool take_row(sqlite3_stmt* statement, subject kind, std::uint32_t number, row_sink& sink) {
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, 0));
  const std::string_view digest =
      text == nullptr
          ? std::string_view()
          : std::string_view(text, static_cast<std::size_t>(sqlite3_column_bytes(statement, 0)));
  if (digest.find('\0') != std::string_view::npos || digest.size() > row_bytes_max) {
    return sink.reject({{number, 1}, "not a digest", excerpt(digest)});
  }
  raw_row row;
  row.at = {number, 1};
  row.key = digest;
  row.subject = kind;
  row.original = digest;
  return sink.take(row);
}

read_result read_database(const std::string& path, const feed_spec& spec, row_sink& sink) {
  sqlite3* opened = nullptr;
  const int error = sqlite3_open_v2(uri_of(path).c_str(), &opened,
                                    SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, nullptr);
  const database_handle database(opened);
  if (error != SQLITE_OK) {
    return format_problem{{}, fmt::format("cannot open the database: {}", sqlite3_errstr(error))};
  }
  distrust(opened);
  if (!has_file_table(opened)) {
    return format_problem{{}, "no table FILE in it: not an NSRL database of version 3"};
  }
  // In the order of the file; the loader sorts, and keeps equal rows once.
  const char* query =
      spec.subject == subject::md5 ? "SELECT md5 FROM FILE" : "SELECT sha256 FROM FILE";
  sqlite3_stmt* made = nullptr;
  if (sqlite3_prepare_v2(opened, query, -1, &made, nullptr) != SQLITE_OK) {
    return format_problem{{}, fmt::format("not an NSRL database: {}", sqlite3_errmsg(opened))};
  }
  const statement_handle statement(made);
  std::uint32_t number = 0;
  for (;;) {
    const int step = sqlite3_step(made);
    if (step == SQLITE_DONE) {
      return std::nullopt;
    }
    if (step != SQLITE_ROW) {
      return format_problem{{number + 1, 1},
                            fmt::format("broken database: {}", sqlite3_errmsg(opened))};
    }
    if (number == std::numeric_limits<std::uint32_t>::max()) {
      return format_problem{{number, 1}, "more than 4294967295 rows"};
    }
    if (!take_row(made, spec.subject, ++number, sink)) {
      return std::nullopt;
    }
  }
}

}  // namespace

read_result read_nsrl(text_window& window, const feed_spec& spec, row_sink& sink) {
  if (window.ahead(sqlite_magic.size()).starts_with(sqlite_magic)) {
    const std::string path = window.source().plain_file();
    if (path.empty()) {
      return format_problem{{}, "an SQLite database is read from a plain file: unpack it first"};
    }
    return read_database(path, spec, sink);
  }
  if (spec.subject != subject::md5) {
    return format_problem{{},
                          "version 2 of the NSRL has no SHA-256; kind = \"md5\" takes its MD5, "
                          "which is never trusted"};
  }
  return read_published_csv(window, spec, sink);
}

}  // namespace repute::load
