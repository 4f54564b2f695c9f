// SPDX-License-Identifier: Apache-2.0
#include "repute/client/fetch.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "core/document_assembler.hpp"
#include "fake_server.hpp"

namespace repute::test {
namespace {

using namespace std::chrono_literals;
using octets = std::vector<std::uint8_t>;
using state = core::document_assembler::state;

octets document_of(std::size_t size) {
  octets out(size);
  for (std::size_t i = 0; i < size; ++i) {
    out[i] = static_cast<std::uint8_t>(i * 11);
  }
  return out;
}

/// Serves `document` in pieces of 100 bytes.
octets part_for(byte_view request, const octets& document, std::uint32_t version) {
  wire::packet_header header;
  wire::fetch_request asked;
  EXPECT_EQ(wire::decode_request_header(request, header), wire::header_check::ok);
  EXPECT_TRUE(wire::decode_fetch(request.subspan(wire::header::size), asked));
  EXPECT_EQ(asked.what, wire::fetch_server_list);
  const byte_view rest =
      byte_view(document).subspan(std::min<std::size_t>(asked.offset, document.size()));
  octets out(wire::request_size_max);
  wire::reply_buffer reply(out, out.size());
  wire::encode_part(header,
                    {.total = static_cast<std::uint32_t>(document.size()),
                     .offset = asked.offset,
                     .version = version,
                     .bytes = rest.first(std::min<std::size_t>(rest.size(), 100))},
                    reply);
  out.resize(reply.size());
  return out;
}

/// A fake server with a thread of its own.
class served {
 public:
  explicit served(fake_server::behaviour answer) : server_(context_, std::move(answer)) {
    thread_ = std::jthread([this] { context_.run(); });
  }
  ~served() { context_.stop(); }
  served(const served&) = delete;
  served& operator=(const served&) = delete;

  [[nodiscard]] auto fetch(std::chrono::milliseconds deadline = 20s) const {
    client_options from;
    from.servers = {address()};
    from.deadline = deadline;
    return fetch_document(from, wire::fetch_server_list);
  }
  [[nodiscard]] std::string address() const { return server_.address(); }

 private:
  boost::asio::io_context context_;
  fake_server server_;
  std::jthread thread_;
};

TEST(Fetch, PutsPiecesTogetherThoughSomeAreLost) {
  const octets document = document_of(1234);
  std::atomic<int> asked = 0;
  const served server([&](byte_view request) {
    return ++asked % 4 == 0 ? octets() : part_for(request, document, 7);
  });
  const auto got = server.fetch();
  ASSERT_TRUE(got) << got.error().message();
  EXPECT_EQ(got->bytes, document);
  EXPECT_EQ(got->version, 7u);
  EXPECT_EQ(got->server, server.address());
}

TEST(Fetch, BeginsAnewWhenTheDocumentIsReplaced) {
  const octets before = document_of(500);
  const octets after(300, 9);
  std::atomic<int> asked = 0;
  const served server([&](byte_view request) {
    return ++asked <= 3 ? part_for(request, before, 1) : part_for(request, after, 2);
  });
  const auto got = server.fetch();
  ASSERT_TRUE(got);
  EXPECT_EQ(got->bytes, after);
  EXPECT_EQ(got->version, 2u);
}

TEST(Fetch, NoDocumentIsAnEmptyOne) {
  const served server([](byte_view request) { return part_for(request, {}, 0); });
  const auto got = server.fetch();
  ASSERT_TRUE(got);
  EXPECT_TRUE(got->bytes.empty());
}

TEST(Fetch, SilenceAndEndlessChangeAreErrors) {
  EXPECT_EQ(served(silent).fetch(60ms).error(), errc::timeout);
  const served deaf([](byte_view request) {  // answers, but never what was asked
    octets reply = part_for(request, document_of(500), 1);
    reply[wire::header::size + 4] = 1;
    return reply;
  });
  EXPECT_EQ(deaf.fetch(60ms).error(), errc::timeout);
  std::atomic<std::uint32_t> version = 0;
  const served restless(
      [&](byte_view request) { return part_for(request, document_of(500), ++version); });
  EXPECT_EQ(restless.fetch().error(), errc::server_failure);
  const served huge(
      [](byte_view request) { return part_for(request, document_of(document_bytes_max + 1), 1); });
  EXPECT_EQ(huge.fetch().error(), errc::server_failure);
  client_options nowhere;
  nowhere.servers = {""};
  EXPECT_THROW((void)fetch_document(nowhere, 1), boost::system::system_error);
}

TEST(DocumentAssembler, SkipsPiecesOfOtherQuestions) {
  core::document_assembler under_test(1000);
  const octets bytes(10, 1);
  EXPECT_EQ(under_test.take({.total = 20, .offset = 10, .version = 1, .bytes = bytes}),
            state::more);
  EXPECT_EQ(under_test.offset(), 0u);
  EXPECT_EQ(under_test.take({.total = 20, .offset = 0, .version = 1, .bytes = bytes}), state::more);
  EXPECT_EQ(under_test.take({.total = 20, .offset = 0, .version = 1, .bytes = bytes}), state::more);
  EXPECT_EQ(under_test.offset(), 10u);
  EXPECT_EQ(under_test.take({.total = 20, .offset = 10, .version = 1, .bytes = bytes}),
            state::whole);
  EXPECT_EQ(under_test.document(), octets(20, 1));
}

}  // namespace
}  // namespace repute::test
