// SPDX-License-Identifier: Apache-2.0
// No nonce comes twice under one key: the same session, asked again, copied to three servers that
// are started anew and forked. REPUTE_NONCES=N for another number of answers.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>

#include "unit/query/memory_store.hpp"
#include "unit/query/query_fixture.hpp"
#include "unit/query/sealed_client.hpp"

namespace repute::test {
namespace {

using nonce = seal::nonce;

constexpr std::uint64_t unix_ns = 1'700'003'600'000'000'000;

class nonce_repeats_test : public testing::Test {
 protected:
  nonce_repeats_test() {
    client_.begin(seal::hour_of(unix_ns / 1'000'000'000));
    restart();
  }

  void restart() {
    for (std::size_t i = 0; i < cores_.size(); ++i) {
      cores_[i] = std::make_unique<query::query_core>(static_cast<std::uint32_t>(i + 1), limiter_);
    }
  }

  // Nonces of the answers to one sealed question, sent to one server from as many addresses as a
  // batch holds: a server answers a copy from somewhere else.
  void ask(query::query_core& core, std::vector<nonce>& to) {
    const octets sealed = client_.seal(make_query(store_.keys().first(1), ++ids_));
    std::vector<query::datagram> batch(query::batch_max, to_server(sealed));
    for (std::size_t i = 0; i < batch.size(); ++i) {
      batch[i].peer = endpoint4({192, 0, 2, static_cast<std::uint8_t>(i + 1)}, 5000);
    }
    for (const query::reply& reply : core.process(batch, {.view = &store_.view(),
                                                         .access = access_,
                                                         .unix_ns = unix_ns,  // one moment for all
                                                          .now_ns = ++now_ns_})) {
      std::copy_n(reply.bytes.begin() + wire::header::nonce, nonce().size(),
                  to.emplace_back().begin());
    }
  }

  // What a forked server says.
  std::vector<nonce> ask_forked(query::query_core& core) {
    std::array<int, 2> ends{};
    EXPECT_EQ(::pipe(ends.data()), 0);
    const pid_t child = ::fork();
    if (child == 0) {
      std::vector<nonce> drawn;
      ask(core, drawn);
      const auto bytes = static_cast<ssize_t>(drawn.size() * sizeof(nonce));
      ::_exit(::write(ends[1], drawn.data(), static_cast<std::size_t>(bytes)) == bytes ? 0 : 1);
    }
    int status = -1;
    EXPECT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
    std::vector<nonce> out(query::batch_max);
    const ssize_t got = ::read(ends[0], out.data(), out.size() * sizeof(nonce));
    out.resize(got > 0 ? static_cast<std::size_t>(got) / sizeof(nonce) : 0);
    ::close(ends[0]);
    ::close(ends[1]);
    return out;
  }

  memory_store store_{100};
  sealed_client client_;
  query::access_list access_{{client_.entry()}, {}};
  query::reject_limiter limiter_{1};
  std::array<std::unique_ptr<query::query_core>, 3> cores_;
  std::uint64_t now_ns_ = 1'000'000'000'000;
  std::uint64_t ids_ = 0;
};

TEST_F(nonce_repeats_test, none_under_one_key) {
  const char* many = std::getenv("REPUTE_NONCES");
  const std::size_t wanted = many == nullptr ? 200'000 : std::strtoull(many, nullptr, 10);
  const std::size_t between_restarts = wanted / 10;
  std::vector<nonce> drawn;
  drawn.reserve(wanted + 2 * query::batch_max);
  std::size_t restart_at = between_restarts;
  while (drawn.size() < wanted) {
    ask(*cores_[ids_ % cores_.size()], drawn);
    if (drawn.size() >= restart_at) {
      ask(*cores_[0], drawn);  // what it has drawn ahead is in the child's memory, too
      const auto forked = ask_forked(*cores_[0]);
      EXPECT_FALSE(forked.empty());
      drawn.insert(drawn.end(), forked.begin(), forked.end());
      ask(*cores_[0], drawn);
      restart();
      restart_at += between_restarts;
    }
  }
  std::ranges::sort(drawn);
  EXPECT_EQ(std::ranges::adjacent_find(drawn), drawn.end());
}

}  // namespace
}  // namespace repute::test
