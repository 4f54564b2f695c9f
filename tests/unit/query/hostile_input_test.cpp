// SPDX-License-Identifier: Apache-2.0
// Ten million hostile datagrams, and every truncation and bit flip of the golden packets.
#include <gtest/gtest.h>

#include <vector>

#include "unit/query/memory_store.hpp"
#include "unit/query/query_fixture.hpp"
#include "unit/schema/vectors.hpp"

namespace repute::test {
namespace {

using query::counter;

constexpr std::size_t datagrams_total = 10'000'000;

// xorshift64* (Marsaglia; Vigna): the generator must not cost more than the code under test.
class quick_random {
 public:
  explicit quick_random(std::uint64_t seed) : state_(seed) {}
  std::uint64_t operator()() {
    state_ ^= state_ >> 12;
    state_ ^= state_ << 25;
    state_ ^= state_ >> 27;
    return state_ * 0x2545F4914F6CDD1DULL;
  }

 private:
  std::uint64_t state_;
};

std::vector<octets> seeds(const memory_store& store) {
  std::vector<octets> out;
  for (const unsigned count : {1u, 2u, 5u, 20u, 64u}) {
    out.push_back(make_query(store.keys().first(count)));
  }
  out.push_back(make_request(wire::type::ping, {}));
  out.push_back(make_request(wire::type::ping, store.keys().first(2)));
  octets fetch(wire::request_size_max);
  EXPECT_NE(wire::encode_fetch(5, {.what = wire::fetch_server_list}, fetch), 0u);
  out.push_back(fetch);
  return out;
}

// Every rule about a reply that holds whatever was asked.
void check_reply(const query::reply& reply, byte_view request, const store::snapshot_view& view) {
  ASSERT_LE(reply.bytes.size(), request.size());
  wire::packet_header header;
  ASSERT_EQ(wire::decode_reply_header(reply.bytes, header), wire::header_check::ok);
  ASSERT_EQ(header.req_id, load_le<std::uint64_t>(request.data() + wire::header::req_id));
  if (header.type != wire::type::answer && header.type != wire::type::pong) {
    return;
  }
  wire::answer_view got;
  ASSERT_TRUE(wire::decode_answer_packet(reply.bytes.subspan(wire::header::size), got));
  wire::query_view asked;
  const auto type = wire::type{request[wire::header::type]};
  if (!wire::decode_query(type, request.subspan(wire::header::size), asked)) {
    ASSERT_EQ(got.status.rcode, wire::rcode::formerr);
    return;
  }
  for (std::size_t i = 0; i < got.answers().size(); ++i) {
    const wire::key_view& key = asked.keys()[i];
    if (!key.well_formed() || key.kind == kind::text_sig) {
      // Nothing is said about texts here; those of a format that is known are not listed.
      const bool known = key.well_formed() && got.answers()[i].status == status::not_listed;
      ASSERT_TRUE(known || got.answers()[i].status >= status::unsupported);
      ASSERT_EQ(got.answers()[i].verdict, verdict::none);
      continue;
    }
    answer expected;
    const store::probe probe = view.make_probe(key.kind, key.bytes.data());
    view.lookup({&probe, 1}, 1'700'003'600, {&expected, 1});
    ASSERT_EQ(got.answers()[i], expected);
  }
}

class hostile_input_test : public ::testing::Test, public core_fixture {
 protected:
  void expect_all_accounted(std::uint64_t sent) const {
    std::uint64_t fates = 0;
    for (auto fate = counter::dropped_size; fate <= counter::fetches;
         fate = static_cast<counter>(static_cast<int>(fate) + 1)) {
      fates += count(fate);
    }
    EXPECT_EQ(count(counter::received), sent);
    EXPECT_EQ(fates, sent);
  }

  void expect_valid_query_answered() {
    const octets asked = make_query(store.keys().first(1));
    const auto replies = ask(to_server(asked), &store.view());
    ASSERT_EQ(replies.size(), 1u);
    check_reply(replies[0], asked, store.view());
  }

  memory_store store{300};
};

TEST_F(hostile_input_test, ten_million_random_and_mutated_datagrams) {
  const std::vector<octets> originals = seeds(store);
  quick_random random(7060);
  std::vector<octets> slots(query::batch_max, octets(wire::request_size_max + 64));
  std::vector<query::datagram> batch(query::batch_max, to_server({}));
  std::size_t replied = 0;
  for (std::size_t sent = 0; sent < datagrams_total; sent += query::batch_max) {
    for (std::size_t i = 0; i < query::batch_max; ++i) {
      octets& slot = slots[i];
      const octets& original = originals[random() % originals.size()];
      std::copy(original.begin(), original.end(), slot.begin());
      std::size_t size = original.size();
      const std::uint64_t choice = random();
      if (choice % 8 == 0) {
        // Noise from some place on, of any length.
        size = (choice >> 8) % slot.size();
        const std::size_t from = (choice >> 24) % 64;
        for (std::size_t at = from; at + 8 <= std::min<std::size_t>(size, 256); at += 8) {
          store_le(slot.data() + at, random());
        }
      } else {
        // A few bytes of head and keys changed.
        for (std::uint64_t edits = (choice >> 8) % 4; edits > 0; --edits) {
          const std::uint64_t edit = random();
          slot[(edit >> 8) % std::min<std::size_t>(size, 120)] = static_cast<std::uint8_t>(edit);
        }
      }
      batch[i].bytes = byte_view(slot).first(size);
      batch[i].waited_us = static_cast<std::uint32_t>((choice >> 40) % 6000);
      batch[i].peer.address[15] = static_cast<std::uint8_t>(choice >> 56);
    }
    const auto replies = ask(batch, &store.view());
    replied += replies.size();
    for (const query::reply& reply : replies) {
      ASSERT_LE(reply.bytes.size(), batch[reply.index].bytes.size());
    }
    // Every rule on one batch of 16: the full check costs more than the code under test.
    if (sent % (16 * query::batch_max) == 0) {
      for (const query::reply& reply : replies) {
        if (batch[reply.index].waited_us <= query::waited_max_us) {
          ASSERT_NO_FATAL_FAILURE(check_reply(reply, batch[reply.index].bytes, store.view()));
        }
      }
    }
  }
  expect_all_accounted(datagrams_total);
  EXPECT_GT(replied, datagrams_total / 4);
  EXPECT_LT(replied, datagrams_total);
  expect_valid_query_answered();
}

TEST_F(hostile_input_test, golden_requests_meet_their_outcomes) {
  for (const golden& each : golden_packets()) {
    if (each.direction != "request") {
      continue;
    }
    clock_ns += 1'000'000'000;
    const auto replies = ask(to_server(each.datagram), &store.view());
    const bool answered =
        (each.outcome == "ok" || each.outcome == "formerr" || each.outcome == "other_major");
    EXPECT_EQ(replies.size(), answered ? 1u : 0u) << each.name;
    wire::answer_view got;
    if (answered && each.outcome == "formerr") {
      ASSERT_TRUE(wire::decode_answer_packet(replies[0].bytes.subspan(wire::header::size), got));
      EXPECT_EQ(got.status.rcode, wire::rcode::formerr) << each.name;
    }
  }
  EXPECT_EQ(count(counter::dropped_client), 1u);
  EXPECT_EQ(count(counter::rejected_version), 2u);
}

TEST_F(hostile_input_test, every_truncation_and_bit_flip_of_the_golden_packets) {
  std::vector<octets> originals = seeds(store);
  for (const golden& each : golden_packets()) {
    originals.push_back(each.datagram);
  }
  std::uint64_t sent = 0;
  const auto show = [&](byte_view bytes) {
    ++sent;
    clock_ns += 1'000'000'000;
    for (const query::reply& reply : ask(to_server(bytes), &store.view())) {
      ASSERT_NO_FATAL_FAILURE(check_reply(reply, bytes, store.view()));
    }
  };
  for (const octets& original : originals) {
    for (std::size_t size = 0; size <= original.size(); ++size) {
      ASSERT_NO_FATAL_FAILURE(show(byte_view(original).first(size)));
    }
    for (std::size_t bit = 0; bit < original.size() * 8; ++bit) {
      octets flipped = original;
      flipped[bit / 8] ^= static_cast<std::uint8_t>(1u << bit % 8);
      ASSERT_NO_FATAL_FAILURE(show(flipped));
    }
  }
  expect_all_accounted(sent);
  expect_valid_query_answered();
}

}  // namespace
}  // namespace repute::test
