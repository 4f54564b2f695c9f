// SPDX-License-Identifier: Apache-2.0
#include "access/clients_file.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "control/access_files.hpp"
#include "repute/schema/kind.hpp"
#include "repute/seal/credentials.hpp"
#include "support/temporary_directory.hpp"

namespace repute::test {
namespace {

constexpr const char* two_clients =
    "# who may ask\n"
    "[[client]]\n"
    "id = 257\n"
    "name = \"mx1.example\"\n"
    "slot = 3\n"
    "networks = [\"192.0.2.0/24\", \"2001:db8::/32\"]\n"
    "kinds = [\"ip\", \"domain\"]\n"
    "rate = 200000\n"
    "not_after = 2027-12-31\n"
    "\n"
    "[[client]]\n"
    "id = 513\n"
    "name = \"mx2\"\n";

std::vector<access::client_entry> read(const std::string& text) {
  std::vector<std::string> problems;
  auto out = access::read_clients(text, "clients.toml", problems);
  EXPECT_TRUE(problems.empty()) << problems.front();
  return out;
}

std::string problem_of(const std::string& text) {
  std::vector<std::string> problems;
  (void)access::read_clients(text, "clients.toml", problems);
  return problems.empty() ? "" : problems.front();
}

TEST(clients_file_test, reads_what_the_page_shows) {
  const auto clients = read(two_clients);
  ASSERT_EQ(clients.size(), 2u);
  const auto& first = clients[0];
  EXPECT_EQ(first.id, 257u);
  EXPECT_EQ(first.slot, 3);
  EXPECT_EQ(first.networks.size(), 2u);
  EXPECT_TRUE(first.kinds[static_cast<std::uint8_t>(kind::ip4)]);
  EXPECT_TRUE(first.kinds[static_cast<std::uint8_t>(kind::ip6)]);
  EXPECT_TRUE(first.kinds[static_cast<std::uint8_t>(kind::host)]);
  EXPECT_TRUE(first.kinds[static_cast<std::uint8_t>(kind::domain)]);
  EXPECT_FALSE(first.kinds[static_cast<std::uint8_t>(kind::url)]);
  EXPECT_EQ(first.rate, 200'000u);
  EXPECT_EQ(first.not_after_unix_s, 1'830'297'599u);  // 2027-12-31 23:59:59 UTC
  EXPECT_FALSE(first.revoked);
  EXPECT_TRUE(clients[1].kinds.all());
  EXPECT_TRUE(clients[1].networks.empty());
  EXPECT_FALSE(clients[1].not_after_unix_s);
}

TEST(clients_file_test, revokes_one_client_and_leaves_the_rest_alone) {
  const auto before = read(two_clients);
  for (const std::size_t which : {0U, 1U}) {
    const std::string text = access::revoke_client(two_clients, before[which].line, "2026-11-22");
    const auto after = read(text);
    EXPECT_TRUE(after[which].revoked);
    EXPECT_FALSE(after[1 - which].revoked);
    EXPECT_EQ(text.size(), std::string(two_clients).size() + 21);
  }
}

TEST(clients_file_test, mistakes_are_told_with_their_place) {
  const std::string good = "[[client]]\nid = 257\nname = \"a\"\n";
  EXPECT_EQ(problem_of(good), "");
  EXPECT_EQ(problem_of(good + good), "clients.toml:4:1: a second client with id 257");
  EXPECT_EQ(problem_of(good + "rat = 1\n"), "clients.toml:4:1: unknown setting 'rat'");
  EXPECT_NE(problem_of(good + "rate = 0\n").find("clients.toml:4:8: rate must be"),
            std::string::npos);
  EXPECT_NE(problem_of(good + "networks = [\"192.0.2.1/24\"]\n").find(":4:13: networks"),
            std::string::npos);
  EXPECT_NE(problem_of(good + "kinds = [\"names\"]\n").find("kinds"), std::string::npos);
  EXPECT_NE(problem_of(good + "kinds = []\n").find("kinds"), std::string::npos);
  EXPECT_NE(problem_of(good + "not_after = \"soon\"\n").find("a day"), std::string::npos);
  EXPECT_NE(problem_of(good + "not_after = 1027-12-31\n").find("a day"), std::string::npos);
  EXPECT_NE(problem_of(good + "revoked = true\n").find("a day"), std::string::npos);
  EXPECT_NE(problem_of(good + "slot = 16\n").find("0 to 15"), std::string::npos);
  EXPECT_NE(problem_of("[[client]]\nid = 256\nname = \"a\"\n").find("version of its keys"),
            std::string::npos);
  EXPECT_NE(problem_of("[[client]]\nid = 257\n").find("name must be"), std::string::npos);
  EXPECT_NE(problem_of("client = 1\n").find("[[client]]"), std::string::npos);
  EXPECT_NE(problem_of("[[client\n").find("clients.toml:1:"), std::string::npos);
  EXPECT_EQ(problem_of("# a\nb = " + std::string(1000, '[')),
            "clients.toml:2:69: too many brackets in one line");
  EXPECT_EQ(problem_of(std::string(access::clients_bytes_max + 1, '#')),
            "clients.toml:1:1: larger than 16777216 bytes");
}

TEST(clients_file_test, mistakes_are_told_in_the_order_of_the_file) {
  std::vector<std::string> problems;
  (void)access::read_clients(
      "zone = 1\n"
      "[[client]]\nslot = 16\nrate = 0\nid = 257\nname = \"a\"\n"
      "[[client]]\nid = 513\n",
      "c", problems);
  EXPECT_EQ(problems,
            (std::vector<std::string>{"c:1:1: unknown setting 'zone'",
                                      "c:3:8: slot must be a whole number from 0 to 15",
                                      "c:4:8: rate must be a whole number from 1 to 4294967295",
                                      "c:7:1: name must be 1 to 63 of a-z, 0-9, '-', '.' and "
                                      "'_'"}));
}

// A client must not get more by half of the file than by all of it.
TEST(clients_file_test, a_file_that_was_cut_short_frees_nobody_of_his_limits) {
  const std::string text = access::write_client(read(two_clients)[0]);
  EXPECT_EQ(problem_of(text), "");
  for (std::size_t size = 1; size < text.size(); ++size) {
    EXPECT_NE(problem_of(text.substr(0, size)), "") << text.substr(0, size);
  }
}

class access_files_test : public testing::Test {
 protected:
  access_files_test() { std::filesystem::create_directory(folder_.path() / "access"); }

  void write_keys(std::uint8_t slot) {
    seal::master_keys keys;
    seal::fill_random(keys.slots[slot].emplace().bytes());
    ASSERT_EQ(
        seal::replace_master_keys((folder_.path() / "access/master.keys").string(), keys).index(),
        0u);
  }
  control::access_reading read(const query::access_list* before = nullptr) {
    return control::read_access(folder_.path(), query::plain_client(query::loopback_networks()),
                                before);
  }

  temporary_directory folder_;
};

TEST_F(access_files_test, without_files_only_loopback_may_ask) {
  const auto got = read();
  ASSERT_TRUE(got.list);
  EXPECT_TRUE(got.list->clients().empty());
  EXPECT_TRUE(got.list->find_plain({0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 127, 0, 0, 9}));
  EXPECT_FALSE(got.list->find_plain({0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 10, 0, 0, 9}));
  EXPECT_EQ(read(got.list.get()).list->plain().gates, got.list->plain().gates);
}

TEST_F(access_files_test, clients_are_let_in_with_the_keys_of_their_slot) {
  write_keys(3);
  folder_.write("access/clients.toml", two_clients);
  const auto got = read();
  ASSERT_TRUE(got.list);
  EXPECT_NE(got.list->find(257), nullptr);
  EXPECT_EQ(got.list->find(513), nullptr) << "its slot has no master key";
  ASSERT_EQ(got.notes.size(), 1u);
  EXPECT_NE(got.notes[0].find("mx2"), std::string::npos);
  // What it has used up stays used up.
  const auto again = read(got.list.get());
  EXPECT_EQ(again.list->find(257)->gates, got.list->find(257)->gates);
}

TEST_F(access_files_test, revoked_clients_are_not_in_the_list) {
  write_keys(3);
  folder_.write("access/clients.toml",
                std::string(two_clients).insert(25, "revoked = 2026-11-22\n"));
  const auto got = read();
  ASSERT_TRUE(got.list);
  EXPECT_TRUE(got.list->clients().empty());
}

TEST_F(access_files_test, exposed_or_broken_files_are_refused) {
  write_keys(3);
  folder_.write("access/clients.toml", "[[client]]\n");
  auto got = read();
  EXPECT_FALSE(got.list);
  EXPECT_EQ(got.exit_code, 78);
  folder_.write("access/clients.toml", "");
  ASSERT_EQ(::chmod((folder_.path() / "access/clients.toml").c_str(), 0646), 0);
  got = read();
  EXPECT_FALSE(got.list) << "anybody may have written it";
  EXPECT_EQ(got.exit_code, 78);
  ASSERT_EQ(::chmod((folder_.path() / "access/clients.toml").c_str(), 0640), 0);
  EXPECT_TRUE(read().list);
  std::filesystem::create_symlink("nowhere", folder_.path() / "access/elsewhere");
  std::filesystem::rename(folder_.path() / "access/elsewhere",
                          folder_.path() / "access/clients.toml");
  got = read();
  EXPECT_FALSE(got.list);
  ASSERT_EQ(got.problems.size(), 1u);
  EXPECT_NE(got.problems.front().find("cannot be read: No such file"), std::string::npos);
  std::filesystem::remove(folder_.path() / "access/clients.toml");
  ASSERT_EQ(::chmod((folder_.path() / "access/master.keys").c_str(), 0640), 0);
  got = read();
  EXPECT_FALSE(got.list);
  EXPECT_EQ(got.exit_code, 77);
}

TEST_F(access_files_test, unreadable_keys_keep_no_revoked_client_alive) {
  write_keys(3);
  folder_.write("access/clients.toml", two_clients);
  const auto before = read();
  ASSERT_NE(before.list->find(257), nullptr);
  ASSERT_EQ(::chmod((folder_.path() / "access/master.keys").c_str(), 0640), 0);
  auto got = read(before.list.get());
  EXPECT_FALSE(got.problems.empty());
  ASSERT_TRUE(got.list);
  EXPECT_NE(got.list->find(257), nullptr);
  EXPECT_EQ(got.list->find(257)->gates, before.list->find(257)->gates);
  // Nor the limits that it had.
  folder_.write("access/clients.toml",
                "[[client]]\nrate = 5\nslot = 3\nname = \"mx1.example\"\nid = 257\n");
  got = read(before.list.get());
  ASSERT_TRUE(got.list);
  ASSERT_NE(got.list->find(257), nullptr);
  EXPECT_EQ(got.list->find(257)->rate, 5u);
  folder_.write("access/clients.toml",
                std::string(two_clients).insert(25, "revoked = 2026-11-22\n"));
  got = read(before.list.get());
  ASSERT_TRUE(got.list);
  EXPECT_EQ(got.list->find(257), nullptr);
}

}  // namespace
}  // namespace repute::test
