// SPDX-License-Identifier: Apache-2.0
// Where servers are: configuration, names, the signed list, and the file that keeps it.
#include <gtest/gtest.h>

#include <boost/system/system_error.hpp>
#include <fstream>

#include "list_keeper.hpp"
#include "repute/client/types.hpp"
#include "server_directory.hpp"
#include "support/temporary_directory.hpp"

namespace repute::test {
namespace {

using boost::asio::ip::make_address;
using boost::asio::ip::udp;
using namespace std::chrono_literals;

udp::endpoint at(const char* address, std::uint16_t port = 7060) {
  return {make_address(address), port};
}

seal::server_list list_of(std::uint32_t version, std::vector<seal::server_entry> servers,
                          std::uint32_t epoch = 7) {
  return {.version = version, .data_epoch = epoch, .servers = std::move(servers)};
}

TEST(ServerDirectory, ListsConfiguredAndListedAddressesOnceWithTheirBias) {
  server_directory directory({"192.0.2.1", "mail.example:7061"});
  EXPECT_TRUE(directory.has_names());
  directory.adopt(list_of(1, {{"192.0.2.1", 7060, 250}, {"192.0.2.9", 7060, 0}}));
  ASSERT_EQ(directory.hosts().size(), 3u);
  directory.set({"192.0.2.1", "7060"}, {at("192.0.2.1")});
  directory.set({"mail.example", "7061"}, {at("192.0.2.5", 7061), at("192.0.2.6", 7061)});
  directory.set({"192.0.2.9", "7060"}, {at("192.0.2.9")});
  const auto places = directory.places();
  ASSERT_EQ(places.size(), 4u);
  EXPECT_EQ(places[0].endpoint, at("192.0.2.1"));
  EXPECT_EQ(places[0].bias, 250us);
  EXPECT_EQ(places[2].endpoint, at("192.0.2.6", 7061));
  EXPECT_EQ(places[3].endpoint, at("192.0.2.9"));

  directory.adopt(list_of(2, {{"192.0.2.8", 7060, 0}}));
  directory.set({"192.0.2.8", "7060"}, {at("192.0.2.8")});
  EXPECT_EQ(directory.places().size(), 4u) << "the old list's server is gone";
  EXPECT_EQ(directory.places()[0].bias, 0us);
}

TEST(ServerDirectory, KeepsTheConfiguredOnesWhenThereAreTooMany) {
  server_directory directory({"198.51.100.1"});
  std::vector<seal::server_entry> many;
  for (int i = 0; i < 100; ++i) {
    many.push_back({"192.0.2." + std::to_string(i), 7060, 0});
  }
  directory.adopt(list_of(1, many));
  for (const host_and_port& host : directory.hosts()) {
    directory.set(host, {at(host.host.c_str())});
  }
  const auto places = directory.places();
  ASSERT_EQ(places.size(), client_servers_max);
  EXPECT_EQ(places[0].endpoint, at("198.51.100.1"));
}

class ListKeeper : public ::testing::Test {
 protected:
  [[nodiscard]] std::string document(const seal::server_list& list) const {
    return seal::sign_server_list(list, key_).value();
  }
  [[nodiscard]] std::string key_word() const { return to_string(key_.public_half()); }

  seal::signing_key key_ = seal::signing_key::generate();
  temporary_directory folder_;
  std::string file_ = (folder_.path() / "servers").string();
  std::vector<seal::server_entry> one_{{"192.0.2.1", 7060, 0}};
};

TEST_F(ListKeeper, TakesOnlyWhatIsSignedNewerAndForThisData) {
  list_keeper keeper(key_word(), "");
  EXPECT_TRUE(keeper.consider(document(list_of(5, one_)), 7));
  EXPECT_EQ(keeper.version(), 5u);
  EXPECT_TRUE(keeper.problem().empty());

  const auto refused = [&](const std::string& text, std::uint32_t epoch, const char* why) {
    EXPECT_FALSE(keeper.consider(text, epoch)) << why;
    EXPECT_NE(keeper.problem().find(why), std::string::npos) << keeper.problem();
    EXPECT_EQ(keeper.version(), 5u);
  };
  refused(document(list_of(5, one_)), 7, "no newer than version 5");
  refused(document(list_of(4, one_)), 7, "no newer than version 5");
  refused(document(list_of(6, one_)), 8, "data epoch 7");
  refused("hello\n", 7, "not a list of servers");
  const auto stranger = seal::signing_key::generate();
  refused(seal::sign_server_list(list_of(6, one_), stranger).value(), 7, "another key");
  std::string changed = document(list_of(6, one_));
  changed.replace(changed.find("192.0.2.1"), 9, "192.0.2.2");
  refused(changed, 7, "signature is wrong");
  EXPECT_TRUE(keeper.consider(document(list_of(6, one_)), 7));
}

TEST_F(ListKeeper, TheFileIsTheNextStartsBeginning) {
  {
    list_keeper keeper(key_word(), file_);
    EXPECT_FALSE(keeper.from_file());
    EXPECT_TRUE(keeper.consider(document(list_of(5, one_)), 7));
  }
  list_keeper keeper(key_word(), file_);
  const auto stored = keeper.from_file();
  ASSERT_TRUE(stored);
  EXPECT_EQ(stored->servers, one_);
  EXPECT_FALSE(keeper.consider(document(list_of(5, one_)), 7)) << "never older than on disk";

  std::ofstream(file_, std::ios::trunc) << "broken";
  list_keeper after(key_word(), file_);
  EXPECT_FALSE(after.from_file());
  EXPECT_FALSE(after.problem().empty());
  EXPECT_TRUE(after.consider(document(list_of(6, one_)), 7)) << "and the file is well again";
  EXPECT_TRUE(list_keeper(key_word(), file_).from_file());
}

TEST_F(ListKeeper, AFileThatCannotBeWrittenIsAProblemAndNoMore) {
  list_keeper keeper(key_word(), (folder_.path() / "none" / "servers").string());
  EXPECT_TRUE(keeper.consider(document(list_of(5, one_)), 7));
  EXPECT_NE(keeper.problem().find("cannot be written"), std::string::npos);
}

TEST(ListKeeperKey, MustBeOne) {
  EXPECT_FALSE(list_keeper("", "").enabled());
  EXPECT_THROW(list_keeper("ed25519:12", ""), boost::system::system_error);
}

}  // namespace
}  // namespace repute::test
