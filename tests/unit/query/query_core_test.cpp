// SPDX-License-Identifier: Apache-2.0
#include "query/query_core.hpp"

#include <gtest/gtest.h>

#include <random>

#include "unit/query/memory_store.hpp"
#include "unit/query/query_fixture.hpp"
#include "unit/store/text_entries.hpp"

namespace repute::test {
namespace {

using query::counter;

class query_core_test : public ::testing::Test, public core_fixture {
 protected:
  // The one answer packet to `request`.
  wire::answer_view answer_to(const query::datagram& request, const store::snapshot_view* view) {
    wire::answer_view out;
    const auto replies = ask(request, view);
    EXPECT_EQ(replies.size(), 1u);
    if (!replies.empty()) {
      EXPECT_LE(replies[0].bytes.size(), request.bytes.size());
      EXPECT_EQ(wire::decode_reply_header(replies[0].bytes, header), wire::header_check::ok);
      EXPECT_TRUE(wire::decode_answer_packet(replies[0].bytes.subspan(wire::header::size), out));
    }
    return out;
  }
  wire::answer_view answer_to(const octets& request) {
    return answer_to(to_server(request), &store.view());
  }

  memory_store store{500};
  wire::packet_header header;
};

key raw_key(std::uint8_t kind_number, std::size_t size) {
  const std::vector<std::uint8_t> bytes(size, 0xab);
  return {kind{kind_number}, bytes};
}

TEST_F(query_core_test, answers_are_the_stores_in_order) {
  std::mt19937_64 random(2);
  for (int round = 0; round < 300; ++round) {
    std::vector<std::vector<key>> asked(1 + random() % query::batch_max);
    std::vector<octets> packets;
    std::vector<query::datagram> batch;
    for (auto& keys : asked) {
      for (std::size_t n = 1 + random() % wire::keys_max; n > 0; --n) {
        keys.push_back(random() % 2 != 0 ? store.keys()[random() % store.keys().size()]
                                         : memory_store::random_key(random));
      }
      packets.push_back(make_query(keys, random()));
      ASSERT_FALSE(packets.back().empty());
    }
    for (const octets& each : packets) {
      batch.push_back(to_server(each));
    }
    const auto replies = ask(batch, &store.view());
    ASSERT_EQ(replies.size(), batch.size());
    for (std::size_t i = 0; i < batch.size(); ++i) {
      wire::answer_view view;
      EXPECT_EQ(replies[i].index, i);
      EXPECT_EQ(load_le<std::uint64_t>(replies[i].bytes.data() + wire::header::req_id),
                load_le<std::uint64_t>(packets[i].data() + wire::header::req_id));
      ASSERT_TRUE(wire::decode_answer_packet(replies[i].bytes.subspan(wire::header::size), view));
      ASSERT_EQ(view.answers().size(), asked[i].size());
      for (std::size_t k = 0; k < asked[i].size(); ++k) {
        EXPECT_EQ(view.answers()[k], store.expected(asked[i][k]));
      }
    }
  }
  EXPECT_GT(count(counter::keys_listed), 0u);
  EXPECT_GT(count(counter::keys_not_listed), 0u);
}

TEST_F(query_core_test, status_block_tells_the_snapshot) {
  const octets asked = make_query(store.keys().first(3));
  const wire::server_status got = answer_to(asked).status;
  EXPECT_EQ(got.rcode, wire::rcode::ok);
  EXPECT_EQ(got.key_count, 3);
  EXPECT_EQ(got.sflags, 0);
  EXPECT_EQ(got.server_id, 0x5eedu);
  EXPECT_EQ(got.generation, memory_store::generation);
  EXPECT_EQ(got.data_epoch, 7u);
  EXPECT_EQ(got.data_seq, 9u);
  EXPECT_EQ(got.data_age_s, wire::data_age_none);
  EXPECT_EQ(got.salt_fp, (std::array<std::uint8_t, 2>{0x12, 0x34}));
}

TEST_F(query_core_test, bad_keys_do_not_spoil_the_others) {
  text_signature of_the_future = signature_of_text(1);
  of_the_future.format = 2;
  const std::vector<key> keys{raw_key(0x7f, 5),  // a kind of the future
                              store.keys()[0],
                              raw_key(0x01, 16),  // IP4 of the wrong length
                              text_key(of_the_future),
                              text_key(signature_of_text(1)),
                              text_key(signature_of_text(2)),
                              raw_key(0x31, 10),  // signature of the wrong length
                              store.keys()[1]};
  const auto got = answer_to(make_query(keys));
  ASSERT_EQ(got.answers().size(), keys.size());
  EXPECT_EQ(got.answers()[0].status, status::unsupported);
  EXPECT_EQ(got.answers()[1], store.expected(keys[1]));
  EXPECT_EQ(got.answers()[2].status, status::malformed);
  EXPECT_EQ(got.answers()[3].status, status::unsupported);
  EXPECT_EQ(got.answers()[4].status, status::not_listed);
  EXPECT_EQ(got.answers()[5].status, status::skipped);
  EXPECT_EQ(got.answers()[6].status, status::malformed);
  EXPECT_EQ(got.answers()[7], store.expected(keys[7]));
  for (const unsigned error : {0u, 2u, 3u, 4u, 5u, 6u}) {
    EXPECT_EQ(got.answers()[error].verdict, verdict::none);
  }
}

TEST_F(query_core_test, texts_are_answered_by_campaigns_each_in_its_place) {
  store::campaign_index campaigns(10, 1);
  for (const std::uint32_t text : {1U, 2U}) {
    store::campaign_member member{.key = {static_cast<std::uint8_t>(text)},
                                  .signature = signature_of_text(text),
                                  .said = {.verdict = verdict::phishing, .ttl_s = 60},
                                  .reporter = 1,
                                  .counts_alone = text == 1};
    ASSERT_TRUE(campaigns.add(member));
  }
  const std::vector<octets> asked{
      make_query(std::vector{text_key(signature_of_text(3)), store.keys()[0],
                             text_key(signature_of_text(1, 5))}),
      make_query(std::vector{text_key(signature_of_text(2)), store.keys()[1]})};
  const std::vector<query::datagram> batch{to_server(asked[0]), to_server(asked[1])};
  const auto replies = core.process(batch, {.view = &store.view(),
                                            .live = {.campaigns = &campaigns},
                                            .access = open_to_all,
                                            .unix_ns = unix_ns,
                                            .now_ns = ++clock_ns});
  ASSERT_EQ(replies.size(), 2u);
  wire::answer_view got;
  ASSERT_TRUE(wire::decode_answer_packet(replies[0].bytes.subspan(wire::header::size), got));
  EXPECT_EQ(got.answers()[0].status, status::not_listed);
  EXPECT_EQ(got.answers()[1], store.expected(store.keys()[0]));
  EXPECT_EQ(got.answers()[2].status, status::listed);
  EXPECT_EQ(got.answers()[2].verdict, verdict::phishing);
  EXPECT_EQ(got.answers()[2].category, text_signature::band_count - 10);
  ASSERT_TRUE(wire::decode_answer_packet(replies[1].bytes.subspan(wire::header::size), got));
  EXPECT_EQ(got.answers()[0].status, status::near);
  EXPECT_EQ(got.answers()[1], store.expected(store.keys()[1]));
  EXPECT_EQ(count(counter::keys_near), 1u);
}

TEST_F(query_core_test, malformed_body_is_told) {
  octets asked = make_query(store.keys().first(2));
  asked[wire::header::size + wire::query::nkeys] = 64;
  const auto got = answer_to(asked);
  EXPECT_EQ(got.status.rcode, wire::rcode::formerr);
  EXPECT_EQ(got.status.key_count, 64);
  EXPECT_TRUE(got.answers().empty());
  asked[wire::header::size + wire::query::nkeys] = 255;
  EXPECT_EQ(answer_to(asked).status.key_count, 0);
  EXPECT_EQ(count(counter::formerr), 2u);
}

TEST_F(query_core_test, too_small_a_question) {
  // 40 keys of no bytes fit in 128 bytes, their answers do not.
  octets asked(wire::request_size_min);
  wire::encode_header({.type = wire::type::query}, asked.data());
  asked[wire::header::size + wire::query::nkeys] = 40;
  for (std::size_t i = 0; i < 40; ++i) {
    asked[wire::header::size + wire::query::keys + 2 * i] = 0x10;
  }
  EXPECT_EQ(answer_to(asked).status.rcode, wire::rcode::toosmall);
  EXPECT_EQ(count(counter::toosmall), 1u);
}

TEST_F(query_core_test, without_snapshot_it_is_loading) {
  const octets asked = make_query(store.keys().first(1));
  const auto got = answer_to(to_server(asked), nullptr);
  EXPECT_EQ(got.status.rcode, wire::rcode::loading);
  EXPECT_EQ(got.status.sflags, wire::sflag_loading);
  EXPECT_EQ(got.status.generation, 0u);
  EXPECT_TRUE(got.answers().empty());
}

TEST_F(query_core_test, pong_tells_the_snapshots_age_and_size) {
  const auto got = answer_to(make_request(wire::type::ping, {}));
  EXPECT_EQ(header.type, wire::type::pong);
  ASSERT_TRUE(got.snapshot.has_value());
  EXPECT_EQ(got.snapshot->age_minutes, 60u);
  EXPECT_EQ(got.snapshot->kilo_keys, 0u);
}

TEST_F(query_core_test, ping_with_two_keys_is_a_lookup) {
  const auto got = answer_to(make_request(wire::type::ping, store.keys().first(2)));
  ASSERT_EQ(got.answers().size(), 2u);
  EXPECT_EQ(got.answers()[1], store.expected(store.keys()[1]));
  EXPECT_TRUE(got.snapshot.has_value());
}

TEST_F(query_core_test, waited_too_long_is_busy_without_lookups) {
  const octets asked = make_query(store.keys().first(1));
  query::datagram late = to_server(asked);
  late.waited_us = query::waited_max_us;
  EXPECT_EQ(answer_to(late, &store.view()).status.rcode, wire::rcode::ok);
  late.waited_us = 30'000;
  clock_ns += 1'000'000'000;
  const auto got = answer_to(late, &store.view());
  EXPECT_EQ(got.status.rcode, wire::rcode::busy);
  EXPECT_EQ(got.status.key_count, 1);
  EXPECT_NE(got.status.sflags & wire::sflag_overload, 0);
  EXPECT_NEAR(got.status.retry_after_ms, 30, 2);
  EXPECT_NEAR(got.status.qdelay_10us, 3000, 100);
  EXPECT_TRUE(got.answers().empty());
  late.waited_us = 0xffffffff;
  clock_ns += 1'000'000'000;
  EXPECT_EQ(answer_to(late, &store.view()).status.retry_after_ms, 1000);
}

TEST_F(query_core_test, past_its_deadline_is_dropped_unparsed) {
  octets asked = make_query(store.keys().first(1), 1, 3);
  asked[wire::header::size + wire::query::nkeys] = 99;  // would be FORMERR if it were parsed
  query::datagram late = to_server(asked);
  late.waited_us = 3001;
  EXPECT_TRUE(ask(late, &store.view()).empty());
  EXPECT_EQ(count(counter::dropped_deadline), 1u);
  late.waited_us = 3000;
  EXPECT_EQ(answer_to(late, &store.view()).status.rcode, wire::rcode::formerr);
}

TEST_F(query_core_test, draining_is_told_and_load_is_passed_on) {
  const octets asked = make_query(store.keys().first(1));
  const query::datagram one = to_server(asked);
  const auto replies = core.process(
      {&one, 1},
      {.view = &store.view(), .access = open_to_all, .now_ns = 1, .load = 77, .draining = true});
  wire::answer_view got;
  ASSERT_TRUE(wire::decode_answer_packet(replies[0].bytes.subspan(wire::header::size), got));
  EXPECT_EQ(got.status.sflags, wire::sflag_drain);
  EXPECT_EQ(got.status.load, 77);
  EXPECT_EQ(got.answers().size(), 1u);
}

TEST_F(query_core_test, other_major_versions_are_rejected_once_a_second) {
  octets asked = make_query(store.keys().first(1));
  asked[0] = wire::magic | 2;
  const auto replies = ask(to_server(asked), &store.view());
  ASSERT_EQ(replies.size(), 1u);
  ASSERT_EQ(replies[0].bytes.size(), wire::reject_size);
  wire::reject_view reject;
  ASSERT_TRUE(wire::decode_reject(replies[0].bytes.subspan(wire::header::size), reject));
  EXPECT_EQ(reject.code, wire::reject_version);
  EXPECT_EQ(reject.major_max, wire::major);
  EXPECT_TRUE(ask(to_server(asked), &store.view()).empty());
  EXPECT_EQ(count(counter::dropped_version), 1u);
}

TEST_F(query_core_test, who_asks_too_much_in_plain_text_is_told_so_and_nobody_else) {
  const query::access_list access{
      {}, query::plain_client({*query::parse_network("192.0.2.0/24")}, 100)};
  const octets asked = make_query(std::vector<key>(10, key(kind::host, fingerprint{})));
  const auto rcode = [&](std::uint8_t host) {
    query::datagram one = to_server(asked);
    one.peer = endpoint4({192, 0, 2, host}, 40000);
    const auto replies =
        core.process({&one, 1}, {.view = &store.view(), .access = access, .now_ns = 1});
    wire::answer_view got;
    EXPECT_TRUE(wire::decode_answer_packet(replies[0].bytes.subspan(wire::header::size), got));
    return got.status.rcode;
  };
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(rcode(1), wire::rcode::ok);
  }
  EXPECT_EQ(rcode(1), wire::rcode::busy);
  EXPECT_EQ(count(counter::over_rate), 1u);
  // Others have their own, unless they share one of many places with it.
  int served = 0;
  for (std::uint8_t host = 2; host < 34; ++host) {
    served += rcode(host) == wire::rcode::ok ? 1 : 0;
  }
  EXPECT_GE(served, 30);
}

TEST_F(query_core_test, sealed_and_half_plain_packets_are_dropped) {
  octets sealed = make_query(store.keys().first(1));
  sealed[wire::header::suite_slot] = 0x10;
  EXPECT_TRUE(ask(to_server(sealed), &store.view()).empty());
  EXPECT_EQ(count(counter::dropped_client), 1u);
  octets odd = make_query(store.keys().first(1));
  odd[wire::header::client_id] = 1;
  EXPECT_TRUE(ask(to_server(odd), &store.view()).empty());
  EXPECT_EQ(count(counter::dropped_plain), 1u);
}

TEST_F(query_core_test, truncated_long_and_short_datagrams_are_dropped) {
  const octets asked = make_query(store.keys().first(1));
  query::datagram cut = to_server(asked);
  cut.truncated = true;
  EXPECT_TRUE(ask(cut, &store.view()).empty());
  EXPECT_TRUE(ask(to_server(byte_view(asked).first(127)), &store.view()).empty());
  EXPECT_TRUE(ask(to_server({}), &store.view()).empty());
  EXPECT_EQ(count(counter::dropped_size), 3u);
}

// The list of servers, fetched in requests of `request_size` bytes until it is whole.
class fetch_test : public query_core_test {
 protected:
  fetch_test() : document(3000, 0) {
    for (std::size_t i = 0; i < document.size(); ++i) {
      document[i] = static_cast<std::uint8_t>(i * 7);
    }
    view.server_list = document;
    view.server_list_version = 5;
  }

