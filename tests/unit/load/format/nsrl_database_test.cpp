// SPDX-License-Identifier: Apache-2.0
#include <sqlite3.h>

#include "recorded_rows.hpp"
#include "support/temporary_directory.hpp"

namespace repute::load::test {
namespace {

class nsrl_database : public testing::Test {
 protected:
  /// A database that these statements made; its path needs escapes in a URI.
  std::string made_by(const char* statements) {
    const std::string path = (folder_.path() / "RDS %3F?.db").string();
    sqlite3* database = nullptr;
    EXPECT_EQ(sqlite3_open(path.c_str(), &database), SQLITE_OK);
    EXPECT_EQ(sqlite3_exec(database, statements, nullptr, nullptr, nullptr), SQLITE_OK)
        << sqlite3_errmsg(database);
    sqlite3_close(database);
    return path;
  }
  static recorded_rows read(const std::string& path, subject kind = subject::sha256) {
    const auto opened = open_input(path);
    EXPECT_TRUE(opened);
    feed_spec spec = spec_of(feed_format::nsrl);
    spec.subject = kind;
    return {**opened, spec};
  }
  repute::test::temporary_directory folder_;
};

constexpr const char* two_files =
    "CREATE TABLE FILE (sha256 TEXT, sha1 TEXT, md5 TEXT, crc32 TEXT, file_name TEXT, "
    "file_size INT, package_id INT);"
    "INSERT INTO FILE VALUES ('AA', 'BB', 'CC', 'DD', 'n', 5, 1), "
    "('EE', 'FF', NULL, '00', 'm', 6, 1);";

TEST_F(nsrl_database, gives_sha256_or_with_that_kind_md5) {
  const std::string path = made_by(two_files);
  const auto rows = read(path);
  EXPECT_EQ(rows.problem(), "");
  EXPECT_EQ(rows.lines(), (lines{"1:1 AA", "2:1 EE"}));
  EXPECT_EQ(kinds_of(rows), (lines{"sha256", "sha256"}));
  EXPECT_EQ(read(path, subject::md5).lines(), (lines{"1:1 CC", "2:1 "}));
}

// A view could compute for ever: only tables are read.
TEST_F(nsrl_database, other_databases_are_refused) {
  EXPECT_EQ(read(made_by("CREATE TABLE OTHER (x);")).problem(),
            "1:1 no table FILE in it: not an NSRL database of version 3");
  folder_.write("RDS %3F?.db", "");
  EXPECT_EQ(read(made_by("CREATE VIEW FILE AS WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x "
                         "FROM n) SELECT x AS sha256 FROM n;"))
                .problem(),
            "1:1 no table FILE in it: not an NSRL database of version 3");
  folder_.write("RDS %3F?.db", "");
  EXPECT_EQ(read(made_by("CREATE TABLE FILE (x);")).problem(),
            "1:1 not an NSRL database: no such column: sha256");
}

TEST_F(nsrl_database, a_cut_or_compressed_database_is_refused) {
  const std::string path = made_by(two_files);
  std::filesystem::resize_file(path, 100);
  EXPECT_NE(read(path).problem(), "");
  const std::string_view magic("SQLite format 3\0...", 19);
  EXPECT_EQ(recorded_rows(magic, spec_without_kind(feed_format::nsrl)).problem(),
            "1:1 an SQLite database is read from a plain file: unpack it first");
}

}  // namespace
}  // namespace repute::load::test
