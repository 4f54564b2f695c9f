// SPDX-License-Identifier: Apache-2.0
// The same rows give the same file, whatever the machine does with them.
#include <random>

#include "load_world.hpp"

namespace repute::load::test {
namespace {

// Feeds of all kinds that cover each other, with rows that repeat, end and except.
struct feeds_of_rows {
  std::vector<std::string> names;
  std::vector<std::string> urls;
  std::vector<std::string> addresses;
  std::vector<std::string> digests;
};

feeds_of_rows many_rows() {
  feeds_of_rows rows;
  std::mt19937_64 random(7);
  for (int i = 0; i < 6000; ++i) {
    const std::string site = "n" + std::to_string(random() % 3000) + ".example.com";
    rows.names.push_back(i % 5 == 0 ? "A." + site : site);
    rows.urls.push_back("http://" + site + "/a/" + std::to_string(random() % 3) + "/?q");
    rows.addresses.push_back("10." + std::to_string(random() % 4) + ".0.0/1" +
                             std::to_string(6 + random() % 4));
    rows.addresses.push_back("10." + std::to_string(random() % 4) + ".0." +
                             std::to_string(random() % 256));
    std::string digest =
        seal::to_hex(seal::sha256(seal::bytes_of(std::to_string(random() % 4000))));
    rows.digests.push_back(std::move(digest));
  }
  return rows;
}

std::string joined(const std::vector<std::string>& rows) {
  std::string text;
  for (const std::string& row : rows) {
    text += row + "\n";
  }
  return text;
}

class determinism : public load_world {
 protected:
  std::vector<feed_spec> specs(const feeds_of_rows& rows) {
    std::vector<feed_spec> out{feed("names", joined(rows.names)),
                               feed("urls", joined(rows.urls), subject::url, verdict::malware),
                               feed("addresses", joined(rows.addresses), subject::ip),
                               feed("digests", joined(rows.digests), subject::sha256)};
    out[0].match = name_match::both;
    out[2].limits.reserved = true;
    return out;
  }
  // The bytes of a first snapshot of the rows, in a database of its own.
  std::string file_of(const std::vector<feed_spec>& feeds, std::size_t memory, unsigned threads) {
    load_request wanted = request(feeds);
    wanted.db = (folder_.path() / ("db" + std::to_string(++databases_))).string();
    wanted.memory_bytes = memory;
    wanted.threads = threads;
    digest_ = must_load(wanted).content_digest;
    return repute::test::read_file(std::filesystem::path(wanted.db) / "snapshots/00000001.mdb");
  }

  int databases_ = 0;
  std::string digest_;
};

TEST_F(determinism, memory_and_threads_change_no_byte) {
  const auto feeds = specs(many_rows());
  const std::string plain = file_of(feeds, std::size_t{1} << 30, 1);
  ASSERT_GT(plain.size(), 100'000U);
  EXPECT_EQ(file_of(feeds, std::size_t{1} << 30, 4), plain);
  EXPECT_EQ(file_of(feeds, 1, 1), plain) << "a run for each batch";
  EXPECT_EQ(file_of(feeds, 300'000, 3), plain) << "several runs";
}

TEST_F(determinism, the_order_of_rows_changes_lines_only) {
  feeds_of_rows rows = many_rows();
  static_cast<void>(file_of(specs(rows), 1 << 20, 2));
  const std::string first = digest_;
  std::mt19937_64 random(8);
  for (auto* each : {&rows.names, &rows.urls, &rows.addresses, &rows.digests}) {
    std::shuffle(each->begin(), each->end(), random);
  }
  auto feeds = specs(rows);
  std::reverse(feeds.begin(), feeds.end());
  static_cast<void>(file_of(feeds, 200'000, 3));
  EXPECT_EQ(digest_, first);
}

}  // namespace
}  // namespace repute::load::test
