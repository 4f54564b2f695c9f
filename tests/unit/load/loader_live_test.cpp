// SPDX-License-Identifier: Apache-2.0
// What was said at run time, through real loads.
#include "unit/load/load_world.hpp"

namespace repute::load::test {
namespace {

using store::live_action;
using store::live_entry;
using store::live_layer;

class loader_live_test : public load_world {
 protected:
  live_entry about(std::string_view host, std::uint64_t seq, live_action action = live_action::put,
                   live_layer layer = live_layer::live) {
    live_entry out;
    out.layer = layer;
    out.action = action;
    out.kind = host.starts_with('.') ? kind::domain : kind::host;
    out.key = seal::fingerprinter(salt_)(
        {out.kind, std::string(host.starts_with('.') ? host.substr(1) : host)});
    out.seq = seq;
    out.verdict = action == live_action::put ? verdict::phishing : verdict::none;
    out.text = host;
    return out;
  }
  /// A load while a server runs that knows `entries`.
  load_summary load_with(std::vector<feed_spec> feeds, std::vector<live_entry> entries,
                         std::uint64_t seq) {
    std::sort(entries.begin(), entries.end(), store::live_less);
    const auto bytes = store::encode_live(entries);
    std::filesystem::create_directories(folder_.path() / "db/overlay");
    folder_.write("db/overlay/fold-1", {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
    load_request wanted = request(std::move(feeds));
    wanted.ask_fold = [this, seq] { return std::optional(fold_of(seq)); };
    return must_load(wanted);
  }
  [[nodiscard]] fold_place fold_of(std::uint64_t seq) const {
    return {"fold-1", seq, 0, seal::salt_fingerprint(salt_)};
  }
  std::vector<std::string> live() {
    std::vector<std::string> out;
    const auto reader = open();
    for (const live_entry& each : reader.live()) {
      out.push_back((each.action == live_action::put ? "put " : "remove ") + each.text);
    }
    std::sort(out.begin(), out.end());
    return out;
  }
  [[nodiscard]] std::uint64_t base() const { return open().meta().info.data_seq; }
};

TEST_F(loader_live_test, entries_are_taken_in_and_kept_by_later_loads) {
  const auto feeds = std::vector{feed("a", "listed.example\n")};
  EXPECT_EQ(load_with(feeds, {about("put.example", 3)}, 4).live, 1u);
  EXPECT_EQ(live(), std::vector<std::string>{"put put.example"});
  EXPECT_EQ(base(), 4u);
  EXPECT_EQ(verdict_of(subject::domain, "put.example"), verdict::none);  // in no table
  must_load(feeds);                                                      // nobody is asked
  EXPECT_EQ(live(), std::vector<std::string>{"put put.example"});
  EXPECT_EQ(base(), 4u);
  load_request only = request(feeds);
  only.only = true;
  must_load(only);
  EXPECT_EQ(live(), std::vector<std::string>{"put put.example"});
}

TEST_F(loader_live_test, a_removal_stays_as_long_as_a_feed_carries_its_key) {
  load_with({feed("a", "listed.example\n")},
            {about("listed.example", 1, live_action::remove),
             about("other.example", 2, live_action::remove)},
            2);
  EXPECT_EQ(live(), std::vector<std::string>{"remove listed.example"});
  // What feeds say about the key stays in the table, for the day when the removal is not the last
  // word any more.
  EXPECT_EQ(verdict_of(subject::domain, "listed.example"), verdict::spam);
  must_load({feed("a", "listed.example\n")});
  EXPECT_EQ(live(), std::vector<std::string>{"remove listed.example"});
  must_load({feed("a", "another.example\n")});
  EXPECT_TRUE(live().empty());
  EXPECT_EQ(base(), 2u);
}

TEST_F(loader_live_test, what_feeds_say_about_a_removed_key_counts_for_no_other) {
  feed_spec wide = feed("wide", "example.com\n", subject::domain, verdict::malware);
  wide.match = name_match::subdomains;
  const feed_spec narrow = feed("narrow", "www.example.com\n", subject::domain, verdict::spam);
  must_load({wide, narrow});
  EXPECT_EQ(verdict_of(subject::domain, "www.example.com"), verdict::malware);
  load_with({wide, narrow}, {about(".example.com", 1, live_action::remove)}, 1);
  EXPECT_EQ(verdict_of(subject::domain, "www.example.com"), verdict::spam);
  EXPECT_EQ(ask({kind::domain, "example.com"}).verdict, verdict::malware);
  load_with({wide, narrow}, {about(".example.com", 2)}, 2);
  EXPECT_EQ(verdict_of(subject::domain, "www.example.com"), verdict::malware);
}

TEST_F(loader_live_test, a_server_that_cannot_be_asked_ends_the_load) {
  load_request wanted = request({feed("a", "listed.example\n")});
  wanted.ask_fold = [] { return fold_failure{77, "no permission"}; };
  EXPECT_EQ(must_fail(wanted).exit_code, 77);
  wanted.ask_fold = [this] { return std::optional(fold_of(1)); };
  EXPECT_EQ(must_fail(wanted).exit_code, 66);
  wanted.ask_fold = [] { return std::optional<fold_place>(); };
  must_load(wanted);
}

TEST_F(loader_live_test, keys_of_another_salt_are_not_taken_in) {
  const auto feeds = std::vector{feed("a", "listed.example\n")};
  load_with(feeds, {about("put.example", 3)}, 4);
  load_request wanted = request(feeds);
  wanted.only = true;
  wanted.ask_fold = [this] {
    fold_place other = fold_of(4);
    other.salt_fp[0] = static_cast<std::uint8_t>(~other.salt_fp[0]);
    return std::optional(other);
  };
  EXPECT_EQ(must_fail(wanted).exit_code, 65);
}

}  // namespace
}  // namespace repute::load::test
