// SPDX-License-Identifier: Apache-2.0
// Which list of servers a snapshot gets, and that a load signs what it is told to sign.
#include "load/server_list.hpp"

#include "load_world.hpp"
#include "repute/seal/server_list.hpp"
#include "store/snapshot_signature.hpp"

namespace repute::load::test {
namespace {

std::string list_for(std::uint32_t data_epoch, std::uint32_t version = 1) {
  static const seal::signing_key key = seal::signing_key::generate();
  return seal::sign_server_list(
             {.version = version, .data_epoch = data_epoch, .servers = {{"192.0.2.1", 7060, 0}}},
             key)
      .value();
}

TEST(choose_server_list, the_given_one_before_the_carried_one) {
  EXPECT_EQ(choose_server_list({}, "", 7).document, "");
  EXPECT_EQ(choose_server_list({}, list_for(7), 7).document, list_for(7));
  EXPECT_EQ(choose_server_list(list_for(7, 2), list_for(7), 7).document, list_for(7, 2));
  EXPECT_EQ(choose_server_list("", list_for(7), 7).document, "");
}

TEST(choose_server_list, another_epoch_is_a_problem_or_left_out) {
  const auto given = choose_server_list(list_for(8), "", 7);
  EXPECT_NE(given.problem.find("signed for data epoch 8, the snapshot has 7"), std::string::npos);
  EXPECT_FALSE(given.out_of_date);
  const auto carried = choose_server_list({}, list_for(8), 7);
  EXPECT_EQ(carried.problem, "");
  EXPECT_EQ(carried.document, "");
  EXPECT_TRUE(carried.out_of_date);
}

TEST(choose_server_list, what_is_no_list_is_a_problem) {
  std::string changed = list_for(7);
  changed.replace(changed.find("7060"), 4, "7061");
  EXPECT_NE(choose_server_list(changed, "", 7).problem.find("signature"), std::string::npos);
  EXPECT_NE(choose_server_list("rubbish", "", 7).problem.find("line 1"), std::string::npos);
}

using server_list_load = load_world;

TEST_F(server_list_load, the_list_is_carried_over_and_dropped) {
  must_load({feed("a", "a.example\n")});
  const std::string document = list_for(open().meta().info.data_epoch);
  const auto list_now = [&] {
    const auto reader = open();
    const byte_view bytes = reader.view().server_list;
    return std::string(bytes.begin(), bytes.end());
  };
  load_request with = request({feed("a", "a.example\n")});
  with.server_list = document;
  const std::string digest = must_load(with).content_digest;
  EXPECT_EQ(list_now(), document);
  EXPECT_EQ(must_load({feed("a", "a.example\n")}).content_digest, digest);
  EXPECT_EQ(list_now(), document);
  load_request only = request({feed("a", "a.example\n")});
  only.only = true;
  EXPECT_FALSE(must_load(only).server_list_left_out);
  EXPECT_EQ(list_now(), document);
  load_request without = request({});
  without.server_list = "";
  EXPECT_EQ(must_load(without).content_digest, digest);
  EXPECT_EQ(list_now(), "");
}

TEST_F(server_list_load, a_load_is_signed_before_it_is_in_force) {
  const seal::signing_key key = seal::signing_key::generate();
  load_request wanted = request({feed("a", "a.example\n")});
  std::string seen;
  wanted.sign = [&](std::string_view manifest_text) {
    EXPECT_FALSE(store::read_current(db()));
    seen = manifest_text;
    return store::sign_manifest(manifest_text, key);
  };
  must_load(wanted);
  EXPECT_EQ(seen, repute::test::read_file(store::manifest_path(db(), 1)));
  const std::vector trusted{key.public_half()};
  EXPECT_TRUE(store::snapshot::open(db(), 1, store::storage_mode::mmap, trusted));
}

}  // namespace
}  // namespace repute::load::test
