// SPDX-License-Identifier: Apache-2.0
// The client's core and what arrives at its sockets. The input's first byte says how the rest gets
// there: as it is, with the number of an open question, or as the body of a well-sealed reply. No
// lookup ends twice, has answers beside an error, or another number of answers than keys.
#include <map>

#include "core/lookup_core.hpp"
#include "fuzz/require.hpp"
#include "sim/wiretap.hpp"

using repute::fuzz::require;

namespace {

using namespace repute;
using bytes = std::vector<std::uint8_t>;

constexpr std::uint64_t unix_ns = 1'700'003'600'000'000'000;

// A client of one server, which has asked two questions.
class world {
 public:
  explicit world(bool sealed) : sealed_(sealed), core_(settings()) {
    const std::array<core::server_spec, 1> servers{{{.name = "server"}}};
    feed(core::servers_replaced{servers});
    submit(1, 3);
    submit(2, 64);
  }
  ~world() {
    // Whatever came, all of it ends by the deadline.
    now_ += std::chrono::seconds(2);
    for (int i = 0; i < 10 && !waiting_.empty(); ++i) {
      feed(core::time_passed{});
      now_ += std::chrono::seconds(1);
    }
    require(waiting_.empty());
  }
  world(const world&) = delete;
  world& operator=(const world&) = delete;

  void receive(byte_view datagram) { feed(core::datagram_received{0, 0, datagram}); }

  // The header of a reply of that type to the question asked last.
  [[nodiscard]] bytes reply_head(wire::type type) const {
    bytes out(wire::header::size);
    wire::packet_header header;
    require(wire::decode_request_header(asked_, header) == wire::header_check::ok);
    header.type = type;
    header.mac1 = 0;
    header.nonce = {};
    wire::encode_header(header, out.data());
    return out;
  }
  [[nodiscard]] bytes sealed(const bytes& plain) const {
    return sealed_ ? tap_.sealed(plain, false) : plain;
  }

 private:
  [[nodiscard]] core::core_settings settings() const {
    core::core_settings out;
    out.follow_list = true;
    out.cache_keys = 8;
    if (sealed_) {
      out.sealed = core::sealing{tap_.credentials(), [] { return unix_ns; }};
    }
    return out;
  }
  void submit(core::lookup_id id, std::size_t count) {
    std::vector<key> keys;
    for (std::size_t i = 0; i < count; ++i) {
      const std::array<std::uint8_t, 4> address{10, 0, static_cast<std::uint8_t>(id),
                                                static_cast<std::uint8_t>(i)};
      keys.emplace_back(kind::ip4, address);
    }
    waiting_[id] = count;
    feed(core::lookup_submitted{id, keys, now_ + std::chrono::seconds(1)});
  }
  void feed(core::event event) {
    for (core::action& action : core_.resume(std::move(event), now_)) {
      if (const auto* sent = std::get_if<core::send_datagram>(&action)) {
        asked_ = sent->bytes;
      } else if (const auto* done = std::get_if<core::complete_lookup>(&action)) {
        const auto asked = waiting_.find(done->id);
        require(asked != waiting_.end());
        require(done->result.answers.size() == (done->error ? 0 : asked->second));
        waiting_.erase(asked);
      }
    }
  }

  bool sealed_;
  sim::wiretap tap_;
  core::lookup_core core_;
  core::time_point now_{};
  bytes asked_;
  std::map<core::lookup_id, std::size_t> waiting_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) {
    return 0;
  }
  const byte_view rest =
      byte_view(data, size)
          .subspan(1)
          .first(std::min<std::size_t>(size - 1, wire::request_size_max - wire::header::size));
  world with((data[0] & 1) != 0);
  if ((data[0] & 2) == 0) {
    with.receive(rest);
    return 0;
  }
  const wire::type type = (data[0] & 4) == 0   ? wire::type::answer
                          : (data[0] & 8) == 0 ? wire::type::pong
                                               : wire::type::part;
  bytes plain = with.reply_head(type);
  plain.insert(plain.end(), rest.begin(), rest.end());
  const bytes reply = with.sealed(plain);
  with.receive(reply);
  with.receive(reply);  // a copy
  return 0;
}