  octets fetch(std::uint32_t offset, std::size_t request_size = wire::request_size_max) {
    octets asked(wire::request_size_max);
    EXPECT_NE(wire::encode_fetch(5, {.what = wire::fetch_server_list, .offset = offset}, asked),
              0u);
    asked.resize(request_size);
    const auto replies = ask(to_server(asked), &view);
    EXPECT_EQ(replies.size(), 1u);
    EXPECT_LE(replies[0].bytes.size(), request_size);
    EXPECT_EQ(wire::decode_reply_header(replies[0].bytes, header), wire::header_check::ok);
    EXPECT_EQ(header.type, wire::type::part);
    EXPECT_TRUE(wire::decode_part(replies[0].bytes.subspan(wire::header::size), part));
    EXPECT_EQ(part.total, document.size());
    EXPECT_EQ(part.offset, offset);
    EXPECT_EQ(part.version, 5u);
    return {part.bytes.begin(), part.bytes.end()};
  }

  octets document;
  store::snapshot_view view;
  wire::part_view part;
};

TEST_F(fetch_test, pieces_make_the_document_whatever_the_requests_length) {
  for (const std::size_t size : {wire::request_size_max, std::size_t{640}, std::size_t{128}}) {
    octets got;
    while (got.size() < document.size()) {
      const octets piece = fetch(static_cast<std::uint32_t>(got.size()), size);
      ASSERT_FALSE(piece.empty());
      ASSERT_LE(piece.size(), wire::part_bytes_max);
      got.insert(got.end(), piece.begin(), piece.end());
    }
    EXPECT_EQ(got, document);
  }
  EXPECT_EQ(fetch(0).size(), wire::part_bytes_max);
  EXPECT_EQ(count(counter::fetches), count(counter::received));
}

TEST_F(fetch_test, beyond_the_end_there_is_nothing) {
  EXPECT_EQ(fetch(2999), octets(1, document[2999]));
  for (const std::uint32_t offset : {3000u, 3001u, 0x7fffffffu, 0xffffffffu}) {
    EXPECT_TRUE(fetch(offset).empty()) << offset;
  }
}

TEST_F(query_core_test, without_a_list_or_a_snapshot_there_is_nothing_to_fetch) {
  octets fetch(wire::request_size_max);
  ASSERT_NE(wire::encode_fetch(5, {.what = wire::fetch_server_list, .offset = 9}, fetch), 0u);
  const auto replies = ask(to_server(fetch), nullptr);
  ASSERT_EQ(replies.size(), 1u);
  wire::part_view part;
  ASSERT_TRUE(wire::decode_part(replies[0].bytes.subspan(wire::header::size), part));
  EXPECT_EQ(part.total, 0u);
  EXPECT_EQ(part.offset, 9u);
}

TEST_F(query_core_test, no_server_list_exists) {
  octets asked(wire::request_size_max);
  ASSERT_NE(wire::encode_fetch(5, {.what = wire::fetch_server_list}, asked), 0u);
  const auto replies = ask(to_server(asked), &store.view());
  ASSERT_EQ(replies.size(), 1u);
  wire::part_view part;
  part.total = 1;
  ASSERT_EQ(wire::decode_reply_header(replies[0].bytes, header), wire::header_check::ok);
  EXPECT_EQ(header.type, wire::type::part);
  ASSERT_TRUE(wire::decode_part(replies[0].bytes.subspan(wire::header::size), part));
  EXPECT_EQ(part.total, 0u);
  asked[wire::header::size] = 9;
  EXPECT_TRUE(ask(to_server(asked), &store.view()).empty());
}

TEST_F(query_core_test, two_servers_fall_silent) {
  // Every reply that one core can give, shown to another core, draws nothing.
  core_fixture other;
  octets version = make_query(store.keys().first(1));
  version[0] = wire::magic | 3;
  octets broken = make_query(store.keys().first(1));
  broken[wire::header::size + wire::query::nkeys] = 64;
  octets fetch(wire::request_size_max);
  ASSERT_NE(wire::encode_fetch(5, {.what = wire::fetch_server_list}, fetch), 0u);
  const std::vector<octets> requests{make_query(store.keys().first(60)),
                                     make_request(wire::type::ping, {}), version, broken, fetch};
  for (const octets& request : requests) {
    const auto replies = ask(to_server(request), &store.view());
    ASSERT_EQ(replies.size(), 1u);
    query::datagram back = to_server(replies[0].bytes);
    back.peer = endpoint4({192, 0, 2, 54}, wire::default_port);
    EXPECT_TRUE(other.ask(back, &store.view()).empty());
    // The same, padded so that no rule about sizes helps.
    octets padded(replies[0].bytes.begin(), replies[0].bytes.end());
    padded.resize(wire::request_size_max);
    back.bytes = padded;
    EXPECT_TRUE(other.ask(back, &store.view()).empty());
  }
}

TEST_F(query_core_test, a_full_batch_of_full_datagrams) {
  const std::vector<key> keys(wire::keys_max, store.keys()[3]);
  const octets asked = make_query(keys);
  std::vector<query::datagram> batch(query::batch_max + 1, to_server(asked));
  const auto replies = ask(batch, &store.view());
  EXPECT_EQ(replies.size(), query::batch_max);
  EXPECT_EQ(count(counter::keys_listed) + count(counter::keys_not_listed),
            query::batch_max * wire::keys_max);
}

}  // namespace
}  // namespace repute::test
